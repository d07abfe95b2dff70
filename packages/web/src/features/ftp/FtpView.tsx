import { useMemo, useState } from 'react'
import type { ApiError, FtpSession, FtpSessionDetail } from '@ctscope/server/api/rest'
import { counted } from '../../format/number.ts'
import { clockTime } from '../../format/time.ts'
import { useSubscription } from '../../live/use-subscription.ts'
import { navigate } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import { useListKeys } from '../../ui/list-keys.ts'
import { Notice } from '../../ui/Notice.tsx'
import { isProblem } from '../../words/ftp-verdicts.ts'
import { SessionCard } from './SessionCard.tsx'
import { SessionDetail } from './SessionDetail.tsx'

const HANDLER = {
  snapshot: ({ sessions }: { sessions: FtpSession[] }) => useStore.setState({ ftpSessions: sessions }),
  delta: ({ sessions }: { sessions: FtpSession[] }) => useStore.setState({ ftpSessions: sessions }),
  error: (_: ApiError) => undefined,
}

const SESSION_HANDLER = {
  snapshot: ({ session }: { session: FtpSessionDetail }, asOf: string) => useStore.getState().setFtpSession(session, asOf),
  delta: ({ session }: { session: FtpSessionDetail }, asOf: string) => useStore.getState().setFtpSession(session, asOf),
  error: (ftpSessionError: ApiError) => useStore.setState({ ftpSessionError }),
}

/** Sessions beside the dialogue of one: negotiation, expectation and data connection hang under their lines. */
export function FtpView() {
  const sessions = useStore((state) => state.ftpSessions)
  const chosen = useStore((state) => state.route.session)
  useSubscription<'ftp'>({ topic: 'ftp' }, HANDLER)
  const ordered = useMemo(() => [...(sessions ?? [])].sort((a, b) => b.id - a.id), [sessions])
  const [suggested, setSuggested] = useState<number | null>(null)
  const [heldAt, setHeldAt] = useState<number | null>(null)
  // Without a choice the latest that is not well is shown, or else the latest; and stays while others come.
  const first = (ordered.find(({ verdict }) => isProblem(verdict)) ?? ordered[0])?.id ?? null
  if (first !== null && !ordered.some(({ id }) => id === suggested)) setSuggested(first)
  const shownId = chosen ?? suggested
  // Cards do not move under the pointer.
  const listed = heldAt === null ? ordered : ordered.filter(({ id }) => id <= heldAt)
  const unlisted = ordered.length - listed.length
  useSubscription<'ftp-session'>(shownId === null ? null : { topic: 'ftp-session', id: shownId }, SESSION_HANDLER)
  useListKeys({
    pageRows: () => 5,
    move: (steps) => {
      const from = ordered.findIndex(({ id }) => id === shownId)
      const to = Math.max(0, Math.min(ordered.length - 1, from + steps))
      const session = ordered[to]
      if (session !== undefined) navigate({ session: session.id }, 'replace')
    },
    open: () => {
      if (shownId !== null) navigate({ connection: shownId, tab: 'ladder' })
    },
    leave: () => false,
  })
  if (sessions === null) return <Notice title="Waiting for FTP sessions …" />
  if (ordered.length === 0) return <NoSessions />
  return (
    <div className="ftp">
      <section
        className="ftp-list"
        aria-label="FTP sessions"
        onPointerEnter={() => setHeldAt(ordered[0]?.id ?? null)}
        onPointerLeave={() => setHeldAt(null)}
      >
        <h2 className="card-title">
          {counted(listed.length, 'session')}
          {unlisted > 0 && <span className="link">, {unlisted} new, the list stays</span>}
        </h2>
        <ul>
          {listed.map((session) => (
            <li key={session.id}>
              <SessionCard session={session} isChosen={session.id === shownId} />
            </li>
          ))}
        </ul>
      </section>
      {shownId !== null && <SessionDetail id={shownId} />}
    </div>
  )
}

function NoSessions() {
  const started = useStore((state) => state.hello?.now)
  return (
    <Notice title={started === undefined ? 'No FTP seen.' : `No FTP seen since ${clockTime(started)}.`}>
      <p>A session appears when a control connection is seen whose port has the ftp helper. To make some:</p>
      <pre>ctscope demo</pre>
    </Notice>
  )
}
