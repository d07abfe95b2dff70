import type { Packet } from '@ctscope/server/api/rest'
import { count, counted } from '../../format/number.ts'
import { StateMark } from '../../ui/StateMark.tsx'
import { invalidAdvice } from '../../words/invalid-advice.ts'
import { reasonSentence } from '../../words/window-reasons.ts'
import { figureScale, windowFigure, type WindowFigure } from './window-figure.ts'

/** Why a packet is INVALID, with the window drawn where it is a matter of the window. */
export function WhyInvalid({ packet, packets, more }: { packet: Packet; packets: readonly Packet[]; more: number }) {
  const figure = windowFigure(packet, packets)
  const advice = invalidAdvice(packet.reason.code)
  return (
    <section className="why" aria-label="Why a packet is INVALID">
      <p>
        <StateMark state="INVALID" /> <b title={packet.reason.text}>{reasonSentence(packet.reason)}</b>
      </p>
      {figure !== null && <Figure figure={figure} />}
      <p className="dim small">
        {advice} Packet {count(packet.index)}
        {more > 0 ? `; ${counted(more, 'other')} of this connection INVALID too.` : '.'}
      </p>
    </section>
  )
}

function Figure({ figure }: { figure: WindowFigure }) {
  const x = figureScale(figure)
  const packetWidth = Math.max(1.2, x(figure.to) - x(figure.from))
  const packetLabel = figure.to > figure.from ? `${count(figure.from)}–${count(figure.to)}` : count(figure.from)
  // Two labels on one side would run into one another: the packet's stands above.
  return (
    <svg
      className="window-figure"
      width="100%"
      height="56"
      role="img"
      aria-label={`Window from ${figure.low} to ${figure.edge}, packet ${packetLabel}`}
    >
      <rect x="0" y="24" width="100%" height="8" rx="3" fill="var(--track)" />
      <rect
        x={`${x(figure.low)}%`}
        y="24"
        width={`${Math.max(0.6, x(figure.edge) - x(figure.low))}%`}
        height="8"
        rx="3"
        fill="var(--est)"
        opacity="0.6"
      />
      <rect x={`${Math.min(x(figure.from), 98.8)}%`} y="20" width={`${packetWidth}%`} height="16" rx="3" fill="var(--inv)" />
      <text
        x={`${(x(figure.from) + x(figure.to)) / 2}%`}
        y="13"
        textAnchor={anchorAt((x(figure.from) + x(figure.to)) / 2)}
        className="mono figure-bad"
      >
        {packetLabel}
      </text>
      {x(figure.edge) - x(figure.low) > 30 && (
        <text x={`${x(figure.low)}%`} y="50" className="mono" textAnchor="start">
          {count(figure.low)}
        </text>
      )}
      <text x={`${x(figure.edge)}%`} y="50" className="mono" textAnchor={anchorAt(x(figure.edge))}>
        {count(figure.edge)} {figure.edgeName}
      </text>
    </svg>
  )
}

function anchorAt(percent: number): 'start' | 'middle' | 'end' {
  if (percent < 18) return 'start'
  return percent > 82 ? 'end' : 'middle'
}
