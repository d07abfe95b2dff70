import type { FtpSession } from '@ctscope/server/api/rest'
import { endpoint } from '../../format/address.ts'
import { bytes, counted } from '../../format/number.ts'
import { navigate } from '../../route/navigate.ts'
import { StateMark } from '../../ui/StateMark.tsx'
import { verdictWords } from '../../words/ftp-verdicts.ts'

export function SessionCard({ session, isChosen }: { session: FtpSession; isChosen: boolean }) {
  const words = verdictWords(session.verdict)
  const server = session.port === 21 ? session.server : endpoint(session.server, session.port, 'tcp')
  return (
    <button className="session-card" aria-pressed={isChosen} onClick={() => navigate({ session: session.id })}>
      <span className="mono session-ends">
        {session.client} → {server}
      </span>
      <span className="dim">
        {[session.user ?? 'nobody logged in', counted(session.transfers.length, 'transfer'), session.bytes > 0 ? bytes(session.bytes) : '']
          .filter((part) => part !== '')
          .join(' · ')}
      </span>
      <StateMark state={words.state} word={words.title} />
    </button>
  )
}
