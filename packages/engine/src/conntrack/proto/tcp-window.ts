/** The window test (CONNTRACK.md 4.7): whether a segment is one that its sender could send and its receiver expects. */
import { Dir, Reason, TcpState } from '../../model/index.ts'
import { ENTRY_BYTES, ENTRY_WORDS, PROTO_AT } from '../conn-table.ts'
import {
  DIR_WORDS,
  END,
  isAfter,
  isBefore,
  LAST_ACK,
  LAST_END,
  LAST_SEQ,
  LAST_WIN,
  MAXACK,
  MAXEND,
  MAXWIN,
  readOptions,
  sackOf,
  SCALE_AT,
  type Segment,
  TcpRecordFlag,
} from './tcp-record.ts'
import { TcpClass } from './tcp-table.ts'
import type { TrackContext } from './tracker.ts'

export const WindowResult = { Accept: 0, Ignore: 1, Invalid: 2 } as const
export type WindowResult = (typeof WindowResult)[keyof typeof WindowResult]

/** How far an acknowledgement may lie behind, bytes, however small the window. */
const MIN_ACK_WINDOW = 66000

/** `old`: the entry's state before this segment. Updates both records when the segment passes. */
export function testWindow(context: TrackContext, slot: number, segment: Segment, old: number): WindowResult {
  const { table } = context
  const { u32, u8 } = table
  const { dir } = segment
  const peerDir = 1 - dir
  const own = slot * ENTRY_WORDS + PROTO_AT + dir * DIR_WORDS
  const peer = slot * ENTRY_WORDS + PROTO_AT + peerDir * DIR_WORDS
  const ownScale = slot * ENTRY_BYTES + SCALE_AT + dir * 2
  const peerScale = slot * ENTRY_BYTES + SCALE_AT + peerDir * 2
  const { isSyn, hasAck, isRst } = segment
  let { seq, ack, end } = segment
  let sack = sackOf(segment, u8[peerScale + 1]!)

  if (u32[own + MAXWIN] === 0) {
    if (isSyn) {
      takeSyn(context, slot, segment)
      // Simultaneous open.
      if (!hasAck) return WindowResult.Accept
    } else {
      const window = Math.max(segment.win << u8[ownScale]!, 1)
      u32[own + END] = end
      u32[own + MAXWIN] = window
      u32[own + MAXEND] = end + window
      if (u32[peer + MAXWIN] === 0) u32[peer + END] = u32[peer + MAXEND] = sack
      else if (sack === (u32[peer + END]! + 1) >>> 0) u32[peer + END] = sack
    }
  } else if (isSyn && isAfter(end, u32[own + END]!) && (old === TcpState.SynSent || old === TcpState.SynRecv)) {
    takeSyn(context, slot, segment)
    if (dir === Dir.Reply && !hasAck) return WindowResult.Accept
  }

  if (!hasAck || (isRst && ack === 0)) ack = sack = u32[peer + END]!
  if (isRst && seq === 0 && old === TcpState.SynSent) seq = end = u32[own + END]!

  const failed = judge(context, slot, segment, seq, ack, sack, end)
  if (failed !== WindowResult.Accept) {
    if (!(u8[ownScale + 1]! & TcpRecordFlag.Liberal) && context.settings.nf_conntrack_tcp_be_liberal === 0) return failed
    context.verdict.because(Reason.TCP_LIBERAL)
    return WindowResult.Accept
  }

  const window = isSyn ? segment.win : segment.win << u8[ownScale]!
  u32[own + MAXWIN] = Math.max(u32[own + MAXWIN]!, (window + (sack - ack)) >>> 0)
  if (isAfter(end, u32[own + END]!)) {
    u32[own + END] = end
    u8[ownScale + 1]! |= TcpRecordFlag.Unacked
  }
  if (hasAck) {
    if (!(u8[ownScale + 1]! & TcpRecordFlag.MaxackSet)) {
      u32[own + MAXACK] = ack
      u8[ownScale + 1]! |= TcpRecordFlag.MaxackSet
    } else if (isAfter(ack, u32[own + MAXACK]!)) u32[own + MAXACK] = ack
  }
  if (u32[peer + MAXWIN] !== 0 && isAfter(end, u32[own + MAXEND]!)) u32[peer + MAXWIN]! += end - u32[own + MAXEND]!
  if (!isBefore(sack + window, u32[peer + MAXEND]!)) u32[peer + MAXEND] = sack + window + (window === 0 ? 1 : 0)
  if (ack === u32[peer + END]) u8[peerScale + 1]! &= ~TcpRecordFlag.Unacked
  if (segment.class === TcpClass.Ack) noteRepeat(context, slot, segment, seq, ack, end)
  return WindowResult.Accept
}

/** A SYN begins its sender's record. */
function takeSyn(context: TrackContext, slot: number, segment: Segment): void {
  const { table } = context
  const { u32, u8 } = table
  const own = slot * ENTRY_WORDS + PROTO_AT + segment.dir * DIR_WORDS
  const flagsAt = slot * ENTRY_BYTES + SCALE_AT
  u32[own + END] = u32[own + MAXEND] = segment.end
  u32[own + MAXWIN] = Math.max(segment.win, 1)
  readOptions(table, flagsAt + segment.dir * 2, segment)
  // Scaling holds only when both sides offered it (RFC 7323 2.2).
  if (segment.dir === Dir.Reply && !(u8[flagsAt + 1]! & u8[flagsAt + 3]! & TcpRecordFlag.Wscale)) u8[flagsAt] = u8[flagsAt + 2] = 0
}

/** Tests T1 to T4, in order, the first failure decides. */
function judge(context: TrackContext, slot: number, segment: Segment, seq: number, ack: number, sack: number, end: number): WindowResult {
  const { u32, u8 } = context.table
  const { verdict } = context
  const own = slot * ENTRY_WORDS + PROTO_AT + segment.dir * DIR_WORDS
  const peer = slot * ENTRY_WORDS + PROTO_AT + (1 - segment.dir) * DIR_WORDS
  const ownEnd = u32[own + END]!
  const ownMaxend = u32[own + MAXEND]!
  const peerEnd = u32[peer + END]!
  const peerMaxwin = u32[peer + MAXWIN]!
  const ackWindow = Math.max(MIN_ACK_WINDOW, u32[own + MAXWIN]!)
  const isAckSent = !isAfter(sack, peerEnd)
  const isSeqRecent = peerMaxwin === 0 || !isBefore(end, ownEnd - peerMaxwin)
  const isAckRecent = !isBefore(sack, peerEnd - ackWindow)

  if (isAfter(seq, ownMaxend)) {
    const overshoot = (end - ownMaxend + 1) >>> 0
    if (peerMaxwin === 0 || !isSeqRecent || !isAckRecent || !isAckSent) {
      verdict.because(Reason.TCP_SEQ_ABOVE_WINDOW, seq, seq - ownMaxend, ownMaxend)
      return WindowResult.Invalid
    }
    if (overshoot > peerMaxwin) {
      verdict.because(Reason.TCP_SEQ_OVERSHOOT, seq, ownMaxend, overshoot, peerMaxwin)
      return WindowResult.Invalid
    }
    u32[own + END] = end
    u8[slot * ENTRY_BYTES + SCALE_AT + segment.dir * 2 + 1]! |= TcpRecordFlag.Unacked
    verdict.because(Reason.TCP_IGNORED_OVERSHOOT, end, end - ownMaxend, ownMaxend)
    return WindowResult.Ignore
  }
  if (!isAckSent) {
    verdict.because(Reason.TCP_ACK_ABOVE_SENT, sack, sack - peerEnd, peerEnd)
    return WindowResult.Invalid
  }
  if (!isSeqRecent) {
    verdict.because(Reason.TCP_IGNORED_OLD_SEQ, end, ownEnd - peerMaxwin - end, ownEnd - peerMaxwin)
    return WindowResult.Ignore
  }
  if (!isAckRecent) {
    verdict.because(Reason.TCP_IGNORED_OLD_ACK, ack, peerEnd - ackWindow - sack, peerEnd - ackWindow)
    return WindowResult.Ignore
  }
  return WindowResult.Accept
}

/** Counts identical repeats of a pure ACK-class segment. */
function noteRepeat(context: TrackContext, slot: number, segment: Segment, seq: number, ack: number, end: number): void {
  const { table } = context
  const { u32 } = table
  const at = slot * ENTRY_WORDS
  const isSame =
    table.lastDir(slot) === segment.dir &&
    u32[at + LAST_SEQ] === seq &&
    u32[at + LAST_ACK] === ack &&
    u32[at + LAST_END] === end &&
    u32[at + LAST_WIN]! >>> 16 === segment.win
  if (isSame) {
    table.setRetrans(slot, (table.retrans(slot) + 1) & 0xff)
    return
  }
  table.setLast(slot, table.lastClass(slot), segment.dir)
  u32[at + LAST_SEQ] = seq
  u32[at + LAST_ACK] = ack
  u32[at + LAST_END] = end
  u32[at + LAST_WIN] = (segment.win << 16) | (u32[at + LAST_WIN]! & 0xffff)
  table.setRetrans(slot, 0)
}
