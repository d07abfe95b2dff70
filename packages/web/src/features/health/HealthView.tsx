import type { ReactNode } from 'react'
import type { Stats } from '@ctscope/server/api/rest'
import { REASONS } from '@ctscope/engine/model'
import { shortDuration } from '../../format/duration.ts'
import { bitRate, bytes, count, counted, percent } from '../../format/number.ts'
import { useStore } from '../../store/index.ts'
import { lostPackets } from '../../store/live.ts'
import { Notice } from '../../ui/Notice.tsx'
import { StateMark, type MarkedState } from '../../ui/StateMark.tsx'
import { ViewHead } from '../../ui/ViewHead.tsx'
import { navigate } from '../../route/navigate.ts'
import { isInvalidReason } from '../../words/invalid-advice.ts'
import { WINDOW_TITLES } from '../../words/window-reasons.ts'
import { Bars } from './Bars.tsx'
import { Gaps } from './Gaps.tsx'
import { Engines } from './Engines.tsx'
import { RateChart } from './RateChart.tsx'

/** Counted among the bounds, but nothing that was lost. */
const OWN_PACKETS = 'own-packets-left-out'

const LIMIT_WORDS: Record<string, string> = {
  'batches.lost': 'batches lost between engine and server',
  'connections.ended': 'ended connections no longer kept',
  transitions: 'transitions no longer kept',
  'expectations.ended': 'ended expectations no longer kept',
  'ftp.sessions': 'FTP sessions no longer kept',
  'cursors.evicted': 'list cursors given up early',
  'clients.refused': 'pages refused: too many',
  'clients.closed.slow': 'pages cut off: too slow',
  'clients.closed.messages': 'pages cut off: bad messages',
  'tokens.wrong': 'wrong tokens',
}

/** What was lost, what the table holds, and who does the work. */
export function HealthView() {
  const stats = useStore((state) => state.stats)
  const lag = useStore((state) => state.lag)
  if (stats === null) return <Notice title="Waiting for the first figures …" />
  const ownPackets = stats.limits[OWN_PACKETS] ?? 0
  const reached = named(stats.limits).filter(([name]) => name !== OWN_PACKETS)
  return (
    <div className="page health">
      <ViewHead title={healthTitle(stats)}>
        {counted(stats.packets, 'packet')}, {bytes(stats.bytes)} in {shortDuration(stats.uptime)}; now{' '}
        {count(Math.round(stats.packetsPerSecond))} a second, {bitRate(stats.bitsPerSecond)}.
      </ViewHead>
      <Gaps />
      <RateChart />
      <div className="health-columns">
        <Section title="Lost, by where">
          <Losses stats={stats} />
        </Section>
        <Section title={`The table: ${percent(stats.entries, stats.limit)} of ${count(stats.limit)}`}>
          <Occupancy stats={stats} />
        </Section>
        <Section title="Packets by state">
          <Bars
            rows={(Object.entries(stats.states) as [MarkedState, number][])
              .filter(
                ([state, value]) => value > 0 || state === 'NEW' || state === 'ESTABLISHED' || state === 'RELATED' || state === 'INVALID',
              )
              .map(([state, value]) => ({ key: state, label: <StateMark state={state} />, value, tone: state }))}
          />
        </Section>
        <Section
          title={stats.states.INVALID === 0 ? 'No packet was INVALID' : `${counted(stats.states.INVALID, 'INVALID packet')}, by reason`}
        >
          <Reasons stats={stats} />
        </Section>
        <Section title="Broken on the wire">
          {broken(stats).length === 0 ? (
            <p className="dim">Every frame could be read.</p>
          ) : (
            <Bars
              rows={broken(stats).map(([name, value]) => ({
                key: name,
                label: <span className="mono">{name}</span>,
                value,
                tone: 'ENDED',
              }))}
            />
          )}
        </Section>
        <Section title="Bounds">
          <dl className="pairs">
            <Row name="evicted early, the table being full" value={stats.earlyDrops} />
            {reached.map(([name, value]) => (
              <Row key={name} name={LIMIT_WORDS[name] ?? name} value={value} />
            ))}
          </dl>
          {reached.length === 0 && stats.earlyDrops === 0 && <p className="dim">No bound was reached.</p>}
          {ownPackets > 0 && <p className="dim">{counted(ownPackets, 'packet')} of this page’s own connections left out.</p>}
        </Section>
        <Section title={`${counted(stats.clients.length, 'page')} connected`}>
          <Clients stats={stats} />
          {lag !== null && lag.merged + lag.snapshots > 0 && (
            <p className="warn">
              This page did not keep up: {counted(lag.merged, 'update')} merged, {counted(lag.snapshots, 'fresh snapshot')}.
            </p>
          )}
        </Section>
      </div>
      <Engines engines={stats.engines} />
    </div>
  )
}

function healthTitle(stats: Stats): string {
  const lost = lostPackets(stats)
  const gaps = stats.engines.reduce((sum, { gaps: each }) => sum + each.length, 0)
  if (lost === 0 && gaps === 0) return `Nothing was lost in ${shortDuration(stats.uptime)}`
  if (lost === 0) return gaps === 1 ? 'Nothing was lost but for one gap' : `Nothing was lost but for ${gaps} gaps`
  return `${counted(lost, 'packet')} went by unseen${gaps > 0 ? `, besides ${counted(gaps, 'gap')}` : ''}`
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card health-card">
      <h2 className="card-title">{title}</h2>
      {children}
    </section>
  )
}

function Row({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={`num ${value > 0 ? 'warn' : 'dim'}`}>{count(value)}</dd>
    </div>
  )
}

function Losses({ stats: { dropped } }: { stats: Stats }) {
  return (
    <dl className="pairs">
      <Row name="kernel’s ring was full" value={dropped.ring} />
      <Row name="dropped by the interface" value={dropped.interface} />
      <Row name="engine could not keep up" value={dropped.engine} />
    </dl>
  )
}

function Occupancy({ stats: { entriesByState, entries, expectations, ended, limit } }: { stats: Stats }) {
  return (
    <>
      <Bars
        rows={(['NEW', 'ESTABLISHED', 'RELATED'] as const).map((state) => ({
          key: state,
          label: <StateMark state={state} />,
          value: entriesByState[state],
          tone: state,
        }))}
      />
      <p className="dim">
        {counted(entries, 'entry', 'entries')} of {count(limit)}; {counted(expectations, 'expectation')} waiting;{' '}
        {counted(ended, 'ended one')} kept to be read.
      </p>
    </>
  )
}

const TEXTS = new Map<string, string>(REASONS.map(({ code, text }) => [code, withoutNumbers(code, text)]))

/** A reason's sentence for a count of many: its numbers differ from packet to packet. */
function withoutNumbers(code: string, text: string): string {
  const [before = ''] = text.split(/[(,:]? ?(?:with seq |seq |ack |type |of |in state |number |state |in )?\{\d(?::\w+)?\}/)
  return WINDOW_TITLES[code] ?? before.trim()
}

function Reasons({ stats }: { stats: Stats }) {
  const rows = named(stats.reasons).filter(([code]) => isInvalidReason(code))
  if (rows.length === 0) return <p className="dim">The reasons of INVALID packets are counted here.</p>
  return (
    <Bars
      rows={rows.map(([code, value]) => ({
        key: code,
        label: (
          <button className="link plain-link" onClick={() => navigate({ view: 'packets', filter: `reason == ${code}`, connection: null })}>
            {TEXTS.get(code) ?? code}
          </button>
        ),
        value,
        tone: 'INVALID',
      }))}
    />
  )
}

function Clients({ stats }: { stats: Stats }) {
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">Page</th>
          <th scope="col" className="num">
            Waiting
          </th>
          <th scope="col" className="num">
            Merged
          </th>
          <th scope="col" className="num">
            Snapshots
          </th>
        </tr>
      </thead>
      <tbody>
        {stats.clients.map(({ id, lagBytes, merged, snapshots }) => (
          <tr key={id}>
            <td>{id}</td>
            <td className="num">{bytes(lagBytes)}</td>
            <td className="num">{count(merged)}</td>
            <td className="num">{count(snapshots)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Counters that are not 0, the largest first. */
function named(counters: Record<string, number>): [string, number][] {
  return Object.entries(counters)
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => b - a)
}

/** What could not be decoded, by what was wrong. */
function broken({ decode }: Stats): [string, number][] {
  return named(decode).filter(([name]) => name !== 'ok' && name !== 'fragment-held')
}
