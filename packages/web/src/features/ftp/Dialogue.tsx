import { Fragment } from 'react'
import type { Expectation, FtpSessionDetail } from '@ctscope/server/api/rest'
import { endpoint } from '../../format/address.ts'
import { span } from '../../format/duration.ts'
import { bytes } from '../../format/number.ts'
import { epochMs, minuteTime } from '../../format/time.ts'
import { ConnectionLink } from '../../ui/ConnectionLink.tsx'
import { StateMark } from '../../ui/StateMark.tsx'
import { Strip } from '../../ui/Strip.tsx'
import { TimeLeft } from '../../ui/TimeLeft.tsx'
import { Icon } from '../../ui/icons.tsx'
import { EXPECTATION_ENDS } from '../../words/causes.ts'
import { joinLines, outcomeOf, type DialogueLine, type Negotiation } from './negotiations.ts'

/** The control connection's lines; what a line announced hangs under it. */
export function Dialogue({ session, asOf }: { session: FtpSessionDetail; asOf: number }) {
  if (session.lines.length === 0) return <p className="dim">No line of the dialogue was seen yet.</p>
  return (
    <ol>
      {joinLines(session.lines).map((line, index) => (
        <Fragment key={`${line.packet} ${index}`}>
          {line.text !== '' && <Line line={line} />}
          {line.negotiation !== null && <Announced session={session} negotiation={line.negotiation} asOf={asOf} />}
        </Fragment>
      ))}
    </ol>
  )
}

function Line({ line }: { line: DialogueLine }) {
  const isClient = line.direction === 'original'
  return (
    <li className="line mono" title={`packet ${line.packet}`}>
      <span className="faint">{minuteTime(line.at)}</span>
      <span className={isClient ? 'NEW' : 'ESTABLISHED'} aria-label={isClient ? 'client' : 'server'}>
        {isClient ? '→' : '←'}
      </span>
      <span className="line-text">
        {line.kind === 'tls' ? <span className="dim">encrypted from here on</span> : <LineText line={line} />}
      </span>
    </li>
  )
}

/** A password never leaves the engine: its place says so. An address that raised nothing stands out. */
function LineText({ line: { text, negotiation } }: { line: DialogueLine }) {
  if (/^PASS\b/i.test(text)) {
    return (
      <>
        {text.slice(0, 5)}
        <span className="faint">{text.slice(5)} blanked in the engine</span>
      </>
    )
  }
  if (negotiation === null || negotiation.expectation !== null) return text
  const parts = /^(.*?\(?)([\d|,.:a-f]+[\d|])(\)?.*)$/i.exec(text.length > 4 ? text.slice(4) : '')
  if (parts === null) return text
  return (
    <>
      {text.slice(0, 4)}
      {parts[1]}
      <b className="INVALID">{parts[2]}</b>
      {parts[3]}
    </>
  )
}

function Announced({ session, negotiation, asOf }: { session: FtpSessionDetail; negotiation: Negotiation; asOf: number }) {
  const where = endpoint(negotiation.address, negotiation.port, 'tcp')
  if (negotiation.expectation === null) {
    return (
      <li className="announced none">
        <p>
          <b className="INVALID">No expectation</b>{' '}
          <span className="dim">
            announced {where}: {negotiation.reason.text}
          </span>
        </p>
      </li>
    )
  }
  const { expectation, transfer, child, connection } = outcomeOf(session, negotiation)
  return (
    <li className="announced">
      <p className="announced-line">
        <span className="RELATED">
          <Icon name="clock" />
        </span>
        <b>Expectation {negotiation.expectation}</b>
        <span className="mono">{where}</span>
        {expectation !== null && <Life expectation={expectation} asOf={asOf} />}
      </p>
      {child !== null && (
        <p className="announced-line">
          <StateMark state="RELATED" />
          <ConnectionLink id={child} related />
          {connection !== null && (
            <>
              <span className="mono">{endpoint(connection.original.src, connection.original.sport, connection.l4)}</span>
              <Strip connection={connection} width={120} />
              {connection.ended !== null ? (
                <StateMark state="ENDED" word={connection.ended.cause} />
              ) : (
                connection.state !== 'RELATED' && <StateMark state={connection.state} />
              )}
            </>
          )}
          {transfer !== null && (
            <span className="dim">
              {[
                `${transfer.verb} ${transfer.path}`.trim(),
                transfer.bytes > 0 ? `${bytes(transfer.bytes)}${transfer.rate === null ? '' : ` at ${bytes(transfer.rate)}/s`}` : '',
                transfer.replyCode === null ? '' : String(transfer.replyCode),
              ]
                .filter((part) => part !== '')
                .join(' · ')}
            </span>
          )}
        </p>
      )}
    </li>
  )
}

function Life({ expectation, asOf }: { expectation: Expectation; asOf: number }) {
  const { ended, packet, raised, timeout, timeoutFull } = expectation
  if (ended === null) {
    return (
      <>
        <span className="dim">raised by packet {packet}, waits</span>
        {timeout !== null && <TimeLeft expiresAt={asOf + timeout * 1000} full={timeoutFull} />}
      </>
    )
  }
  return (
    <span className="dim">
      raised by packet {packet}, {EXPECTATION_ENDS[ended.cause] ?? ended.cause} after {span(epochMs(ended.at) - epochMs(raised))}
    </span>
  )
}
