/**
 * What the TCP tracker keeps of an entry, and what it asks of a segment (CONNTRACK.md 4.2, 4.6). An entry's protocol words:
 *
 *     word 0…3  original: end, maxend, maxwin, maxack      4…7  reply: the same
 *          8    bytes: scale and flags of original, scale and flags of reply
 *          9    last win << 16 | last wscale << 8 | last flags      10 last seq   11 last ack   12 last end
 */
import { Dir } from '../../model/index.ts'
import { TcpFlag, TcpHeader } from '../../wire/tcp.ts'
import { type ConnTable, PROTO_AT } from '../conn-table.ts'
import { parseTcpOptions, readSack, tcpOptions } from './tcp-options.ts'

// Words of a direction's record.
export const END = 0
export const MAXEND = 1
export const MAXWIN = 2
export const MAXACK = 3
export const DIR_WORDS = 4
/** First byte of the scales and flags: scale at `+ dir * 2`, flags one more. */
export const SCALE_AT = (PROTO_AT + 8) * 4
export const LAST_WIN = PROTO_AT + 9
export const LAST_SEQ = PROTO_AT + 10
export const LAST_ACK = PROTO_AT + 11
export const LAST_END = PROTO_AT + 12

/** Flags of a direction's record (CONNTRACK.md 4.2). */
export const TcpRecordFlag = {
  Wscale: 0x01,
  SackPerm: 0x02,
  CloseInit: 0x04,
  Liberal: 0x08,
  Unacked: 0x10,
  MaxackSet: 0x20,
} as const
/** These two only in the entry's last flags. */
export const LAST_CHALLENGE = 0x40
export const LAST_SIMOPEN = 0x80

/** The segment being tracked: what the rules ask of it. Reused: valid during one `trackTcp`. */
export class Segment {
  readonly header = new TcpHeader()
  class = 0
  flags = 0
  seq = 0
  ack = 0
  /** Segment end E: seq + payload + SYN + FIN. */
  end = 0
  /** Raw. */
  win = 0
  dir: Dir = Dir.Original
  bytes: Uint8Array = new Uint8Array(0)

  get isSyn(): boolean {
    return (this.flags & TcpFlag.Syn) !== 0
  }
  get hasAck(): boolean {
    return (this.flags & TcpFlag.Ack) !== 0
  }
  get isRst(): boolean {
    return (this.flags & TcpFlag.Rst) !== 0
  }
}
/** Serial comparison (CONNTRACK.md 1.3). */
export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}
export function isAfter(a: number, b: number): boolean {
  return ((b - a) | 0) < 0
}

/** Takes scale and flags from the segment's options; without option bytes they stay (CONNTRACK.md 4.6). */
export function readOptions(table: ConnTable, scaleAt: number, segment: Segment): void {
  const { header } = segment
  if (header.payloadAt === header.optionsAt) return
  parseTcpOptions(segment.bytes, header.optionsAt, header.payloadAt)
  const { u8 } = table
  u8[scaleAt] = tcpOptions.scale
  u8[scaleAt + 1] =
    (u8[scaleAt + 1]! & TcpRecordFlag.Liberal) |
    (tcpOptions.hasScale ? TcpRecordFlag.Wscale : 0) |
    (tcpOptions.sackPermitted ? TcpRecordFlag.SackPerm : 0)
}

/** The serially greatest of ack and SACK right edges, where the peer allowed SACK (CONNTRACK.md 4.6). */
export function sackOf(segment: Segment, peerFlags: number): number {
  const { header } = segment
  if (!(peerFlags & TcpRecordFlag.SackPerm) || header.payloadAt === header.optionsAt) return segment.ack
  return readSack(segment.bytes, header.optionsAt, header.payloadAt, segment.ack)
}
