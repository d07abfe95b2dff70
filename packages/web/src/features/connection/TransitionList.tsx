import type { Transition } from '@ctscope/server/api/rest'
import { clockTime } from '../../format/time.ts'
import { Notice } from '../../ui/Notice.tsx'
import { StateChange } from '../../ui/StateChange.tsx'

/** Each change of one connection with its reason, the oldest first. */
export function TransitionList({ transitions }: { transitions: readonly Transition[] }) {
  if (transitions.length === 0) return <Notice title="None of its changes is kept any more." />
  return (
    <ol className="transition-list">
      {transitions.map((transition) => (
        <li key={transition.seq}>
          <span className="mono faint">{clockTime(transition.at, 3)}</span>
          <span>
            <StateChange transition={transition} />
            <span className="chips transition-bits">
              {transition.bits.map((bit) => (
                <span key={bit} className="chip">
                  {bit}
                </span>
              ))}
            </span>
            {transition.reason.text !== '' && <span className="dim transition-reason">{transition.reason.text}</span>}
          </span>
        </li>
      ))}
    </ol>
  )
}
