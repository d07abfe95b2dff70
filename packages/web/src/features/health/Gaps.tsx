import { span } from '../../format/duration.ts'
import { clockTime, epochMs } from '../../format/time.ts'
import { useStore } from '../../store/index.ts'

/** When nothing was seen, and why: by an engine, or by this page. */
export function Gaps() {
  const engines = useStore((state) => state.stats?.engines)
  const cuts = useStore((state) => state.cuts)
  const gaps = (engines ?? []).flatMap(({ interface: name, gaps: each }) => each.map((gap) => ({ ...gap, name })))
  if (gaps.length === 0 && cuts.length === 0) return null
  return (
    <section className="verdict verdict-ENDED" aria-label="Gaps">
      {gaps.map(({ name, from, to, cause }) => (
        <p key={`${name} ${from}`}>
          <b>
            Nothing was seen on {name} from {clockTime(from, 3)}
            {to === null ? ' on' : ` for ${span(epochMs(to) - epochMs(from))}`}
          </b>
          : {cause}.
        </p>
      ))}
      {cuts.map(({ from, to, isNewEpoch }) => (
        <p key={from}>
          <b>
            This page was cut off from {clockTime(new Date(from).toISOString())} for {span(to - from)}
          </b>
          {isNewEpoch
            ? ': the server was started anew, and what it knew from before is gone.'
            : '; what happened meanwhile was told afterwards.'}
        </p>
      ))}
    </section>
  )
}
