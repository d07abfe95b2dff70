/** FTP sessions as REST and the live topics give them. */
import type { FtpSession, FtpSessionDetail } from '../api/rest.ts'
import { ftpSessionJson } from './ftp-json.ts'
import type { Mirror } from './mirror.ts'
import { connectionsOf, expectationsAbout } from './queries.ts'

/** Newest first; those whose control connection is forgotten are left out. */
export function ftpSessions(mirror: Mirror): FtpSession[] {
  const sessions: FtpSession[] = []
  for (const state of mirror.ftp.all()) {
    const session = ftpSessionJson(state, mirror.connections)
    if (session !== null) sessions.push(session)
  }
  return sessions.reverse()
}

/** Null when there is no such session. */
export function ftpSessionDetail(mirror: Mirror, id: number): FtpSessionDetail | null {
  const state = mirror.ftp.get(id)
  const session = state === undefined ? null : ftpSessionJson(state, mirror.connections)
  const [control] = connectionsOf(mirror, [id])
  if (state === undefined || session === null || control === undefined) return null
  return {
    ...session,
    control,
    lines: [...state.lines],
    linesDropped: state.linesDropped,
    expectations: expectationsAbout(mirror, id),
    connections: connectionsOf(mirror, session.children),
  }
}
