import { useEffect, useRef } from 'react'
import type { ConnectionDetail } from '@ctscope/server/api/live'
import type { ApiError, Connection } from '@ctscope/server/api/rest'
import { endpoint, icmpWord } from '../../format/address.ts'
import { span } from '../../format/duration.ts'
import { bytes, counted } from '../../format/number.ts'
import { useSubscription } from '../../live/use-subscription.ts'
import { navigate } from '../../route/navigate.ts'
import { PANEL_TABS, type PanelTab } from '../../route/route.ts'
import { useStore } from '../../store/index.ts'
import { ConnectionLink } from '../../ui/ConnectionLink.tsx'
import { ErrorNotice, Notice } from '../../ui/Notice.tsx'
import { StateMark } from '../../ui/StateMark.tsx'
import { Strip } from '../../ui/Strip.tsx'
import { TimeLeft } from '../../ui/TimeLeft.tsx'
import { Icon } from '../../ui/icons.tsx'
import { END_CAUSES } from '../../words/causes.ts'
import { Facts } from './Facts.tsx'
import { Ladder } from './Ladder.tsx'
import { handshakeRtt } from './ladder.ts'
import { TransitionList } from './TransitionList.tsx'

const HANDLER = {
  snapshot: ({ detail }: { detail: ConnectionDetail }, asOf: string) => useStore.getState().setDetail(detail, asOf),
  delta: ({ detail }: { detail: ConnectionDetail }, asOf: string) => useStore.getState().setDetail(detail, asOf),
  error: (detailError: ApiError) => useStore.setState({ detailError, detail: null }),
}

/** One connection beside the view, or on narrow screens in its place. */
export function ConnectionPanel({ id }: { id: number }) {
  const detail = useStore((state) => state.detail)
  const error = useStore((state) => state.detailError)
  const tab = useStore((state) => state.route.tab)
  const panel = useRef<HTMLElement>(null)
  useSubscription<'connection'>({ topic: 'connection', id }, HANDLER)
  useEffect(() => {
    useStore.setState({ detailError: null })
    panel.current?.querySelector('.panel-body')?.scrollTo(0, 0)
  }, [id])
  const shown = detail?.value.connection.id === id ? detail : null
  return (
    <aside className="panel" aria-label={`Connection ${id}`} ref={panel}>
      <CloseButton />
      {error !== null && shown === null ? (
        <ErrorNotice error={error} />
      ) : shown === null ? (
        <Notice title={`Connection #${id} …`} />
      ) : (
        <>
          <AnotherNow connection={shown.value.connection} />
          <Head detail={shown.value} asOf={shown.asOf} />
          <Tabs tab={tab} transitions={shown.value.transitions.length} />
          <div className="panel-body" role="tabpanel" aria-label={tab} tabIndex={0}>
            {tab === 'ladder' && <Ladder detail={shown.value} />}
            {tab === 'transitions' && <TransitionList transitions={shown.value.transitions} />}
            {tab === 'facts' && <Facts detail={shown.value} />}
          </div>
        </>
      )}
    </aside>
  )
}

/** After ctscope was started anew the same number may stand for another connection. */
function AnotherNow({ connection }: { connection: Connection }) {
  const before = useStore((state) => state.detailBefore)
  if (before?.connection.id !== connection.id || before.connection.communityId === connection.communityId) return null
  return (
    <p className="panel-warning warn">
      ctscope was started anew and counts from 1 again: before, #{connection.id} was{' '}
      {endpoint(before.connection.original.src, before.connection.original.sport, before.connection.l4)} →{' '}
      {endpoint(before.connection.original.dst, before.connection.original.dport, before.connection.l4)}.
    </p>
  )
}

function CloseButton() {
  return (
    <button className="panel-close" aria-label="Close the connection" onClick={() => navigate({ connection: null, tab: 'ladder' })}>
      <span className="panel-back">
        <Icon name="back" /> Back
      </span>
      <kbd>Esc</kbd>
    </button>
  )
}

function Head({ detail, asOf }: { detail: ConnectionDetail; asOf: number }) {
  const { connection, packets } = detail
  const rtt = handshakeRtt(packets)
  const sub =
    connection.tcp ?? connection.sctp ?? (connection.l4.startsWith('icmp') ? icmpWord(connection.l4, connection.original.dport) : '')
  return (
    <div className="panel-head">
      <div className="panel-title">
        {connection.ended === null ? (
          <StateMark state={connection.state} />
        ) : (
          <StateMark state="ENDED" word={END_CAUSES[connection.ended.cause] ?? connection.ended.cause} />
        )}
        <span className="dim clip">
          #{connection.id} · {connection.interface}
        </span>
      </div>
      <h2 className="mono panel-tuple">
        <span>{endpoint(connection.original.src, connection.original.sport, connection.l4)}</span> <span className="dim">→</span>{' '}
        <span>{endpoint(connection.original.dst, connection.original.dport, connection.l4)}</span>
      </h2>
      <div className="chips">
        <span className="chip">{`${connection.l4} ${sub}`.trim()}</span>
        {connection.helper !== null && <span className="chip">helper {connection.helper}</span>}
        {connection.status
          .filter((bit) => bit !== 'CONFIRMED' && bit !== 'HELPER')
          .map((bit) => (
            <span key={bit} className="chip">
              {bit}
            </span>
          ))}
        {connection.uncertainSince !== null && <span className="chip warn">uncertain: packets were lost</span>}
      </div>
      <Relations detail={detail} />
      <div className="panel-times">
        {connection.timeout !== null && <TimeLeft expiresAt={asOf + connection.timeout * 1000} full={connection.timeoutFull} ofFull />}
        <span className="dim">
          {[
            rtt === null ? '' : `RTT ${span(rtt)}`,
            bytes(connection.original.bytes + connection.reply.bytes),
            connection.invalidPackets > 0 ? `${connection.invalidPackets} INVALID` : '',
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </span>
        <Strip connection={connection} width={120} />
      </div>
    </div>
  )
}

/** What begot it and what it begot. */
function Relations({ detail: { connection, expectations } }: { detail: ConnectionDetail }) {
  const { master, children } = connection
  const waiting = expectations.filter(({ ended, master: of }) => ended === null && of === connection.id).length
  if (master === null && children.length === 0 && waiting === 0) return null
  return (
    <p className="panel-relations">
      {master !== null && (
        <>
          <ConnectionLink id={master} related>
            RELATED to #{master}
          </ConnectionLink>{' '}
          <span className="dim">its control connection.</span>
        </>
      )}
      {children.length > 0 && (
        <>
          <span className="dim">{counted(children.length, 'data connection')}: </span>
          {children.slice(-8).map((child) => (
            <span key={child}>
              <ConnectionLink id={child} related />{' '}
            </span>
          ))}
        </>
      )}
      {waiting > 0 && <span className="RELATED">{counted(waiting, 'expectation')} waiting</span>}
    </p>
  )
}

const TAB_TITLES: Record<PanelTab, string> = { ladder: 'Ladder', transitions: 'Transitions', facts: 'Facts' }

function Tabs({ tab, transitions }: { tab: PanelTab; transitions: number }) {
  const step = (by: number) => {
    const next = PANEL_TABS[(PANEL_TABS.indexOf(tab) + by + PANEL_TABS.length) % PANEL_TABS.length]!
    navigate({ tab: next }, 'replace')
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <div className="tabs" role="tablist" aria-label="Connection">
      {PANEL_TABS.map((each) => (
        <button
          key={each}
          id={`tab-${each}`}
          role="tab"
          aria-selected={each === tab}
          tabIndex={each === tab ? 0 : -1}
          onClick={() => navigate({ tab: each }, 'replace')}
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
              event.preventDefault()
              step(event.key === 'ArrowRight' ? 1 : -1)
            }
          }}
        >
          {TAB_TITLES[each]}
          {each === 'transitions' && <span className="dim"> {transitions}</span>}
        </button>
      ))}
    </div>
  )
}
