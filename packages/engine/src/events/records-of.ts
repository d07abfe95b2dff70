/** From the tracker's reused objects and typed arrays to records of their own, made only for what is sent. */
import type { ConnTable } from '../conntrack/conn-table.ts'
import type { Expectation } from '../conntrack/expectation.ts'
import type { EntryEvent, ExpectationEvent } from '../conntrack/listener.ts'
import type { ConnectionRecord, ExpectationRecord, TransitionRecord } from '../ipc/records.ts'
import { CtState, type EndCause, type ExpEndCause } from '../model/index.ts'

/** A helper's name by its number in the registry; '' for 0. */
export type HelperName = (helper: number) => string

/** The packets' own clock. */
export type PacketTime = { seconds: number; nanoseconds: number }

/** Whole µs since 1970. */
export function microseconds(time: PacketTime): number {
  return time.seconds * 1_000_000 + Math.floor(time.nanoseconds / 1000)
}

export function connectionRecord(table: ConnTable, slot: number, helperName: HelperName): ConnectionRecord {
  const l3 = table.l3(slot)
  const length = l3 === 4 ? 4 : 16
  const src = new Uint8Array(length)
  const dst = new Uint8Array(length)
  table.copyAddress(slot, 0, src, 0)
  table.copyAddress(slot, 1, dst, 0)
  return {
    id: table.id(slot),
    zone: table.zone(slot),
    l3,
    l4: table.l4(slot),
    src,
    dst,
    sport: table.sport(slot, 0),
    dport: table.dport(slot, 0),
    replySport: table.sport(slot, 1),
    replyDport: table.dport(slot, 1),
    status: table.status(slot),
    protoState: table.protoState(slot),
    ctState: table.ctState(slot),
    helper: helperName(table.helper(slot)),
    master: table.masterId(slot),
    packets: [table.packets(slot, 0), table.packets(slot, 1)],
    bytes: [table.bytes(slot, 0), table.bytes(slot, 1)],
    invalidPackets: table.invalidPackets(slot),
    deadlineMs: table.deadlineMs(slot),
    timeoutS: table.timeoutS(slot),
    firstSeenUs: table.firstSeenUs(slot),
    lastSeenUs: table.lastSeenUs(slot),
    uncertainSinceUs: table.uncertainSinceUs(slot),
    lastPacket: table.lastPacket(slot),
    reason: table.reason(slot),
    reasonArgs: table.reasonArgs(slot),
  }
}

export function entryTransition(event: EntryEvent, seq: number, at: PacketTime): TransitionRecord {
  return {
    seq,
    seconds: at.seconds,
    nanoseconds: at.nanoseconds,
    kind: event.kind,
    bits: event.bits,
    connection: event.id,
    expectation: 0,
    packet: event.packet,
    dir: event.dir,
    fromCtState: event.fromCtState,
    toCtState: event.toCtState,
    fromProtoState: event.fromProtoState,
    toProtoState: event.toProtoState,
    status: event.status,
    timeoutS: event.leftS,
    reason: event.reason,
    reasonArgs: [event.args[0]!, event.args[1]!, event.args[2]!, event.args[3]!],
    cause: event.cause,
  }
}

export function expectationTransition(event: ExpectationEvent, seq: number, at: PacketTime): TransitionRecord {
  const { expectation } = event
  return {
    seq,
    seconds: at.seconds,
    nanoseconds: at.nanoseconds,
    kind: event.kind,
    bits: 0,
    connection: expectation.masterId,
    expectation: expectation.id,
    packet: event.packet,
    dir: event.dir,
    fromCtState: CtState.None,
    toCtState: CtState.None,
    fromProtoState: 0,
    toProtoState: 0,
    status: 0,
    timeoutS: expectation.timeoutS,
    reason: 0,
    reasonArgs: [0, 0, 0, 0],
    cause: event.cause satisfies EndCause | ExpEndCause,
  }
}

export function expectationRecord(expectation: Expectation, helperName: HelperName): ExpectationRecord {
  const { tuple } = expectation
  const length = tuple.l3 === 4 ? 4 : 16
  return {
    id: expectation.id,
    zone: tuple.zone,
    master: expectation.masterId,
    l3: tuple.l3,
    l4: tuple.l4,
    src: addressBytes(tuple.address, 0, length),
    dst: addressBytes(tuple.address, 4, length),
    sport: tuple.sport,
    dport: tuple.dport,
    maskSrc: new Uint8Array(length).fill(expectation.maskSrc ? 0xff : 0),
    maskSport: expectation.maskSport,
    class: expectation.class,
    flags: expectation.flags,
    helper: helperName(expectation.helper),
    timeoutS: expectation.timeoutS,
    deadlineMs: expectation.deadlineMs,
    raisedUs: expectation.raisedUs,
    packet: expectation.packet,
  }
}

function addressBytes(words: Uint32Array, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = words[from + (i >>> 2)]! >>> (24 - (i & 3) * 8)
  return bytes
}
