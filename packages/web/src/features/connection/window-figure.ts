/** What a packet outside the window is drawn with: the window's edges and the packet's own. */
import type { Packet } from '@ctscope/server/api/rest'
import { relativeTo, sequenceBase } from './ladder.ts'

export type WindowFigure = {
  /** Relative sequence numbers. */
  low: number
  edge: number
  from: number
  to: number
  edgeName: string
}

/** Null where the reason is not about a window. `before`: the connection's packets, for where the window begins. */
export function windowFigure(packet: Packet, packets: readonly Packet[]): WindowFigure | null {
  const { reason, direction, seq, ack, payloadLength } = packet
  if (direction === null || seq === null) return null
  const base = sequenceBase(packets)
  const other = direction === 'original' ? 'reply' : 'original'
  const own = base[direction] ?? seq
  const place = (value: number | undefined) => relativeTo(value ?? 0, own)
  const low = lastAcknowledged(packet, packets, own)
  const at = { from: place(seq), to: place(seq) + payloadLength }
  switch (reason.code) {
    case 'TCP_SEQ_ABOVE_WINDOW':
      return figure(low, place(reason.args[2]), at.from, at.to, 'edge')
    case 'TCP_SEQ_OVERSHOOT':
      return figure(low, place(reason.args[1]), at.from, at.to, 'edge')
    case 'TCP_RST_BELOW_ACK':
      return figure(place(reason.args[2]), place(reason.args[2]), at.from, at.to, 'acknowledged')
    case 'TCP_ACK_ABOVE_SENT': {
      if (ack === null) return null
      const theirs = base[other] ?? ack
      return figure(0, relativeTo(reason.args[2] ?? 0, theirs), relativeTo(ack, theirs), relativeTo(ack, theirs), 'sent')
    }
    default:
      return null
  }
}

function figure(low: number, edge: number, from: number, to: number, edgeName: string): WindowFigure {
  return { low: Math.min(low, edge), edge, from, to, edgeName }
}

/** The highest acknowledgement that the receiver had sent before the packet. */
function lastAcknowledged(packet: Packet, packets: readonly Packet[], base: number): number {
  let highest = 0
  for (const each of packets) {
    if (each.index >= packet.index) break
    if (each.direction !== packet.direction && each.ack !== null && each.state !== 'INVALID' && each.tcpFlags.includes('ACK')) {
      highest = Math.max(highest, relativeTo(each.ack, base))
    }
  }
  return highest
}

/** Places of the figure's parts in per cent of its width. */
export function figureScale({ low, edge, from, to }: WindowFigure): (value: number) => number {
  const least = Math.min(low, from)
  const most = Math.max(edge, to)
  const room = Math.max(1, most - least)
  return (value) => 6 + ((value - least) / room) * 88
}
