/** FTP sessions as the API gives them, with the counters of their data connections. */
import { Dir } from '@ctscope/engine/model'
import type { FtpSession, FtpTransfer } from '../api/rest.ts'
import { timeOfUs } from '../formats/time.ts'
import { Life } from './connection-columns.ts'
import { addressText } from './connection-json.ts'
import type { ConnectionTable } from './connection-table.ts'
import type { FtpSessionState, FtpTransferState } from './ftp-sessions.ts'

/** Verdicts that name nothing wrong. */
const CALM_VERDICTS = new Set(['works', 'waiting', 'idle', 'aborted'])

/** Answers to a transfer command that mean that there was no data connection to be had, or none allowed. */
const REFUSALS = new Set([425, 500, 501, 502, 503, 504, 530, 532])
/** The data connection was closed before the end. */
const ABORTED = 426

export function isFtpProblem(verdict: string): boolean {
  return !CALM_VERDICTS.has(verdict)
}

/**
 * encrypted: the helper cannot read it; no-expectation: the last announcement raised none; expired: its connection
 * never came; refused: the server would not have one; aborted: it was closed before the end; waiting: it may still
 * come; works: data connections came; idle: none was asked for.
 */
export function ftpVerdict(session: FtpSessionState): string {
  if (session.encrypted) return 'encrypted'
  if (session.outcome === 'not-raised') return 'no-expectation'
  if (session.outcome === 'expired') return 'expired'
  const code = session.transfers.at(-1)?.replyCode ?? 0
  if (REFUSALS.has(code)) return 'refused'
  if (code === ABORTED) return 'aborted'
  if (session.outcome === 'waiting') return 'waiting'
  return session.outcome === 'met' || code >= 200 ? 'works' : 'idle'
}

/** Null once the mirror no longer holds the control connection. */
export function ftpSessionJson(session: FtpSessionState, table: ConnectionTable): FtpSession | null {
  const row = table.rowOf(session.id)
  if (row === undefined) return null
  const at = table.columns.at
  const transfers = session.transfers.map((transfer) => transferJson(transfer, table))
  return {
    id: session.id,
    interface: table.names.textOf(at.interface[row]!),
    client: addressText(at.l3[row]!, at.src, row),
    server: addressText(at.l3[row]!, at.dst, row),
    port: at.ports[row * 4 + 1]!,
    user: session.user,
    encrypted: session.encrypted,
    started: timeOfUs(at.firstSeenUs[row]!),
    ended: at.life[row] === Life.Ended ? timeOfUs(at.endedUs[row]!) : null,
    verdict: ftpVerdict(session),
    transfers,
    children: [...table.childrenOf(session.id)],
    bytes: transfers.reduce((sum, transfer) => sum + transfer.bytes, 0),
  }
}

function transferJson(transfer: FtpTransferState, table: ConnectionTable): FtpTransfer {
  const row = transfer.connection === 0 ? undefined : table.rowOf(transfer.connection)
  const { columns } = table
  // The client's bytes are the original direction's where the client opened the data connection.
  const fromClient = transfer.clientOpens ? Dir.Original : Dir.Reply
  const dir = transfer.kind === 'upload' ? fromClient : 1 - fromClient
  const bytes = row === undefined ? 0 : columns.at.bytes[row * 2 + dir]!
  const seconds = row === undefined ? 0 : (columns.at.lastSeenUs[row]! - columns.at.firstSeenUs[row]!) / 1e6
  return {
    verb: transfer.verb,
    path: transfer.path,
    kind: transfer.kind,
    at: transfer.at,
    expectation: transfer.expectation || null,
    connection: transfer.connection || null,
    bytes,
    rate: seconds > 0 ? bytes / seconds : null,
    replyCode: transfer.replyCode || null,
  }
}
