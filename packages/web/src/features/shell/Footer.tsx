import { count, counted, percent } from '../../format/number.ts'
import { goTo } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import type { SocketState } from '../../live/socket.ts'
import { StateMark } from '../../ui/StateMark.tsx'

export function Footer() {
  const stats = useStore((state) => state.stats)
  return (
    <footer className="foot">
      {stats !== null && (
        <>
          <span title="NEW in the table">
            <StateMark state="NEW" word={count(stats.entriesByState.NEW)} />
          </span>
          <span title="ESTABLISHED in the table">
            <StateMark state="ESTABLISHED" word={count(stats.entriesByState.ESTABLISHED)} />
          </span>
          <span title="RELATED in the table">
            <StateMark state="RELATED" word={count(stats.entriesByState.RELATED)} />
          </span>
          <span title="INVALID packets so far">
            <StateMark state="INVALID" word={counted(stats.states.INVALID, 'packet')} />
          </span>
          {stats.limit > 0 && (
            <span className="foot-table">
              Table {percent(stats.entries, stats.limit)} of {count(stats.limit)}
            </span>
          )}
          <Gaps />
        </>
      )}
      <span className="grow" />
      <Lag />
      <Connected />
    </footer>
  )
}

/** Times when nothing was seen stay in view until they are read up. */
function Gaps() {
  const gaps = useStore(({ stats, cuts }) => cuts.length + (stats?.engines.reduce((sum, { gaps: each }) => sum + each.length, 0) ?? 0))
  if (gaps === 0) return null
  return (
    <button className="warn" onClick={() => goTo('health')}>
      {counted(gaps, 'gap')}
    </button>
  )
}

/** Updates that were merged because this page did not keep up are said, not hidden. */
function Lag() {
  const lag = useStore((state) => state.lag)
  if (lag === null || lag.merged + lag.snapshots === 0) return null
  return <span className="warn">This page lags: {counted(lag.merged + lag.snapshots, 'update')} merged</span>
}

const WORDS: Record<SocketState, string> = {
  connecting: 'Connecting …',
  live: 'Connected',
  stale: 'Not connected',
  failed: 'Not connected',
}

function Connected() {
  const socket = useStore((state) => state.socket)
  return (
    <span className={socket === 'live' ? '' : 'INVALID'} role="status">
      {WORDS[socket]}
    </span>
  )
}
