import type { ReactNode } from 'react'
import { navigate } from '../route/navigate.ts'
import { useStore } from '../store/index.ts'
import { StateShape, type MarkedState } from './StateMark.tsx'

export type QuickFilter = { title: string; filter: string; state?: MarkedState }

/** What is true now, as the view's title, and the filters that are asked for most. */
export function ViewHead({ title, children, quick = [] }: { title: string; children?: ReactNode; quick?: readonly QuickFilter[] }) {
  const filter = useStore((state) => state.route.filter)
  return (
    <div className="view-head">
      <div>
        <h1>{title}</h1>
        {children !== undefined && <p className="dim">{children}</p>}
      </div>
      {quick.length > 0 && (
        <div className="quick" role="group" aria-label="Filters">
          {quick.map((each) => (
            <button
              key={each.title}
              className="quick-filter"
              aria-pressed={each.filter === filter}
              onClick={() => navigate({ filter: each.filter })}
            >
              {each.state !== undefined && (
                <span className={each.state}>
                  <StateShape state={each.state} />
                </span>
              )}
              {each.title}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
