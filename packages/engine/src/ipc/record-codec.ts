/**
 * The fixed layouts of the records that come by the thousand: connections, transitions, packets. Writer and reader of
 * a record stand side by side and read the same from top to bottom; sizes are checked by the tests.
 */
import {
  CT_STATE_NAMES,
  DROP_CAUSE_NAMES,
  EVENT_KIND_NAMES,
  type CtState,
  type Dir,
  type DropCause,
  type EndCause,
  type EventKind,
  type ExpEndCause,
  type ReasonArgs,
} from '../model/index.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { protocolError } from './frame.ts'
import type { ConnectionRecord, PacketRecord, TransitionRecord } from './records.ts'

export const CONNECTION_BYTES = 165
export const TRANSITION_BYTES = 81
export const PACKET_BYTES = 118

const CT_STATES = CT_STATE_NAMES.length
const EVENT_KINDS = EVENT_KIND_NAMES.length
const DROP_CAUSES = DROP_CAUSE_NAMES.length
/** EndCause and ExpEndCause both end at 7. */
const CAUSES = 8

/** Short strings that many records share, sent once a batch; a record holds the number. */
export class NameTable {
  readonly names: string[] = ['']
  private readonly numbers = new Map<string, number>([['', 0]])

  numberOf(name: string): number {
    const known = this.numbers.get(name)
    if (known !== undefined) return known
    this.numbers.set(name, this.names.length)
    return this.names.push(name) - 1
  }
}

export function writeConnection(w: ByteWriter, c: ConnectionRecord, helpers: NameTable): void {
  w.reserve(CONNECTION_BYTES)
  w.f64(c.id)
  w.f64(c.master)
  w.f64(c.packets[0])
  w.f64(c.packets[1])
  w.f64(c.bytes[0])
  w.f64(c.bytes[1])
  w.f64(c.deadlineMs)
  w.f64(c.firstSeenUs)
  w.f64(c.lastSeenUs)
  w.f64(c.uncertainSinceUs)
  // One more than it is: -1 says that there is none.
  w.f64(c.lastPacket + 1)
  w.u32(c.zone)
  w.u32(c.timeoutS)
  w.u32(c.invalidPackets)
  w.u16(c.status)
  w.u16(c.sport)
  w.u16(c.dport)
  w.u16(c.replySport)
  w.u16(c.replyDport)
  w.u8(c.l3)
  w.u8(c.l4)
  w.u8(c.protoState)
  w.u8(c.ctState)
  w.u8(helpers.numberOf(c.helper))
  w.address(c.src)
  w.address(c.dst)
  writeReason(w, c.reason, c.reasonArgs)
}

export function readConnection(r: ByteReader, helpers: readonly string[]): ConnectionRecord {
  const id = r.count('id')
  const master = r.count('master')
  const packets: [number, number] = [r.count('packets'), r.count('packets')]
  const bytes: [number, number] = [r.count('bytes'), r.count('bytes')]
  const deadlineMs = r.f64()
  const firstSeenUs = r.f64()
  const lastSeenUs = r.f64()
  const uncertainSinceUs = r.f64()
  const lastPacket = r.count('packet number') - 1
  const zone = r.u32()
  const timeoutS = r.u32()
  const invalidPackets = r.u32()
  const status = r.u16()
  const sport = r.u16()
  const dport = r.u16()
  const replySport = r.u16()
  const replyDport = r.u16()
  const l3 = r.u8()
  if (l3 !== 4 && l3 !== 6) throw protocolError(`address family ${l3}`)
  const l4 = r.u8()
  const protoState = r.u8()
  const ctState = r.code(CT_STATES, 'ct state') as CtState
  const helper = helpers[r.u8()]
  if (helper === undefined) throw protocolError('a helper without a name')
  const src = r.address(l3)
  const dst = r.address(l3)
  const reason = r.u16()
  const reasonArgs = readReasonArgs(r)
  return {
    id, zone, l3, l4, src, dst, sport, dport, replySport, replyDport, status, protoState, ctState, helper, master,
    packets, bytes, invalidPackets, deadlineMs, timeoutS, firstSeenUs, lastSeenUs, uncertainSinceUs, lastPacket, reason, reasonArgs,
  } // prettier-ignore
}

export function writeTransition(w: ByteWriter, t: TransitionRecord): void {
  w.reserve(TRANSITION_BYTES)
  w.f64(t.seq)
  w.f64(t.connection)
  w.f64(t.expectation)
  w.f64(t.packet + 1)
  w.f64(t.seconds)
  w.u32(t.nanoseconds)
  w.u32(t.timeoutS)
  w.u32(t.bits)
  w.u32(t.status)
  w.u8(t.kind)
  w.u8(t.dir)
  w.u8(t.fromCtState)
  w.u8(t.toCtState)
  w.u8(t.fromProtoState)
  w.u8(t.toProtoState)
  w.u8(t.cause)
  writeReason(w, t.reason, t.reasonArgs)
}

export function readTransition(r: ByteReader): TransitionRecord {
  const seq = r.count('transition number')
  const connection = r.count('id')
  const expectation = r.count('expectation')
  const packet = r.count('packet number') - 1
  const seconds = r.f64()
  const nanoseconds = r.u32()
  const timeoutS = r.u32()
  const bits = r.u32()
  const status = r.u32()
  const kind = r.code(EVENT_KINDS, 'event') as EventKind
  const dir = r.code(2, 'direction') as Dir
  const fromCtState = r.code(CT_STATES, 'ct state') as CtState
  const toCtState = r.code(CT_STATES, 'ct state') as CtState
  const fromProtoState = r.u8()
  const toProtoState = r.u8()
  const cause = r.code(CAUSES, 'cause') as EndCause | ExpEndCause
  const reason = r.u16()
  const reasonArgs = readReasonArgs(r)
  return {
    seq, seconds, nanoseconds, kind, bits, connection, expectation, packet, dir, fromCtState, toCtState,
    fromProtoState, toProtoState, status, timeoutS, reason, reasonArgs, cause,
  } // prettier-ignore
}

export function writePacket(w: ByteWriter, p: PacketRecord): void {
  w.reserve(PACKET_BYTES)
  w.f64(p.index)
  w.f64(p.connection)
  w.f64(p.seconds)
  w.u32(p.nanoseconds)
  w.u32(p.wireLen)
  w.u32(p.capLen)
  w.u32(p.ifIndex)
  w.u32(p.seq)
  w.u32(p.ack)
  w.u32(p.window)
  w.u32(p.payloadLen)
  w.u16(p.sport)
  w.u16(p.dport)
  w.u16(p.tcpFlags)
  w.u8(p.l3)
  w.u8(p.l4)
  w.u8(p.ctState)
  w.u8(p.dir)
  w.u8(p.protoStateAfter)
  w.u8(p.wouldDrop)
  w.address(p.src)
  w.address(p.dst)
  writeReason(w, p.reason, p.reasonArgs)
}

export function readPacket(r: ByteReader): PacketRecord {
  const index = r.count('packet number')
  const connection = r.count('id')
  const seconds = r.f64()
  const nanoseconds = r.u32()
  const wireLen = r.u32()
  const capLen = r.u32()
  const ifIndex = r.u32()
  const seq = r.u32()
  const ack = r.u32()
  const window = r.u32()
  const payloadLen = r.u32()
  const sport = r.u16()
  const dport = r.u16()
  const tcpFlags = r.u16()
  const l3 = r.u8()
  if (l3 !== 0 && l3 !== 4 && l3 !== 6) throw protocolError(`address family ${l3}`)
  const l4 = r.u8()
  const ctState = r.code(CT_STATES, 'ct state') as CtState
  const dir = r.code(2, 'direction') as Dir
  const protoStateAfter = r.u8()
  const wouldDrop = r.code(DROP_CAUSES, 'drop cause') as DropCause
  const src = r.address(l3)
  const dst = r.address(l3)
  const reason = r.u16()
  const reasonArgs = readReasonArgs(r)
  return {
    index, seconds, nanoseconds, wireLen, capLen, ifIndex, l3, l4, src, dst, sport, dport, connection, ctState, dir,
    protoStateAfter, tcpFlags, seq, ack, window, payloadLen, wouldDrop, reason, reasonArgs,
  } // prettier-ignore
}

function writeReason(w: ByteWriter, reason: number, args: ReasonArgs): void {
  w.u16(reason)
  for (const arg of args) w.u32(arg)
}

function readReasonArgs(r: ByteReader): ReasonArgs {
  return [r.u32(), r.u32(), r.u32(), r.u32()]
}
