/**
 * The TCP tracker (CONNTRACK.md 4). The table of states is tcp-table.ts, the window test tcp-window.ts; here is what
 * stands around them, a function for each rule.
 */
import { Dir, EndCause, EventBit, Reason, Status, TcpState } from '../../model/index.ts'
import { isL4ChecksumRight } from '../../wire/checksum.ts'
import type { Packet } from '../../wire/packet.ts'
import { DecodeStatus } from '../../wire/status.ts'
import { TcpFlag } from '../../wire/tcp.ts'
import { type ConnTable, ENTRY_BYTES, ENTRY_WORDS, PROTO_AT } from '../conn-table.ts'
import { TCP_RETRANS, TCP_UNACK } from '../timeouts.ts'
import { parseTcpOptions, tcpOptions } from './tcp-options.ts'
import {
  DIR_WORDS,
  END,
  isBefore,
  LAST_ACK,
  LAST_CHALLENGE,
  LAST_END,
  LAST_SEQ,
  LAST_SIMOPEN,
  LAST_WIN,
  MAXACK,
  MAXEND,
  MAXWIN,
  readOptions,
  SCALE_AT,
  Segment,
  TcpRecordFlag,
} from './tcp-record.ts'
import { TCP_IGNORE, TCP_INVALID, TcpClass, tcpNext } from './tcp-table.ts'
import { testWindow, WindowResult } from './tcp-window.ts'
import { Outcome, type TrackContext } from './tracker.ts'

/** Sets of flags, PSH, ECE and CWR masked out, that are valid (CONNTRACK.md 4.1). */
const FLAG_MASK = TcpFlag.Fin | TcpFlag.Syn | TcpFlag.Rst | TcpFlag.Ack | TcpFlag.Urg
const VALID_FLAGS = new Uint8Array(64)
for (const set of [
  TcpFlag.Syn,
  TcpFlag.Syn | TcpFlag.Urg,
  TcpFlag.Syn | TcpFlag.Ack,
  TcpFlag.Rst,
  TcpFlag.Rst | TcpFlag.Ack,
  TcpFlag.Fin | TcpFlag.Ack,
  TcpFlag.Fin | TcpFlag.Ack | TcpFlag.Urg,
  TcpFlag.Ack,
  TcpFlag.Ack | TcpFlag.Urg,
])
  VALID_FLAGS[set] = 1

/** s: what must be left for an invalid FIN or RST to cut it (CONNTRACK.md 4.10). */
const SHORTEN_ABOVE_S = 120

const $segment = new Segment()

export function trackTcp(context: TrackContext, packet: Packet, slot: number, dir: Dir, isNew: boolean): Outcome {
  const segment = $segment
  if (!readSegment(context, packet, segment, dir)) return Outcome.Invalid
  if (isNew && !begin(context, slot, segment)) return Outcome.Invalid

  const { table, verdict } = context
  const { u32, u8 } = table
  const at = slot * ENTRY_WORDS
  const flagsAt = slot * ENTRY_BYTES + SCALE_AT
  const segmentClass = segment.class
  let old = table.protoState(slot)
  let next = tcpNext(dir, segmentClass, old)

  if (next === TCP_INVALID) {
    verdict.because(STATE_REASONS[segmentClass]!, old, dir)
    return Outcome.Invalid
  }

  if (next === TcpState.SynSent && (old === TcpState.TimeWait || old === TcpState.Close)) {
    const closeInit = (u8[flagsAt + 1]! | u8[flagsAt + 3]!) & TcpRecordFlag.CloseInit
    if (closeInit || (table.lastDir(slot) === dir && table.lastClass(slot) === TcpClass.Rst)) {
      verdict.because(Reason.TCP_REOPENED, old)
      context.destroy(slot, EndCause.Reopened)
      return Outcome.Repeat
    }
    verdict.because(Reason.TCP_IGNORED_NO_REOPEN, old)
    next = TCP_IGNORE
  }

  if (next === TCP_IGNORE) {
    if (!isResync(table, slot, segment)) {
      remember(context, slot, segment, old)
      return Outcome.Accept
    }
    verdict.because(Reason.TCP_RESYNC)
    resync(table, slot, dir)
    old = TcpState.SynSent
    next = TcpState.SynRecv
  } else if (next === TcpState.TimeWait) {
    if (isChallengeAck(table, slot, segment, old)) {
      u32[at + LAST_WIN] = u32[at + LAST_WIN]! & ~LAST_CHALLENGE
      verdict.because(Reason.TCP_CHALLENGE_ACK)
      return Outcome.Accept
    }
  } else if (next === TcpState.SynSent2) {
    u32[at + LAST_WIN] = u32[at + LAST_WIN]! | LAST_SIMOPEN
  } else if (next === TcpState.SynRecv) {
    if (dir === Dir.Reply && segmentClass === TcpClass.Ack && u32[at + LAST_WIN]! & LAST_SIMOPEN) next = TcpState.Established
  }

  let skipsWindow = false
  if (next === TcpState.Close && segmentClass === TcpClass.Rst) {
    const judgement = judgeRst(context, slot, segment, old)
    if (judgement === RstJudgement.Invalid) return Outcome.Invalid
    if (judgement === RstJudgement.KeepState) next = old
    skipsWindow = judgement === RstJudgement.SkipWindow
  }

  if (!skipsWindow) {
    const result = testWindow(context, slot, segment, old)
    if (result === WindowResult.Ignore) return Outcome.Accept
    if (result === WindowResult.Invalid) {
      shortenOnInvalidClose(context, slot, segment)
      return Outcome.Invalid
    }
  }
  return commit(context, slot, segment, old, next)
}

/** Decodes and checks the segment (CONNTRACK.md 2.6, 4.1). */
function readSegment(context: TrackContext, packet: Packet, segment: Segment, dir: Dir): boolean {
  const { header } = segment
  const { verdict } = context
  const b = packet.bytes
  const length = packet.l4End - packet.l4At
  const status = header.decode(b, packet.l4At, packet.l4End)
  if (status !== DecodeStatus.Ok) {
    if (status === DecodeStatus.Truncated) verdict.because(Reason.TCP_TOO_SHORT, Math.max(length, 0))
    else verdict.because(Reason.TCP_BAD_DATA_OFFSET, (b[packet.l4At + 12]! >>> 4) << 2, length)
    return false
  }
  if (context.settings.nf_conntrack_checksum !== 0 && !isL4ChecksumRight(packet, packet.l4End, 6)) {
    verdict.because(Reason.TCP_BAD_CHECKSUM)
    return false
  }
  const flags = header.flags
  if (VALID_FLAGS[flags & FLAG_MASK] === 0) {
    verdict.because(Reason.TCP_BAD_FLAGS, flags & FLAG_MASK)
    return false
  }
  segment.class = classOf(flags)
  segment.flags = flags
  segment.seq = header.seq
  segment.ack = header.ack
  segment.end = (header.seq + header.payloadLen + ((flags & TcpFlag.Syn) >> 1) + (flags & TcpFlag.Fin)) >>> 0
  segment.win = header.window
  segment.dir = dir
  segment.bytes = b
  return true
}

function classOf(flags: number): number {
  if (flags & TcpFlag.Rst) return TcpClass.Rst
  if (flags & TcpFlag.Syn) return flags & TcpFlag.Ack ? TcpClass.SynAck : TcpClass.Syn
  if (flags & TcpFlag.Fin) return TcpClass.Fin
  return flags & TcpFlag.Ack ? TcpClass.Ack : TcpClass.None
}

const FIRST_REASONS = [
  0,
  Reason.TCP_FIRST_SYNACK,
  Reason.TCP_FIRST_FIN,
  Reason.TCP_NOT_LOOSE,
  Reason.TCP_FIRST_RST,
  Reason.TCP_FIRST_NO_FLAGS,
]
const STATE_REASONS = [
  Reason.TCP_STATE_SYN,
  Reason.TCP_STATE_SYNACK,
  Reason.TCP_STATE_FIN,
  Reason.TCP_STATE_ACK,
  Reason.TCP_STATE_RST,
  Reason.TCP_STATE_NO_FLAGS,
]

/** First packet of an entry (CONNTRACK.md 4.4); the entry's words are zero. */
function begin(context: TrackContext, slot: number, segment: Segment): boolean {
  const { table, settings, verdict } = context
  const { u32, u8 } = table
  const own = slot * ENTRY_WORDS + PROTO_AT
  const flagsAt = slot * ENTRY_BYTES + SCALE_AT
  const isSyn = segment.class === TcpClass.Syn
  const isInvalid = tcpNext(Dir.Original, segment.class, TcpState.None) === TCP_INVALID
  if (isInvalid || (!isSyn && settings.nf_conntrack_tcp_loose === 0)) {
    verdict.because(FIRST_REASONS[segment.class]!)
    return false
  }
  u32[own + END] = segment.end
  u32[own + MAXEND] = segment.end
  u32[own + MAXWIN] = Math.max(segment.win, 1)
  table.setLast(slot, TcpClass.None, Dir.Original)
  if (isSyn) {
    readOptions(table, flagsAt, segment)
    return true
  }
  u32[own + MAXEND] = segment.end + u32[own + MAXWIN]!
  u8[flagsAt + 1] = u8[flagsAt + 3] = TcpRecordFlag.SackPerm | TcpRecordFlag.Liberal
  return true
}

// ---- CONNTRACK.md 4.5

function isResync(table: ConnTable, slot: number, segment: Segment): boolean {
  return (
    segment.class === TcpClass.SynAck &&
    table.lastClass(slot) === TcpClass.Syn &&
    table.lastDir(slot) !== segment.dir &&
    segment.ack === table.u32[slot * ENTRY_WORDS + LAST_END]
  )
}

/** A SYN-ACK answers a SYN that was ignored: the connection is taken up anew in its old entry. */
function resync(table: ConnTable, slot: number, dir: Dir): void {
  const { u32, u8 } = table
  const at = slot * ENTRY_WORDS
  const flagsAt = slot * ENTRY_BYTES + SCALE_AT
  const peerDir = 1 - dir
  const peer = at + PROTO_AT + peerDir * DIR_WORDS
  const own = at + PROTO_AT + dir * DIR_WORDS
  const last = u32[at + LAST_WIN]!
  u32[peer + END] = u32[peer + MAXEND] = u32[at + LAST_END]!
  u32[peer + MAXWIN] = Math.max(last >>> 16, 1)
  u8[flagsAt + peerDir * 2] = (last >>> 8) & 0xff
  u32[at + LAST_WIN] = last & ~LAST_CHALLENGE
  u8[flagsAt + peerDir * 2 + 1] = last & 0xff & ~LAST_CHALLENGE
  u32[own + END] = u32[own + MAXEND] = u32[own + MAXWIN] = u32[own + MAXACK] = 0
  u8[flagsAt + dir * 2] = 0
  u8[flagsAt + dir * 2 + 1] = u8[flagsAt + dir * 2 + 1]! & TcpRecordFlag.Liberal
}

const IGNORE_REASONS = [Reason.TCP_IGNORED_SYN, Reason.TCP_IGNORED_SYNACK, 0, Reason.TCP_IGNORED_ACK, 0, 0]

/** An ignored segment leaves its mark for what may answer it. */
function remember(context: TrackContext, slot: number, segment: Segment, old: number): void {
  const { table, verdict } = context
  const { u32 } = table
  const at = slot * ENTRY_WORDS
  table.setLast(slot, segment.class, segment.dir)
  u32[at + LAST_SEQ] = segment.seq
  u32[at + LAST_END] = segment.end
  let options = u32[at + LAST_WIN]! & 0xffff
  if (segment.class === TcpClass.Syn && segment.dir === Dir.Original)
    options = synOptions(segment) | (old === TcpState.LastAck ? LAST_CHALLENGE : 0)
  u32[at + LAST_WIN] = (segment.win << 16) | options
  if (old === TcpState.SynSent && segment.class === TcpClass.Ack && segment.dir === Dir.Reply) u32[at + LAST_ACK] = segment.ack
  if (verdict.reason !== Reason.TCP_IGNORED_NO_REOPEN) verdict.because(IGNORE_REASONS[segment.class]!, old)
}

/** wscale << 8 | flags of an ignored SYN. */
function synOptions(segment: Segment): number {
  const { header } = segment
  parseTcpOptions(segment.bytes, header.optionsAt, header.payloadAt)
  return (
    (tcpOptions.scale << 8) | (tcpOptions.hasScale ? TcpRecordFlag.Wscale : 0) | (tcpOptions.sackPermitted ? TcpRecordFlag.SackPerm : 0)
  )
}

function isChallengeAck(table: ConnTable, slot: number, segment: Segment, old: number): boolean {
  return (
    old === TcpState.LastAck &&
    segment.class === TcpClass.Ack &&
    table.lastDir(slot) !== segment.dir &&
    table.lastClass(slot) === TcpClass.Syn &&
    (table.u32[slot * ENTRY_WORDS + LAST_WIN]! & LAST_CHALLENGE) !== 0
  )
}

/** What a RST that the table would let close the connection may do. */
const RstJudgement = { Invalid: 0, TestWindow: 1, SkipWindow: 2, KeepState: 3 } as const
type RstJudgement = (typeof RstJudgement)[keyof typeof RstJudgement]

function judgeRst(context: TrackContext, slot: number, segment: Segment, old: number): RstJudgement {
  const { table, settings, verdict } = context
  const { u32, u8 } = table
  const at = slot * ENTRY_WORDS
  const peerDir = 1 - segment.dir
  if (old >= TcpState.FinWait && old <= TcpState.Close) return RstJudgement.SkipWindow

  const status = table.status(slot)
  const lastClass = table.lastClass(slot)
  const lastDir = table.lastDir(slot)
  const lastEnd = u32[at + LAST_END]!
  if (u8[slot * ENTRY_BYTES + SCALE_AT + peerDir * 2 + 1]! & TcpRecordFlag.MaxackSet && lastClass !== TcpClass.Syn) {
    const maxack = u32[at + PROTO_AT + peerDir * DIR_WORDS + MAXACK]!
    const isSafe = old === TcpState.Established && (status & Status.Assured) !== 0
    if (segment.seq === 0 && !isSafe) return RstJudgement.TestWindow
    if (isBefore(segment.seq, maxack) && settings.nf_conntrack_tcp_ignore_invalid_rst === 0) {
      verdict.because(Reason.TCP_RST_BELOW_ACK, segment.seq, maxack - segment.seq, maxack)
      return RstJudgement.Invalid
    }
    if (!isSafe || segment.seq === maxack) return RstJudgement.TestWindow
    // A RST that follows its own side's data.
    if (lastClass === TcpClass.Ack && lastDir === segment.dir && segment.seq === lastEnd) return RstJudgement.TestWindow
    verdict.because(Reason.TCP_RST_KEPT, segment.seq, maxack)
    return RstJudgement.KeepState
  }
  const answersSyn = (status & Status.SeenReply) !== 0 && lastClass === TcpClass.Syn && lastDir !== segment.dir
  const answersAck = !(status & Status.Assured) && lastClass === TcpClass.Ack
  if ((answersSyn || answersAck) && segment.ack === lastEnd) return RstJudgement.SkipWindow
  // The answer to a challenge ACK.
  if (old === TcpState.SynSent && lastClass === TcpClass.Ack && lastDir === Dir.Reply && segment.seq === u32[at + LAST_ACK])
    return RstJudgement.SkipWindow
  return RstJudgement.TestWindow
}

/** CONNTRACK.md 4.10: FINs or RSTs outside the window, from both sides, cut a long timeout. */
function shortenOnInvalidClose(context: TrackContext, slot: number, segment: Segment): void {
  const { table, timeouts } = context
  if (!(table.status(slot) & Status.Assured)) return
  if (segment.class !== TcpClass.Rst && segment.class !== TcpClass.Fin) return
  const lastClass = table.lastClass(slot)
  if (table.lastDir(slot) !== segment.dir && (lastClass === TcpClass.Fin || lastClass === TcpClass.Rst)) {
    const leftMs = table.deadlineMs(slot) - context.nowMs
    const unackS = timeouts.tcp[TCP_UNACK]!
    if (leftMs >= SHORTEN_ABOVE_S * 1000 && leftMs > unackS * 1000) context.setRemaining(slot, unackS)
  } else table.setLast(slot, segment.class, segment.dir)
}

/** The segment is accepted: new state, timeout, ASSURED (CONNTRACK.md 4.8, 4.9). */
function commit(context: TrackContext, slot: number, segment: Segment, old: number, next: number): Outcome {
  const { table, timeouts, verdict } = context
  const { u32, u8 } = table
  const at = slot * ENTRY_WORDS
  const flagsAt = slot * ENTRY_BYTES + SCALE_AT
  const { dir, class: segmentClass } = segment
  table.setLast(slot, segmentClass, dir)
  table.setProtoState(slot, next)
  if (next !== old && next === TcpState.FinWait) u8[flagsAt + dir * 2 + 1]! |= TcpRecordFlag.CloseInit

  const t = timeouts.tcp
  const inState = t[next]!
  let timeoutS = inState
  if (table.retrans(slot) >= context.settings.nf_conntrack_tcp_max_retrans && inState > t[TCP_RETRANS]!) timeoutS = t[TCP_RETRANS]!
  else if (segmentClass === TcpClass.Rst) timeoutS = t[TcpState.Close]!
  else if ((u8[flagsAt + 1]! | u8[flagsAt + 3]!) & TcpRecordFlag.Unacked && inState > t[TCP_UNACK]!) timeoutS = t[TCP_UNACK]!
  else if (u32[at + LAST_WIN]! >>> 16 === 0 && inState > t[TCP_RETRANS]!) timeoutS = t[TCP_RETRANS]!

  if (next !== old) {
    table.addPending(slot, EventBit.Protoinfo)
    if (verdict.reason === 0) verdict.because(CHANGE_REASONS[next]!, old)
  }

  const status = table.status(slot)
  if (!(status & Status.SeenReply)) {
    if (segmentClass === TcpClass.Rst) {
      verdict.because(Reason.TCP_RST_UNREPLIED)
      context.count(slot, dir)
      context.destroyByItsPacket(slot, EndCause.Reset)
      return Outcome.Accept
    }
    if (segmentClass === TcpClass.Syn && old === TcpState.SynSent) {
      if (next === old) verdict.because(Reason.TCP_SYN_REPEATED)
      return Outcome.Accept
    }
    if (next === TcpState.Established) timeoutS = Math.min(timeoutS, t[TCP_UNACK]!)
    if (old === TcpState.None && next === TcpState.Established) verdict.because(Reason.TCP_PICKUP)
  } else if (!(status & Status.Assured) && (old === TcpState.SynRecv || old === TcpState.Established) && next === TcpState.Established) {
    table.setStatus(slot, Status.Assured)
    table.addPending(slot, EventBit.Assured)
    if (verdict.reason === 0) verdict.because(Reason.TCP_BOTH_WAYS)
  }
  context.refresh(slot, dir, timeoutS)
  return Outcome.Accept
}

/** By the state that is entered. */
const CHANGE_REASONS = [
  0,
  Reason.TCP_SYN,
  Reason.TCP_SYN_ANSWERED,
  Reason.TCP_HANDSHAKE_COMPLETE,
  Reason.TCP_FIN,
  Reason.TCP_FIN_ANSWERED,
  Reason.TCP_SECOND_FIN,
  Reason.TCP_LAST_ACK,
  Reason.TCP_RST,
  Reason.TCP_SIMULTANEOUS_OPEN,
]
