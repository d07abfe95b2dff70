import type { Transition } from '@ctscope/server/api/rest'
import { StateMark } from './StateMark.tsx'
import { EXPECTATION_ENDS, END_CAUSES } from '../words/causes.ts'

/** What became of what: "NEW → ESTABLISHED, SYN_SENT → SYN_RECV", or the end and its cause. */
export function StateChange({ transition }: { transition: Transition }) {
  const { event, from, to, cause, expectation } = transition
  if (event === 'EXP_NEW') return <span className="RELATED state">expectation {expectation} raised</span>
  if (event === 'EXP_DESTROY') {
    return (
      <span className="ENDED state">
        expectation {expectation} {cause === null ? 'ended' : (EXPECTATION_ENDS[cause] ?? cause)}
      </span>
    )
  }
  if (event === 'DESTROY') return <StateMark state="ENDED" word={cause === null ? 'ended' : (END_CAUSES[cause] ?? cause)} />
  const isNewState = from.state !== to.state
  return (
    <span className="state-change">
      {isNewState && from.state !== null && (
        <>
          <StateMark state={from.state} />
          <span className="faint">→</span>
        </>
      )}
      {to.state !== null && <StateMark state={to.state} />}
      {to.tcp !== null && to.tcp !== from.tcp && (
        <span className="mono dim">
          {from.tcp !== null && !isNewState && `${from.tcp} → `}
          {to.tcp}
        </span>
      )}
    </span>
  )
}
