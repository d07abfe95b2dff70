/** What a line of an FTP control connection asks for or says, RFC 959, 2428 and 3659. */
import type { FtpSession } from '../api/rest.ts'

export type TransferKind = FtpSession['transfers'][number]['kind']

const TRANSFER_VERBS: Readonly<Record<string, TransferKind>> = {
  RETR: 'download',
  STOR: 'upload',
  STOU: 'upload',
  APPE: 'upload',
  LIST: 'listing',
  NLST: 'listing',
  MLSD: 'listing',
}

export type FtpCommand = { verb: string; argument: string }

export function readCommand(line: string): FtpCommand {
  const match = /^\s*([A-Za-z]{3,4})(?: (.*))?$/s.exec(line)
  return match === null ? { verb: '', argument: '' } : { verb: (match[1] ?? '').toUpperCase(), argument: match[2] ?? '' }
}

export function transferKind(verb: string): TransferKind | null {
  return Object.hasOwn(TRANSFER_VERBS, verb) ? (TRANSFER_VERBS[verb] ?? null) : null
}

/** The code of a reply's last (or only) line; null for lines within a reply of several lines. */
export function readReplyCode(line: string): number | null {
  const match = /^([1-5]\d\d)(?: |$)/.exec(line)
  return match === null ? null : Number(match[1])
}

/** Codes that tell how a transfer goes, so that the answer to another command is not taken for it. */
const TRANSFER_CODES = new Set([110, 125, 150, 226, 250, 425, 426, 450, 451, 452, 500, 501, 502, 503, 504, 530, 532, 550, 551, 552, 553])

export function isTransferCode(code: number): boolean {
  return TRANSFER_CODES.has(code)
}
