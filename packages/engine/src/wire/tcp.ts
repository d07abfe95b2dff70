// TCP header, RFC 9293 3.1. Offsets from the first header byte.
import { u16, u32 } from './bytes.ts'
import { DecodeStatus } from './status.ts'

const SRC_PORT = 0
const DST_PORT = 2
const SEQ = 4
const ACK = 8
const DATA_OFFSET = 12
const FLAGS = 13
const WINDOW = 14
/** Without options. */
export const TCP_HEADER_LEN = 20

export const TcpFlag = {
  Fin: 0x01,
  Syn: 0x02,
  Rst: 0x04,
  Psh: 0x08,
  Ack: 0x10,
  Urg: 0x20,
  Ece: 0x40,
  Cwr: 0x80,
} as const

/** The segment decoded last. Borrowed: valid until the next decode(); copy what you keep. */
export class TcpHeader {
  srcPort = 0
  dstPort = 0
  /** Unsigned. */
  seq = 0
  /** Unsigned; whatever the field holds, also without the ACK flag. */
  ack = 0
  /** TcpFlag bits. */
  flags = 0
  /** As in the header, not scaled. */
  window = 0
  /** The option bytes are [optionsAt, payloadAt). */
  optionsAt = 0
  payloadAt = 0
  payloadLen = 0

  /**
   * `end`: end of the segment by the IP length; every byte before it can be read.
   * @returns Truncated: not 20 bytes; BadL4Header: a data offset below 5 or past the end (CONNTRACK.md 2.6).
   */
  decode(b: Uint8Array, at: number, end: number): DecodeStatus {
    if (end - at < TCP_HEADER_LEN) return DecodeStatus.Truncated
    const payloadAt = at + ((b[at + DATA_OFFSET]! >>> 4) << 2)
    if (payloadAt < at + TCP_HEADER_LEN || payloadAt > end) return DecodeStatus.BadL4Header
    this.srcPort = u16(b, at + SRC_PORT)
    this.dstPort = u16(b, at + DST_PORT)
    this.seq = u32(b, at + SEQ)
    this.ack = u32(b, at + ACK)
    this.flags = b[at + FLAGS]!
    this.window = u16(b, at + WINDOW)
    this.optionsAt = at + TCP_HEADER_LEN
    this.payloadAt = payloadAt
    this.payloadLen = end - payloadAt
    return DecodeStatus.Ok
  }
}
