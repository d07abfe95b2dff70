import type { ApiError, Transition } from '@ctscope/server/api/rest'
import { endpoint } from '../../format/address.ts'
import { count, counted } from '../../format/number.ts'
import { clockTime } from '../../format/time.ts'
import { useSubscription } from '../../live/use-subscription.ts'
import { navigate } from '../../route/navigate.ts'
import { EMPTY_FEED } from '../../store/feed.ts'
import { useStore } from '../../store/index.ts'
import { FeedTable, type FeedColumn } from '../../ui/FeedTable.tsx'
import { Endpoint } from '../../ui/Endpoint.tsx'
import { ErrorNotice, Notice } from '../../ui/Notice.tsx'
import { StateChange } from '../../ui/StateChange.tsx'
import { ViewHead, type QuickFilter } from '../../ui/ViewHead.tsx'

const HANDLER = {
  snapshot: ({ items, missed }: { items: Transition[]; missed: number }) => useStore.getState().setTransitions(items, missed),
  delta: ({ items }: { items: Transition[] }) => useStore.getState().addTransitions(items),
  error: (transitionsError: ApiError) => useStore.setState({ transitionsError }),
}

const QUICK: readonly QuickFilter[] = [
  { title: 'All', filter: '' },
  { title: 'New', filter: 'event == NEW', state: 'NEW' },
  { title: 'To ESTABLISHED', filter: 'ct.state == ESTABLISHED && !(from.state == ESTABLISHED)', state: 'ESTABLISHED' },
  { title: 'RELATED', filter: 'ct.state == RELATED', state: 'RELATED' },
  { title: 'Expectations', filter: 'event in {EXP_NEW, EXP_DESTROY}' },
  { title: 'Ends', filter: 'event == DESTROY', state: 'ENDED' },
]

const COLUMNS: readonly FeedColumn<Transition>[] = [
  { id: 'time', title: 'Time', track: '102px', mono: true, cell: ({ at }) => <span className="dim">{clockTime(at, 3)}</span> },
  { id: 'event', title: 'Event', track: '104px', from: 1180, cell: ({ event }) => <span className="dim">{event.replace('_', ' ')}</span> },
  { id: 'change', title: 'Change', track: 'minmax(308px, 1.4fr)', cell: (transition) => <StateChange transition={transition} /> },
  {
    id: 'connection',
    title: 'Connection',
    track: '86px',
    from: 700,
    cell: ({ connection }) => <span className="link">#{connection}</span>,
  },
  { id: 'proto', title: 'Proto', track: '52px', from: 1100, cell: ({ l4 }) => <span className="dim">{l4}</span> },
  {
    id: 'from',
    title: 'From',
    track: 'minmax(146px, 1fr)',
    mono: true,
    cell: (transition) => <Source transition={transition} />,
  },
  {
    id: 'to',
    title: 'To',
    track: 'minmax(146px, 1fr)',
    mono: true,
    cell: ({ original, l4 }) => <Endpoint address={original.dst} port={original.dport} l4={l4} />,
  },
  {
    id: 'reason',
    title: 'Reason',
    track: 'minmax(120px, 1.2fr)',
    from: 760,
    cell: ({ reason }) => <span className="dim clip">{reason.text}</span>,
  },
]

/** Every change of state as it happens, with its reason. */
export function TransitionsView() {
  const filter = useStore((state) => state.route.filter)
  const feed = useStore((state) => state.transitions)
  const missed = useStore((state) => state.transitionsMissed)
  const error = useStore((state) => state.transitionsError)
  const picked = useStore((state) => state.route.connection)
  const total = useStore((state) => state.stats?.transitions ?? 0)
  useSubscription<'transitions'>({ topic: 'transitions', filter, since: null }, HANDLER)
  return (
    <div className="view">
      <div className="view-main">
        <ViewHead
          title={total === 0 ? 'No connection changed its state yet' : `${counted(total, 'change')} of state so far`}
          quick={QUICK}
        />
        {error !== null ? (
          <ErrorNotice error={error} />
        ) : (
          <FeedTable
            label="Transitions"
            feed={feed ?? EMPTY_FEED}
            columns={COLUMNS}
            narrowCell={narrowTransition}
            rowClass={({ event }) => (event === 'DESTROY' || event === 'EXP_DESTROY' ? 'ended' : '')}
            isPicked={({ connection }) => connection === picked}
            onOpen={({ connection }) => navigate({ connection, tab: 'transitions' })}
            line={
              <>
                The newest first, {counted(feed?.items.length ?? 0, 'change')} here
                {missed > 0 && `; ${count(missed)} earlier ones are no longer kept`}
              </>
            }
            empty={
              feed === null ? (
                <Notice title="Waiting for the first changes …" />
              ) : (
                <Notice title={filter === '' ? 'Nothing changed its state yet.' : 'No change that is kept matches.'}>
                  <p>New ones appear here as they come.</p>
                </Notice>
              )
            }
          />
        )}
      </div>
    </div>
  )
}

function narrowTransition(transition: Transition) {
  const { original, l4 } = transition
  return (
    <>
      <div>
        <StateChange transition={transition} />
        <span className="mono dim grow">{clockTime(transition.at, 3)}</span>
      </div>
      <div className="mono">
        <span className="clip">
          {endpoint(original.src, original.sport, l4)} → {endpoint(original.dst, original.dport, l4)}
        </span>
      </div>
    </>
  )
}

/** An expectation leaves the source port open. */
function Source({ transition: { event, original, l4 } }: { transition: Transition }) {
  if (!event.startsWith('EXP') || original.sport !== 0) return <Endpoint address={original.src} port={original.sport} l4={l4} />
  return (
    <span className="clip">
      {original.src}
      <span className="dim">, any port</span>
    </span>
  )
}
