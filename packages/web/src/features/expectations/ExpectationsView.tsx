import { useMemo } from 'react'
import type { ApiError, Expectation } from '@ctscope/server/api/rest'
import { endpoint } from '../../format/address.ts'
import { span } from '../../format/duration.ts'
import { clockTime, epochMs } from '../../format/time.ts'
import { useSubscription } from '../../live/use-subscription.ts'
import { navigate } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import type { AsOf } from '../../store/topics.ts'
import { ConnectionLink } from '../../ui/ConnectionLink.tsx'
import { Endpoint } from '../../ui/Endpoint.tsx'
import { FeedTable, type FeedColumn } from '../../ui/FeedTable.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { ExpectationMark } from '../../ui/ExpectationMark.tsx'
import { TimeLeft } from '../../ui/TimeLeft.tsx'
import { ViewHead } from '../../ui/ViewHead.tsx'
import { EXPECTATION_ENDS } from '../../words/causes.ts'

const HANDLER = {
  snapshot: ({ items }: { items: Expectation[] }, asOf: string) => useStore.getState().setExpectations(items, asOf),
  delta: ({ items, removed }: { items: Expectation[]; removed: number[] }, asOf: string) =>
    useStore.getState().changeExpectations(items, removed, asOf),
  error: (_: ApiError) => undefined,
}

type Row = AsOf<Expectation>

const COLUMNS: readonly FeedColumn<Row>[] = [
  { id: 'state', title: 'State', track: '128px', cell: ({ value }) => <ExpectationMark expectation={value} /> },
  { id: 'id', title: 'Expectation', track: '92px', from: 900, cell: ({ value }) => <span className="dim">{value.id}</span> },
  { id: 'from', title: 'From', track: 'minmax(120px, 1fr)', mono: true, cell: ({ value }) => expectedSource(value) },
  {
    id: 'to',
    title: 'To',
    track: 'minmax(150px, 1fr)',
    mono: true,
    cell: ({ value }) => <Endpoint address={value.tuple.dst} port={value.tuple.dport} l4={value.l4} />,
  },
  { id: 'helper', title: 'Helper', track: '70px', from: 800, cell: ({ value }) => <span className="dim">{value.helper}</span> },
  {
    id: 'raised',
    title: 'Raised by',
    track: 'minmax(150px, 1fr)',
    from: 640,
    cell: ({ value }) => (
      <>
        <ConnectionLink id={value.master} /> <span className="dim">packet {value.packet}</span>
      </>
    ),
  },
  {
    id: 'at',
    title: 'Raised',
    track: '108px',
    mono: true,
    from: 1000,
    cell: ({ value }) => <span className="dim">{clockTime(value.raised, 3)}</span>,
  },
  { id: 'outcome', title: 'Became', track: 'minmax(190px, 1.6fr)', cell: (row) => <Outcome row={row} /> },
]

/** What helpers announced and what became of it. */
export function ExpectationsView() {
  const expectations = useStore((state) => state.expectations)
  const picked = useStore((state) => state.route.connection)
  useSubscription<'expectations'>({ topic: 'expectations' }, HANDLER)
  const feed = useMemo(
    () => ({ first: 0, items: [...(expectations?.values() ?? [])].sort((a, b) => order(a) - order(b) || a.value.id - b.value.id) }),
    [expectations],
  )
  return (
    <div className="view">
      <div className="view-main">
        <ViewHead title={title(feed.items)}>
          An expectation lets one connection in that a helper has read of: its first packet is RELATED instead of NEW.
        </ViewHead>
        <FeedTable
          label="Expectations"
          feed={feed}
          columns={COLUMNS}
          narrowCell={narrowExpectation}
          rowClass={({ value }) => (value.ended === null || value.ended.cause === 'met' ? '' : 'ended')}
          isPicked={({ value }) => picked !== null && (value.master === picked || value.ended?.child === picked)}
          onOpen={({ value }) => navigate({ connection: value.ended?.child ?? value.master, tab: 'ladder' })}
          line="Those that wait first, then the newest"
          empty={
            expectations === null ? (
              <Notice title="Waiting for the list …" />
            ) : (
              <Notice title="No expectation was raised yet.">
                <p>FTP raises one with each PORT, EPRT, PASV and EPSV. `ctscope demo` makes some.</p>
              </Notice>
            )
          }
        />
      </div>
    </div>
  )
}

/** The feed's end stands on top: those that wait come last. */
function order({ value }: Row): number {
  return value.ended === null ? 1 : 0
}

function title(rows: readonly Row[]): string {
  const waiting = rows.filter(({ value }) => value.ended === null).length
  const met = rows.filter(({ value }) => value.ended?.cause === 'met').length
  const other = rows.length - waiting - met
  if (rows.length === 0) return 'No expectation yet'
  return `${waiting === 0 ? 'None waits' : waiting === 1 ? 'One waits' : `${waiting} wait`}, ${met} met${other > 0 ? `, ${other} came to nothing` : ''}`
}

/** Where it may come from: a mask of zeros leaves it open. */
function expectedSource({ tuple, mask, l4 }: Expectation): string {
  const isAnyAddress = /^(0\.0\.0\.0|::)$/.test(mask.src)
  const address = isAnyAddress ? 'any address' : tuple.src
  return mask.sport === 0 ? `${address}, any port` : endpoint(address, tuple.sport, l4)
}

function Outcome({ row: { value, asOf } }: { row: Row }) {
  const { ended, raised, timeout, timeoutFull } = value
  if (ended === null) return timeout === null ? null : <TimeLeft expiresAt={asOf + timeout * 1000} full={timeoutFull} ofFull />
  const after = span(epochMs(ended.at) - epochMs(raised))
  if (ended.child === null)
    return (
      <span className="dim clip">
        after {after}: {EXPECTATION_ENDS[ended.cause] ?? ended.cause}
      </span>
    )
  return (
    <>
      <ConnectionLink id={ended.child} related /> <span className="dim">met it after {after}</span>
    </>
  )
}

function narrowExpectation(row: Row) {
  return (
    <>
      <div>
        <ExpectationMark expectation={row.value} />
        <span className="small grow">
          <Outcome row={row} />
        </span>
      </div>
      <div className="mono">
        <span className="clip">→ {endpoint(row.value.tuple.dst, row.value.tuple.dport, row.value.l4)}</span>
        <span className="dim grow">
          by <ConnectionLink id={row.value.master} />
        </span>
      </div>
    </>
  )
}
