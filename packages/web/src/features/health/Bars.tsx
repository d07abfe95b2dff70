import type { ReactNode } from 'react'
import { count } from '../../format/number.ts'
import type { MarkedState } from '../../ui/StateMark.tsx'
import { STATE_COLOURS } from '../../ui/Strip.tsx'

export type Bar = { key: string; label: ReactNode; value: number; tone: MarkedState }

/** Counts side by side, against the largest of them. */
export function Bars({ rows }: { rows: readonly Bar[] }) {
  const most = Math.max(1, ...rows.map(({ value }) => value))
  return (
    <dl className="bars">
      {rows.map(({ key, label, value, tone }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>
            <i className="bar-line" style={{ transform: `scaleX(${value / most})`, background: STATE_COLOURS[tone] }} aria-hidden="true" />
            <span className="num dim">{count(value)}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
