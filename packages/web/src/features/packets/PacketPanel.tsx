import type { Packet } from '@ctscope/server/api/rest'
import { endpoint } from '../../format/address.ts'
import { count } from '../../format/number.ts'
import { clockTime } from '../../format/time.ts'
import { StateMark } from '../../ui/StateMark.tsx'
import { Pair } from '../../ui/Pair.tsx'
import { Icon } from '../../ui/icons.tsx'
import { WOULD_DROP } from '../../words/causes.ts'
import { invalidAdvice } from '../../words/invalid-advice.ts'

/** A packet that belongs to no connection: its verdict in full. */
export function PacketPanel({ packet, close }: { packet: Packet; close: () => void }) {
  const { src, dst, sport, dport, l4, seq, ack, window } = packet
  return (
    <aside className="panel" aria-label={`Packet ${packet.index}`}>
      <button className="panel-close" aria-label="Close the packet" onClick={close}>
        <span className="panel-back">
          <Icon name="back" /> Back
        </span>
        <Icon name="close" />
      </button>
      <div className="panel-head">
        <div className="panel-title">
          <StateMark state={packet.state} />
          <span className="dim">
            packet {count(packet.index)} · {packet.interface}
          </span>
        </div>
        {src !== null && dst !== null && (
          <h2 className="mono panel-tuple">
            <span>{endpoint(src, sport, l4)}</span> <span className="dim">→</span> <span>{endpoint(dst, dport, l4)}</span>
          </h2>
        )}
      </div>
      <div className="panel-body">
        {packet.state === 'INVALID' && (
          <section className="why">
            <p>
              <StateMark state="INVALID" /> <b>{packet.reason.text === '' ? packet.reason.code : packet.reason.text}</b>
            </p>
            <p className="dim small">{invalidAdvice(packet.reason.code)} It belongs to no connection and begins none.</p>
          </section>
        )}
        {packet.wouldDrop !== null && <p className="panel-note warn">{WOULD_DROP[packet.wouldDrop] ?? packet.wouldDrop}</p>}
        <dl className="pairs packet-facts">
          <Pair name="time">{clockTime(packet.at, 6)}</Pair>
          <Pair name="protocol">{[packet.l3, l4].filter((part) => part !== null).join(', ') || 'not IP'}</Pair>
          {packet.tcpFlags !== '' && <Pair name="flags">{packet.tcpFlags}</Pair>}
          {seq !== null && <Pair name="seq">{count(seq)}</Pair>}
          {ack !== null && <Pair name="ack">{count(ack)}</Pair>}
          {window !== null && <Pair name="window">{count(window)}</Pair>}
          <Pair name="payload">{count(packet.payloadLength)} B</Pair>
          <Pair name="on the wire">
            {count(packet.wireLength)} B{packet.capturedLength < packet.wireLength && `, ${count(packet.capturedLength)} captured`}
          </Pair>
          {packet.state !== 'INVALID' && packet.reason.text !== '' && <Pair name="reason">{packet.reason.text}</Pair>}
          <Pair name="code">
            <span className="mono">{packet.reason.code}</span>
          </Pair>
        </dl>
      </div>
    </aside>
  )
}
