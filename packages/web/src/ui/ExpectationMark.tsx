import type { Expectation } from '@ctscope/server/api/rest'
import { Icon } from './icons.tsx'
import { StateShape } from './StateMark.tsx'

/** An expectation's life: it waits (a clock), was met (the shape of RELATED), or came to nothing. */
export function ExpectationMark({ expectation: { ended } }: { expectation: Expectation }) {
  if (ended === null) {
    return (
      <span className="state RELATED waiting-mark">
        <Icon name="clock" />
        waits
      </span>
    )
  }
  const isMet = ended.cause === 'met'
  return (
    <span className={`state ${isMet ? 'RELATED' : 'ENDED'}`}>
      <StateShape state={isMet ? 'RELATED' : 'ENDED'} />
      {ended.cause}
    </span>
  )
}
