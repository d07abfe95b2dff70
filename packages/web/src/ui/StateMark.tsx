import type { CtStateWord } from '@ctscope/server/api/rest'

/** What can be marked: the ct states, and an entry that is no longer in the table. */
export type MarkedState = CtStateWord | 'ENDED'

const SHAPES: Record<MarkedState, React.ReactElement> = {
  NEW: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" />,
  ESTABLISHED: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  RELATED: <path d="M6 0l6 6-6 6-6-6z" fill="currentColor" />,
  INVALID: <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />,
  ENDED: <path d="M1 6h10" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />,
  UNTRACKED: <rect x="2" y="2" width="8" height="8" fill="none" stroke="currentColor" strokeWidth="2" />,
  NONE: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="2 2.2" />,
}

export function StateShape({ state }: { state: MarkedState }) {
  return (
    <svg className="shape" viewBox="0 0 12 12" aria-hidden="true">
      {SHAPES[state]}
    </svg>
  )
}

/** A state as word, shape and colour. `word` says more than the state where something else is meant: "31 packets". */
export function StateMark({ state, word }: { state: MarkedState; word?: string }) {
  return (
    <span className={`state ${state}`}>
      <StateShape state={state} />
      {word ?? state}
    </span>
  )
}
