/** The ladder of a connection's packets: what stands on each rung. */
import type { Connection, CtStateWord, Packet } from '@ctscope/server/api/rest'
import { icmpWord } from '../../format/address.ts'
import { epochMs } from '../../format/time.ts'
import { reasonSentence } from '../../words/window-reasons.ts'

export type Rung = {
  packet: Packet
  /** Since the first packet that is kept. */
  sinceMs: number
  /** Since the packet before it. */
  gapMs: number
  isReply: boolean
  label: string
  detail: string
  /** What the connection is after it: the rails' colour. INVALID packets leave it as it was. */
  rail: CtStateWord
  note: Note | null
}

/** What changed or failed with a packet. */
export type Note = { state: CtStateWord; title: string; text: string }

export type SequenceBase = { original: number | null; reply: number | null }

/** Reasons that say only that nothing happened. */
const QUIET = new Set(['NONE', 'STILL_UNREPLIED', 'STREAM'])

type Ends = Pick<Connection, 'original' | 'reply'>
type Side = 'original' | 'reply'

/**
 * The packets with their direction as their addresses say. Conntrack knows none for a packet that it calls INVALID,
 * though it was sent by one of the two ends all the same.
 */
export function oriented(packets: readonly Packet[], { original, reply }: Ends): Packet[] {
  const sends = (side: Ends[Side], { src, sport, dst, dport }: Packet) =>
    src === side.src && sport === side.sport && dst === side.dst && dport === side.dport
  return packets.map((packet) => {
    if (packet.state !== 'INVALID') return packet
    if (sends(original, packet)) return { ...packet, direction: 'original' }
    return sends(reply, packet) ? { ...packet, direction: 'reply' } : packet
  })
}

export function buildLadder(packets: readonly Packet[], isRelative: boolean): Rung[] {
  const base = isRelative ? sequenceBase(packets) : { original: 0, reply: 0 }
  const firstAt = packets[0] === undefined ? 0 : epochMs(packets[0].at)
  let before = firstAt
  let rail: CtStateWord | null = null
  let after: string | null = null
  return packets.map((packet) => {
    const at = epochMs(packet.at)
    const note = noteOf(packet, rail, after)
    if (packet.state !== 'INVALID') {
      rail = packet.state
      after = packet.stateAfter ?? after
    }
    const rung: Rung = {
      packet,
      sinceMs: at - firstAt,
      gapMs: at - before,
      isReply: packet.direction === 'reply',
      label: labelOf(packet),
      detail: sequenceText(packet, base),
      rail: rail ?? packet.state,
      note,
    }
    before = at
    return rung
  })
}

function noteOf(packet: Packet, rail: CtStateWord | null, after: string | null): Note | null {
  const { state, stateAfter, reason, l4, wouldDrop } = packet
  const isNewState = state !== rail
  const isNewSub = stateAfter !== null && stateAfter !== after && state !== 'INVALID'
  if (!isNewState && !isNewSub && QUIET.has(reason.code) && wouldDrop === null) return null
  if (state === 'INVALID') return { state, title: 'INVALID', text: reasonSentence(reason) }
  const became = [isNewState ? state : '', isNewSub ? `${l4 ?? ''} ${stateAfter}` : ''].filter((part) => part !== '').join(', ')
  if (QUIET.has(reason.code) && !isNewSub) return { state, title: became, text: reason.text }
  return { state, title: reason.text === '' ? became : reason.text, text: reason.text === '' ? '' : became }
}

function labelOf(packet: Packet): string {
  const { l4, tcpFlags, payloadLength, dport } = packet
  if (l4 === 'tcp') return [tcpFlags === '' ? 'no flags' : tcpFlags, payloadLength > 0 ? String(payloadLength) : ''].join(' ').trim()
  if (l4 === 'icmp' || l4 === 'icmpv6') return `${icmpWord(l4, dport)} ${payloadLength}`
  return `${l4 ?? 'IP'} ${payloadLength}`
}

/** Where each side's numbers begin: its first sequence number, or the first acknowledgement of it. */
export function sequenceBase(packets: readonly Packet[]): SequenceBase {
  const base: SequenceBase = { original: null, reply: null }
  for (const { direction, seq, ack, state } of packets) {
    if (direction === null || state === 'INVALID') continue
    const other = direction === 'original' ? 'reply' : 'original'
    if (seq !== null) base[direction] ??= seq
    if (ack !== null && ack !== 0) base[other] ??= ack
    if (base.original !== null && base.reply !== null) break
  }
  return base
}

/** Distance on the circle of 2³² sequence numbers, negative when it lies before the base. */
export function relativeTo(value: number, base: number): number {
  return (value - base) | 0
}

/** A sequence number as it is shown: relative where the base is known. `base` 0 leaves it absolute. */
function shown(value: number, base: number | null): string {
  return WHOLE.format(base === null || base === 0 ? value : relativeTo(value, base))
}
const WHOLE = new Intl.NumberFormat('en')

function sequenceText({ l4, direction, seq, ack, window, tcpFlags, payloadLength }: Packet, base: SequenceBase): string {
  if (l4 !== 'tcp' || direction === null) return ''
  const other = direction === 'original' ? 'reply' : 'original'
  const parts: string[] = []
  if (seq !== null && (payloadLength > 0 || /SYN|FIN|RST/.test(tcpFlags))) parts.push(`seq ${shown(seq, base[direction])}`)
  if (ack !== null && tcpFlags.includes('ACK')) parts.push(`ack ${shown(ack, base[other])}`)
  if (window !== null && tcpFlags.includes('SYN')) parts.push(`win ${window}`)
  return parts.join('  ')
}

/** Time between SYN and SYN/ACK as seen here, where both are kept (ms). */
export function handshakeRtt(packets: readonly Packet[]): number | null {
  const syn = packets.find(({ tcpFlags, direction }) => tcpFlags === 'SYN' && direction === 'original')
  const answer = packets.find(({ tcpFlags, direction }) => tcpFlags === 'SYN ACK' && direction === 'reply')
  return syn === undefined || answer === undefined ? null : epochMs(answer.at) - epochMs(syn.at)
}

/** The INVALID packet that is told first: the latest that is kept. */
export function latestInvalid(packets: readonly Packet[]): Packet | null {
  return packets.findLast(({ state }) => state === 'INVALID') ?? null
}
