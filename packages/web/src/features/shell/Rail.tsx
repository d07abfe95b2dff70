import { count, counted } from '../../format/number.ts'
import { formatRoute, VIEWS, type ViewId } from '../../route/route.ts'
import { goTo } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import { Icon } from '../../ui/icons.tsx'
import { VIEW_TITLES } from './view-titles.ts'

export function Rail() {
  const current = useStore((state) => state.route.view)
  return (
    <nav className="rail" aria-label="Views">
      <ul>
        {VIEWS.map((view, index) => (
          <li key={view}>
            <a
              href={formatRoute({ ...useStore.getState().route, view, filter: '', connection: null, session: null })}
              aria-current={view === current ? 'page' : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                goTo(view)
              }}
            >
              <Icon name={view} />
              <span className="rail-title">{VIEW_TITLES[view]}</span>
              <RailEnd view={view} index={index} />
            </a>
          </li>
        ))}
      </ul>
      <RailFoot />
    </nav>
  )
}

/** A count where there is one that is worth it, else the key. */
function RailEnd({ view, index }: { view: ViewId; index: number }) {
  const stats = useStore((state) => state.stats)
  if (stats !== null) {
    if (view === 'connections') return <span className="rail-count">{count(stats.entries)}</span>
    if (view === 'ftp' && stats.ftpProblems > 0) return <span className="rail-count bad">{counted(stats.ftpProblems, 'problem')}</span>
    if (view === 'ftp' && stats.ftpSessions > 0) return <span className="rail-count">{count(stats.ftpSessions)}</span>
    if (view === 'expectations' && stats.expectations > 0) return <span className="rail-count">{count(stats.expectations)}</span>
    if (view === 'packets' && stats.states.INVALID > 0) return <span className="rail-count bad">{count(stats.states.INVALID)}</span>
  }
  return (
    <span className="rail-count">
      <kbd>{index + 1}</kbd>
    </span>
  )
}

/** What must not be forgotten while reading anything here: where libpcap stands, and what is assumed. */
function RailFoot() {
  const capture = useStore((state) => state.capture)
  const helpers = useStore((state) => state.stats?.engines[0]?.helpers)
  const ownExcluded = useStore((state) => state.hello?.ownExcluded ?? false)
  return (
    <p className="rail-foot">
      {capture?.kind === 'file' ? <>{capture.viewpoint}</> : <>Seen by libpcap: before the firewall inbound, after it outbound.</>}
      {helpers !== undefined && (
        <>
          <br />
          <span title={helpers.map(({ helper, l4, port }) => `${helper} ${l4}/${port}`).join(', ')}>
            {helpers.length === 0 ? 'No helpers assumed.' : `Helpers assumed: ${shortList(helpers)}`}
          </span>
        </>
      )}
      {ownExcluded && capture?.kind === 'live' && (
        <>
          <br />
          This page’s own connections are left out.
        </>
      )}
    </p>
  )
}

function shortList(helpers: readonly { helper: string; port: number }[]): string {
  const named = helpers.slice(0, 2).map(({ helper, port }) => `${helper} ${port}`)
  return named.join(', ') + (helpers.length > 2 ? ' …' : '')
}
