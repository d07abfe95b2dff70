/** An FTP session's verdict in words: how it stands, and what that means for a firewall. */
import type { MarkedState } from '../ui/StateMark.tsx'

export type VerdictWords = { state: MarkedState; title: string; text: string }

const VERDICTS: Record<string, VerdictWords> = {
  works: {
    state: 'ESTABLISHED',
    title: 'Works',
    text: 'Each data connection met its expectation. RELATED only if your firewall assigns the ftp helper: a kernel assigns none by itself.',
  },
  waiting: {
    state: 'RELATED',
    title: 'Waits for a data connection',
    text: 'An address was announced and the expectation stands; the data connection has not come yet.',
  },
  idle: { state: 'NEW', title: 'No transfer yet', text: 'Nobody has asked for a file or a listing.' },
  encrypted: {
    state: 'INVALID',
    title: 'Encrypted',
    text: 'The control connection went over to TLS: no helper can read what it announces, so no data connection is RELATED. Open a fixed range of passive ports on the server instead.',
  },
  'no-expectation': {
    state: 'INVALID',
    title: 'No expectation',
    text: 'An announcement raised no expectation, so its data connection is NEW, and a firewall that lets in only RELATED drops it.',
  },
  refused: { state: 'INVALID', title: 'Refused', text: 'The server or the other side refused the data connection.' },
  expired: { state: 'INVALID', title: 'Expired', text: 'The data connection did not come before its expectation ran out.' },
  aborted: { state: 'ENDED', title: 'Aborted', text: 'The last transfer was closed before its end.' },
}

export function verdictWords(verdict: string): VerdictWords {
  return (
    VERDICTS[verdict] ?? {
      state: verdict === '' ? 'NEW' : 'ENDED',
      title: verdict === '' ? 'Under way' : verdict.replaceAll('-', ' '),
      text: '',
    }
  )
}

/** Whether a verdict names something that is wrong. */
export function isProblem(verdict: string): boolean {
  return verdictWords(verdict).state === 'INVALID'
}
