/**
 * The SCTP tracker (CONNTRACK.md 5.5). An entry's protocol words: 0, 1 verification tag by direction; byte 0 of word 2: marks.
 */
import { Dir, EventBit, Reason, SctpState, Status } from '../../model/index.ts'
import { u32 } from '../../wire/bytes.ts'
import { crc32c } from '../../wire/checksum.ts'
import type { Packet } from '../../wire/packet.ts'
import { SCTP_CHECKSUM, SctpChunk, SctpHeader } from '../../wire/sctp.ts'
import { DecodeStatus } from '../../wire/status.ts'
import { ENTRY_BYTES, ENTRY_WORDS, PROTO_AT } from '../conn-table.ts'
import { Chunk, SCTP_INVALID, sctpNext } from './sctp-table.ts'
import { Outcome, type TrackContext } from './tracker.ts'

const MARKS_AT = (PROTO_AT + 2) * 4
/** INIT seen from original and from reply: 1 << dir. */
const INIT_BOTH = 0b11
const HEARTBEAT_FAILED = 0b100
/** The tag in the packet is the other side's own (RFC 9260 3.3.7). */
const FLAG_T = 1
/** Of INIT and INIT-ACK, after the chunk header; begins with the initiate tag. */
const INIT_BODY_LEN = 16

/** Must be a packet's only chunk. */
const ALONE = new Set<number>([Chunk.Init, Chunk.InitAck, Chunk.ShutdownComplete])
/** Must be a packet's first. */
const FIRST = new Set<number>([Chunk.CookieAck, Chunk.CookieEcho])
/** Have rules of their own for the verification tag. */
const OWN_TAG_RULE = new Set<number>([
  Chunk.Init,
  Chunk.ShutdownComplete,
  Chunk.CookieEcho,
  Chunk.Abort,
  Chunk.ShutdownAck,
  Chunk.Heartbeat,
  Chunk.HeartbeatAck,
])

const $header = new SctpHeader()
const $chunk = new SctpChunk()
/** Whether a chunk type is in the packet at hand. */
const $has = new Uint8Array(256)
const $types: number[] = []

export function trackSctp(context: TrackContext, packet: Packet, slot: number, dir: Dir, isNew: boolean): Outcome {
  if (!readChunks(context, packet)) return Outcome.Invalid
  if (isNew && !begin(context, packet, slot)) return Outcome.Invalid
  const { table, timeouts, verdict } = context
  const tags = slot * ENTRY_WORDS + PROTO_AT
  const tag = $header.verificationTag
  const expected = table.u32[tags + dir]!
  if (!$types.some((type) => OWN_TAG_RULE.has(type)) && tag !== expected) {
    verdict.because(Reason.SCTP_WRONG_TAG, tag, expected)
    return Outcome.Invalid
  }
  const walk: Walk = { context, packet, slot, dir, isIgnored: false }
  const end = packet.l4End
  for (let at = $header.chunksAt; $chunk.decode(packet.bytes, at, end) === DecodeStatus.Ok; at = $chunk.nextAt) {
    if (!applyChunk(walk)) return Outcome.Invalid
  }
  if (!walk.isIgnored) context.refresh(slot, dir, timeouts.sctp[table.protoState(slot)]!)
  return Outcome.Accept
}

type Walk = { context: TrackContext; packet: Packet; slot: number; dir: Dir; isIgnored: boolean }

/** Checks header and chunk structure, and fills `$types` (step 1 and 2). */
function readChunks(context: TrackContext, packet: Packet): boolean {
  const { verdict } = context
  const b = packet.bytes
  if ($header.decode(b, packet.l4At, packet.l4End) !== DecodeStatus.Ok) {
    verdict.because(Reason.SCTP_TOO_SHORT, packet.l4End - packet.l4At)
    return false
  }
  if (
    context.settings.nf_conntrack_checksum !== 0 &&
    crc32c(b, packet.l4At, packet.l4End, packet.l4At + SCTP_CHECKSUM) !== $header.checksum
  ) {
    verdict.because(Reason.SCTP_BAD_CHECKSUM)
    return false
  }
  for (const type of $types) $has[type] = 0
  $types.length = 0
  let isAlone = false
  for (let at = $header.chunksAt; $chunk.decode(b, at, packet.l4End) === DecodeStatus.Ok; at = $chunk.nextAt) {
    const { type } = $chunk
    const isFirst = $types.length === 0
    if ($chunk.length === 0) verdict.because(Reason.SCTP_ZERO_CHUNK, type)
    else if (!isFirst && (isAlone || ALONE.has(type))) verdict.because(Reason.SCTP_CHUNK_NOT_ALONE, type)
    else if (!isFirst && FIRST.has(type)) verdict.because(Reason.SCTP_CHUNK_NOT_FIRST, type)
    if (verdict.reason !== 0) return false
    isAlone = ALONE.has(type)
    $has[type] = 1
    $types.push(type)
  }
  if ($types.length > 0) return true
  verdict.because(Reason.SCTP_NO_CHUNK)
  return false
}

/** First packet of an entry (step 3). */
function begin(context: TrackContext, packet: Packet, slot: number): boolean {
  const { table, verdict } = context
  const tags = slot * ENTRY_WORDS + PROTO_AT
  const tag = $header.verificationTag
  const forbidden = $types.find((type) => {
    const next = sctpNext(Dir.Original, type, SctpState.None)
    return next === SCTP_INVALID || next === SctpState.None
  })
  if (forbidden !== undefined) {
    verdict.because(Reason.SCTP_FIRST_CHUNK, forbidden)
    return false
  }
  for (let at = $header.chunksAt; $chunk.decode(packet.bytes, at, packet.l4End) === DecodeStatus.Ok; at = $chunk.nextAt) {
    if ($chunk.type === Chunk.Init) {
      if (tag !== 0) {
        verdict.because(Reason.SCTP_INIT_TAG, tag)
        return false
      }
      if (!hasInitBody(packet, verdict)) return false
      table.u32[tags + Dir.Reply] = u32(packet.bytes, $chunk.bodyAt)
    } else if ($chunk.type === Chunk.Heartbeat) table.u32[tags + Dir.Original] = tag
    else if ($chunk.type === Chunk.ShutdownAck) table.u32[tags + Dir.Reply] = tag
  }
  return true
}

function hasInitBody(packet: Packet, verdict: TrackContext['verdict']): boolean {
  if ($chunk.bodyAt + INIT_BODY_LEN <= packet.l4End) return true
  verdict.because(Reason.SCTP_INIT_CUT, $chunk.type)
  return false
}

/** One chunk's effect on the entry (step 5). False: INVALID; what earlier chunks did stays. */
function applyChunk(walk: Walk): boolean {
  const { context, packet, slot, dir } = walk
  const { table, verdict } = context
  const { u8 } = table
  const tags = slot * ENTRY_WORDS + PROTO_AT
  const marksAt = slot * ENTRY_BYTES + MARKS_AT
  const { type } = $chunk
  const tag = $header.verificationTag
  const own = table.u32[tags + dir]!
  const peer = table.u32[tags + 1 - dir]!

  switch (type) {
    case Chunk.Init:
      if (tag !== 0) {
        verdict.because(Reason.SCTP_INIT_TAG, tag)
        return false
      }
      break
    case Chunk.Abort:
    case Chunk.ShutdownComplete: {
      const expected = $chunk.flags & FLAG_T ? peer : own
      if (tag !== expected) {
        verdict.because(Reason.SCTP_WRONG_TAG, tag, expected)
        return false
      }
      break
    }
    case Chunk.CookieEcho:
      if (tag !== own) {
        verdict.because(Reason.SCTP_WRONG_TAG, tag, own)
        return false
      }
      break
    case Chunk.CookieAck:
      u8[marksAt]! &= ~INIT_BOTH
      break
    case Chunk.Heartbeat:
      if (own === 0) table.u32[tags + dir] = tag
      else if (tag === own) u8[marksAt]! &= ~HEARTBEAT_FAILED
      else {
        verdict.because(Reason.SCTP_HEARTBEAT_TAG, tag, own)
        if ($has[Chunk.Data] === 1 || walk.isIgnored) return false
        u8[marksAt]! |= HEARTBEAT_FAILED
        table.setLast(slot, 0, dir)
        walk.isIgnored = true
        verdict.because(Reason.SCTP_IGNORED_HEARTBEAT, tag, own)
        return true
      }
      break
    case Chunk.HeartbeatAck:
      if (own === 0) table.u32[tags + dir] = tag
      else if (tag === own) u8[marksAt]! &= ~HEARTBEAT_FAILED
      else {
        const isPathChange = (u8[marksAt]! & HEARTBEAT_FAILED) !== 0 && table.lastDir(slot) !== dir
        if ($has[Chunk.Data] === 1 || walk.isIgnored || !isPathChange) {
          verdict.because(Reason.SCTP_HEARTBEAT_TAG, tag, own)
          return false
        }
        u8[marksAt]! &= ~HEARTBEAT_FAILED
        table.u32[tags + dir] = tag
        table.u32[tags + 1 - dir] = 0
      }
      break
    default:
  }

  const old = table.protoState(slot)
  const next = sctpNext(dir, type, old)
  if (next === SCTP_INVALID) {
    verdict.because(Reason.SCTP_STATE, type, old, dir)
    return false
  }
  if (type === Chunk.Init && !applyInit(walk, old, next)) return false
  if (type === Chunk.InitAck) {
    if (!hasInitBody(packet, verdict)) return false
    const announced = u32(packet.bytes, $chunk.bodyAt)
    const marks = u8[marksAt]! & INIT_BOTH
    const isOtherInit = (marks & (1 << (1 - dir))) !== 0
    if (announced !== peer && ((!isOtherInit && peer !== 0) || marks === INIT_BOTH)) {
      verdict.because(Reason.SCTP_INIT_ACK_TAG, announced, peer)
      return false
    }
    table.u32[tags + 1 - dir] = announced
  }

  table.setProtoState(slot, next)
  if (next !== old) {
    table.addPending(slot, EventBit.Protoinfo)
    verdict.because(Reason.SCTP_CHUNK, type)
  }
  if (next === SctpState.Established && !(table.status(slot) & Status.Assured)) {
    table.setStatus(slot, Status.Assured)
    table.addPending(slot, EventBit.Assured)
  }
  return true
}

function applyInit(walk: Walk, old: number, next: number): boolean {
  const { context, packet, slot, dir } = walk
  const { table, verdict } = context
  const { u8 } = table
  const peerTag = slot * ENTRY_WORDS + PROTO_AT + 1 - dir
  const marksAt = slot * ENTRY_BYTES + MARKS_AT
  if (!hasInitBody(packet, verdict)) return false
  const announced = u32(packet.bytes, $chunk.bodyAt)
  if (old === SctpState.None || table.u32[peerTag] !== announced) {
    if ((u8[marksAt]! & INIT_BOTH) === INIT_BOTH) u8[marksAt]! &= ~(1 << (1 - dir))
    u8[marksAt]! |= 1 << dir
  }
  table.u32[peerTag] = announced
  if (old === SctpState.Closed && next === SctpState.Closed && table.status(slot) & Status.Confirmed) {
    walk.isIgnored = true
    verdict.because(Reason.SCTP_IGNORED_INIT)
  }
  return true
}
