/** Breaks of the window test's bounds, in its source: `from` must occur exactly once. */
export type SourceBreak = { file: string; from: string; to: string }

const WINDOW = 'conntrack/proto/tcp-window.ts'
const inWindow = (from: string, ...to: string[]): SourceBreak[] => to.map((each) => ({ file: WINDOW, from, to: each }))

// prettier-ignore
export const SOURCE_BREAKS: readonly SourceBreak[] = [
  // ---- the tests T1 to T4
  ...inWindow('MIN_ACK_WINDOW = 66000', 'MIN_ACK_WINDOW = 65999', 'MIN_ACK_WINDOW = 66001'),
  ...inWindow('Math.max(MIN_ACK_WINDOW, u32[own + MAXWIN]!)', 'MIN_ACK_WINDOW', 'u32[own + MAXWIN]!'),
  ...inWindow('!isAfter(sack, peerEnd)', '!isAfter(sack, peerEnd + 1)', 'isBefore(sack, peerEnd)', 'true'),
  ...inWindow('peerMaxwin === 0 || !isBefore(end, ownEnd - peerMaxwin)', '!isBefore(end, ownEnd - peerMaxwin)',
    'peerMaxwin === 0 || !isBefore(end, ownEnd - peerMaxwin - 1)', 'peerMaxwin === 0 || !isBefore(end, ownEnd - peerMaxwin + 1)', 'true'),
  ...inWindow('!isBefore(sack, peerEnd - ackWindow)', '!isBefore(sack, peerEnd - ackWindow - 1)', '!isBefore(sack, peerEnd - ackWindow + 1)', 'true'),
  ...inWindow('if (isAfter(seq, ownMaxend))', 'if (isAfter(seq, ownMaxend + 1))', 'if (isAfter(seq, ownMaxend - 1))', 'if (false)'),
  ...inWindow('(end - ownMaxend + 1) >>> 0', '(end - ownMaxend) >>> 0', '(end - ownMaxend + 2) >>> 0'),
  ...inWindow('peerMaxwin === 0 || !isSeqRecent || !isAckRecent || !isAckSent', '!isSeqRecent || !isAckRecent || !isAckSent',
    'peerMaxwin === 0 || !isAckRecent || !isAckSent', 'peerMaxwin === 0 || !isSeqRecent || !isAckSent', 'peerMaxwin === 0 || !isSeqRecent || !isAckRecent'),
  ...inWindow('overshoot > peerMaxwin', 'overshoot >= peerMaxwin', 'overshoot > peerMaxwin + 1', 'true'),
  ...inWindow('    u32[own + END] = end\n    u8[slot * ENTRY_BYTES', '    u8[slot * ENTRY_BYTES'),

  // ---- what a segment leaves behind
  ...inWindow('Math.max(segment.win << u8[ownScale]!, 1)', 'Math.max(segment.win, 1)', 'segment.win << u8[ownScale]!'),
  ...inWindow('u32[own + MAXEND] = end + window', 'u32[own + MAXEND] = end', 'u32[own + MAXEND] = end + window + 1'),
  ...inWindow('if (u32[peer + MAXWIN] === 0) u32[peer + END] = u32[peer + MAXEND] = sack', 'if (u32[peer + MAXWIN] === 0) u32[peer + END] = sack',
    'if (u32[peer + MAXWIN] === 0) u32[peer + MAXEND] = sack'),
  ...inWindow('sack === (u32[peer + END]! + 1) >>> 0', 'false', 'sack === u32[peer + END]'),
  ...inWindow('isSyn && isAfter(end, u32[own + END]!) &&', 'isSyn &&', 'isSyn && !isBefore(end, u32[own + END]!) &&'),
  ...inWindow('(old === TcpState.SynSent || old === TcpState.SynRecv)', 'old === TcpState.SynSent', 'old === TcpState.SynRecv'),
  ...inWindow('if (dir === Dir.Reply && !hasAck) return', 'if (!hasAck) return', 'if (false) return'),
  ...inWindow('(!hasAck || (isRst && ack === 0))', '(!hasAck)', '(isRst && ack === 0)'),
  ...inWindow('isRst && seq === 0 && old === TcpState.SynSent', 'false', 'isRst && seq === 0'),
  ...inWindow('isSyn ? segment.win : segment.win << u8[ownScale]!', 'segment.win', 'segment.win << u8[ownScale]!'),
  ...inWindow('(window + (sack - ack)) >>> 0', 'window', '(window + (sack - ack) + 1) >>> 0'),
  ...inWindow('  if (isAfter(end, u32[own + END]!)) {', '  if (!isBefore(end, u32[own + END]!)) {', '  if (isAfter(end, u32[own + END]! + 1)) {', '  if (false) {'),
  ...inWindow('isAfter(ack, u32[own + MAXACK]!)', 'false', 'true', 'isAfter(ack, u32[own + MAXACK]! + 1)'),
  ...inWindow('u32[peer + MAXWIN] !== 0 && isAfter(end, u32[own + MAXEND]!)', 'isAfter(end, u32[own + MAXEND]!)', 'false'),
  ...inWindow('u32[peer + MAXWIN]! += end - u32[own + MAXEND]!', 'u32[peer + MAXWIN]! += end - u32[own + MAXEND]! + 1'),
  ...inWindow('if (!isBefore(sack + window, u32[peer + MAXEND]!))', 'if (true)', 'if (false)', 'if (isAfter(sack + window, u32[peer + MAXEND]! + 1))'),
  ...inWindow('(window === 0 ? 1 : 0)', '0', '1'),
  ...inWindow('if (ack === u32[peer + END])', 'if (false)', 'if (true)', 'if (sack === u32[peer + END])'),

  // ---- repeats
  ...inWindow('table.lastDir(slot) === segment.dir &&', ''),
  ...inWindow('u32[at + LAST_SEQ] === seq &&', ''),
  ...inWindow('u32[at + LAST_ACK] === ack &&', ''),
  ...inWindow('u32[at + LAST_END] === end &&', ''),
  ...inWindow(' &&\n    u32[at + LAST_WIN]! >>> 16 === segment.win', ''),
  ...inWindow('(table.retrans(slot) + 1) & 0xff', 'table.retrans(slot)', 'table.retrans(slot) + 2'),

  // ---- a SYN's record
  ...inWindow('u32[own + END] = u32[own + MAXEND] = segment.end', 'u32[own + END] = segment.end', 'u32[own + MAXEND] = segment.end'),
  ...inWindow('Math.max(segment.win, 1)', 'segment.win', 'segment.win + 1'),
  ...inWindow('segment.dir === Dir.Reply && !(u8', '!(u8'),
  ...inWindow('TcpRecordFlag.Wscale)) u8[flagsAt] = u8[flagsAt + 2] = 0', 'TcpRecordFlag.Wscale)) u8[flagsAt] = 0', 'TcpRecordFlag.Wscale)) u8[flagsAt + 2] = 0'),
]
