import type { FtpSessionDetail } from '@ctscope/server/api/rest'
import { endpoint } from '../../format/address.ts'
import { count } from '../../format/number.ts'
import { clockTime } from '../../format/time.ts'
import { useStore } from '../../store/index.ts'
import { ConnectionLink } from '../../ui/ConnectionLink.tsx'
import { ErrorNotice, Notice } from '../../ui/Notice.tsx'
import { StateMark } from '../../ui/StateMark.tsx'
import { verdictWords } from '../../words/ftp-verdicts.ts'
import { Dialogue } from './Dialogue.tsx'
import { failedNegotiation } from './negotiations.ts'

export function SessionDetail({ id }: { id: number }) {
  const session = useStore((state) => state.ftpSession)
  const error = useStore((state) => state.ftpSessionError)
  const shown = session?.value.id === id ? session : null
  if (shown === null) return error === null ? <Notice title={`Session #${id} …`} /> : <ErrorNotice error={error} />
  const { value, asOf } = shown
  return (
    <section className="ftp-detail" aria-label="FTP session">
      <div>
        <h1>
          {value.client} → {value.port === 21 ? value.server : endpoint(value.server, value.port, 'tcp')}
        </h1>
        <p className="dim ftp-under">
          {value.user ?? 'Nobody'}, {value.user === null ? 'not logged in, ' : ''}since {clockTime(value.started)}
          {value.ended !== null && ` until ${clockTime(value.ended)}`}, control connection <ConnectionLink id={value.id} />
          {value.control.ended === null ? (
            <StateMark state={value.control.state} />
          ) : (
            <StateMark state="ENDED" word={value.control.ended.cause} />
          )}
        </p>
      </div>
      <Verdict session={value} />
      <div className="card dialogue">
        {value.linesDropped > 0 && <p className="dim small">{count(value.linesDropped)} earlier lines are no longer kept.</p>}
        <Dialogue session={value} asOf={asOf} />
      </div>
    </section>
  )
}

/** How the session stands, in a sentence, and where it failed. */
function Verdict({ session }: { session: FtpSessionDetail }) {
  const words = verdictWords(session.verdict)
  const failed = failedNegotiation(session)
  return (
    <div className={`verdict verdict-${words.state}`}>
      <p>
        <StateMark state={words.state} word={words.title} />{' '}
        {failed !== null && (
          <b>
            {failed.mode} announced {endpoint(failed.address, failed.port, 'tcp')}: {failed.reason.text}.
          </b>
        )}
      </p>
      {words.text !== '' && <p>{words.text}</p>}
    </div>
  )
}
