import { memo, useMemo, useState } from 'react'
import type { ConnectionDetail } from '@ctscope/server/api/live'
import type { CtStateWord } from '@ctscope/server/api/rest'
import { span } from '../../format/duration.ts'
import { clockTime } from '../../format/time.ts'
import { STATE_COLOURS } from '../../ui/Strip.tsx'
import { StateShape } from '../../ui/StateMark.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { WOULD_DROP } from '../../words/causes.ts'
import { buildLadder, latestInvalid, oriented, type Rung } from './ladder.ts'
import { WhyInvalid } from './WhyInvalid.tsx'

/** Silence that is worth a word of its own. */
const LONG_GAP_MS = 1000

/** The packets between their two ends, the state after each, the reason on each that changed something or failed. */
export function Ladder({ detail }: { detail: ConnectionDetail }) {
  const [isRelative, setRelative] = useState(true)
  const { connection } = detail
  const packets = useMemo(() => oriented(detail.packets, detail.connection), [detail])
  const rungs = useMemo(() => buildLadder(packets, isRelative), [packets, isRelative])
  const invalid = latestInvalid(packets)
  return (
    <>
      {invalid !== null && <WhyInvalid packet={invalid} packets={packets} more={connection.invalidPackets - 1} />}
      {invalid === null && connection.invalidPackets > 0 && (
        <p className="panel-note INVALID">{connection.invalidPackets} INVALID; those packets are no longer kept.</p>
      )}
      <div className="ladder-head">
        <span className="ladder-end from mono">{connection.original.src}</span>
        <span className="ladder-end to mono">{connection.original.dst}</span>
        {connection.l4 === 'tcp' && (
          <button className="link small ladder-numbers" aria-pressed={!isRelative} onClick={() => setRelative(!isRelative)}>
            {isRelative ? 'relative' : 'absolute'} numbers
          </button>
        )}
      </div>
      {detail.packetsCut && <p className="panel-note dim">Older packets are no longer kept.</p>}
      {rungs.length === 0 ? (
        <Notice title="No packet of it is kept any more." />
      ) : (
        <ol className="ladder">
          {rungs.map((rung, index) => (
            <LadderRung key={rung.packet.index} rung={rung} isFirst={index === 0} isNewRail={rungs[index - 1]?.rail !== rung.rail} />
          ))}
        </ol>
      )}
    </>
  )
}

type RungProps = { rung: Rung; isFirst: boolean; isNewRail: boolean }

const LadderRung = memo(
  function LadderRung({ rung, isFirst, isNewRail }: RungProps) {
    const { packet, isReply, label, detail, note, rail } = rung
    const isInvalid = packet.state === 'INVALID'
    return (
      <>
        {!isFirst && rung.gapMs >= LONG_GAP_MS && <li className="ladder-gap dim">{span(rung.gapMs)} later</li>}
        <li className={`rung ${isInvalid ? 'invalid' : ''}`} title={`Packet ${packet.index} at ${clockTime(packet.at, 6)}`}>
          <span className="rung-time mono faint">+{span(rung.sinceMs)}</span>
          <Rail state={rail} isStart={isNewRail} />
          <span className="rung-middle">
            <span className="rung-label">
              <b>{label}</b> <span className="mono dim">{detail}</span>
            </span>
            <Arrow isReply={isReply} isInvalid={isInvalid} />
          </span>
          <Rail state={rail} isStart={isNewRail} />
          <span className="rung-note">
            {note !== null && (
              <>
                <span className={note.state}>
                  <StateShape state={note.state} />
                </span>
                <span>
                  <span className={isInvalid ? 'INVALID rung-title' : 'rung-title'}>{note.title}</span>
                  {note.text !== '' && <span className="dim rung-text">{note.text}</span>}
                  {packet.wouldDrop !== null && <span className="warn rung-text">{WOULD_DROP[packet.wouldDrop] ?? packet.wouldDrop}</span>}
                </span>
              </>
            )}
          </span>
        </li>
      </>
    )
  },
  // A packet never changes; only its numbers' base and its neighbours do.
  (a, b) =>
    a.rung.packet.index === b.rung.packet.index &&
    a.rung.detail === b.rung.detail &&
    a.isFirst === b.isFirst &&
    a.isNewRail === b.isNewRail,
)

function Rail({ state, isStart }: { state: CtStateWord; isStart: boolean }) {
  return <i className={`rail-bar ${isStart ? 'start' : ''}`} style={{ background: STATE_COLOURS[state] }} aria-hidden="true" />
}

function Arrow({ isReply, isInvalid }: { isReply: boolean; isInvalid: boolean }) {
  const stroke = isInvalid ? 'var(--inv)' : 'var(--dim)'
  return (
    <svg
      className={`arrow ${isReply ? 'reply' : ''}`}
      viewBox="0 0 240 16"
      preserveAspectRatio="none"
      role="img"
      aria-label={isReply ? 'reply' : 'original'}
    >
      <path
        d="M0 2L240 13"
        stroke={stroke}
        strokeWidth="1.5"
        fill="none"
        vectorEffect="non-scaling-stroke"
        strokeDasharray={isInvalid ? '4 3' : undefined}
      />
      <path d="M231 7.5L239.5 13L230.5 16.5" stroke={stroke} strokeWidth="1.5" fill="none" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
