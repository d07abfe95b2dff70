import type { ConnectionDetail } from '@ctscope/server/api/live'
import type { Connection } from '@ctscope/server/api/rest'
import { endpoint } from '../../format/address.ts'
import { shortDuration } from '../../format/duration.ts'
import { bytes, count } from '../../format/number.ts'
import { clockTime } from '../../format/time.ts'
import { ConnectionLink } from '../../ui/ConnectionLink.tsx'
import { Pair } from '../../ui/Pair.tsx'
import { StateMark } from '../../ui/StateMark.tsx'
import { STATUS_MEANINGS } from '../../words/status-bits.ts'
import { END_CAUSES, EXPECTATION_ENDS } from '../../words/causes.ts'

/** Tuples both ways, status bits and what they mean, times, and what belongs to it. */
export function Facts({ detail }: { detail: ConnectionDetail }) {
  const { connection, related, expectations } = detail
  return (
    <div className="facts">
      <Tuples connection={connection} />
      {(related.length > 0 || expectations.length > 0) && (
        <section>
          <h3>Belongs to it</h3>
          <ul className="related-list">
            {related.map((other) => (
              <li key={other.id}>
                {other.ended === null ? <StateMark state={other.state} /> : <StateMark state="ENDED" word={other.ended.cause} />}
                <ConnectionLink id={other.id} />
                <span className="mono clip">
                  {endpoint(other.original.src, other.original.sport, other.l4)} →{' '}
                  {endpoint(other.original.dst, other.original.dport, other.l4)}
                </span>
                <span className="dim">{other.id === connection.master ? 'its control connection' : 'expected by it'}</span>
              </li>
            ))}
            {expectations.map(({ id, tuple, l4, ended }) => (
              <li key={`expectation ${id}`}>
                <span className="RELATED state">expectation {id}</span>
                <span className="mono clip">→ {endpoint(tuple.dst, tuple.dport, l4)}</span>
                <span className="dim">{ended === null ? 'waits' : (EXPECTATION_ENDS[ended.cause] ?? ended.cause)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Status bits</h3>
        <dl className="pairs bits">
          {connection.status.map((bit) => (
            <div key={bit}>
              <dt>
                <span className="chip">{bit}</span>
              </dt>
              <dd>{STATUS_MEANINGS[bit] ?? ''}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h3>More</h3>
        <dl className="pairs">
          <Pair name="first packet">{clockTime(connection.firstSeen, 6)}</Pair>
          <Pair name="latest packet">{clockTime(connection.lastSeen, 6)}</Pair>
          {connection.ended !== null && (
            <Pair name="ended">
              {clockTime(connection.ended.at, 3)}, {END_CAUSES[connection.ended.cause] ?? connection.ended.cause}
            </Pair>
          )}
          <Pair name="full timeout">{shortDuration(connection.timeoutFull)}</Pair>
          <Pair name="interface, zone">
            {connection.interface}, {connection.zone}
          </Pair>
          <Pair name="helper">{connection.helper ?? 'none'}</Pair>
          {connection.uncertainSince !== null && (
            <Pair name="uncertain">
              since {clockTime(connection.uncertainSince, 3)}: packets were lost, what followed may be judged otherwise
            </Pair>
          )}
          <Pair name="Community ID">
            <span className="mono break">{connection.communityId}</span>
          </Pair>
        </dl>
      </section>
    </div>
  )
}

function Tuples({ connection }: { connection: Connection }) {
  return (
    <section>
      <h3>Both directions</h3>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">direction</span>
            </th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" className="num">
              Packets
            </th>
            <th scope="col" className="num">
              Bytes
            </th>
          </tr>
        </thead>
        <tbody>
          {(['original', 'reply'] as const).map((name) => {
            const side = connection[name]
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="mono break">{endpoint(side.src, side.sport, connection.l4)}</td>
                <td className="mono break">{endpoint(side.dst, side.dport, connection.l4)}</td>
                <td className="num">{count(side.packets)}</td>
                <td className="num" title={count(side.bytes)}>
                  {bytes(side.bytes)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
