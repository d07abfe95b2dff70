/** What is wrong now, in words and with what to do; the worst first. */
import { clockTime } from '../../format/time.ts'
import type { Store } from '../../store/index.ts'

export type Trouble = { title: string; text: string; tone: 'bad' | 'warn' | 'calm'; retry: boolean }

type Facts = Pick<Store, 'socket' | 'lostAt' | 'capture' | 'stats'>

export function troubleOf({ socket, lostAt, capture, stats }: Facts): Trouble | null {
  if (socket === 'stale') {
    const since = lostAt === null ? '' : ` since ${clockTime(new Date(lostAt).toISOString())}`
    return {
      title: `Not connected${since}.`,
      text: 'What you see is from then. The page tries again by itself and comes back to this view; if ctscope was stopped, start it again.',
      tone: 'bad',
      retry: true,
    }
  }
  if (socket !== 'live' || capture === null) return null
  const note = asSentence(capture.note)
  switch (capture.state) {
    case 'restarting':
      return {
        title: 'The capture engine is being started again.',
        text: `${note}Packets that go by meanwhile are not seen; the gap is kept under Health.`,
        tone: 'bad',
        retry: false,
      }
    case 'failed':
      return {
        title: 'There is no capture.',
        text: note === '' ? 'ctscope interfaces says what can be captured here, and if not, why not.' : note.trim(),
        tone: 'bad',
        retry: false,
      }
    case 'down':
      return {
        title: `${capture.interfaces.join(', ')} is down.`,
        text: `${note}The capture goes on by itself when the interface is back.`,
        tone: 'warn',
        retry: false,
      }
    case 'paused':
      return {
        title: 'The capture is paused.',
        text: 'Packets are not counted meanwhile. The capture bar above starts it again.',
        tone: 'warn',
        retry: false,
      }
    case 'ended':
      return {
        title: `The end of ${capture.file ?? 'the file'}.`,
        text: 'Everything in it is on the page. The capture bar above plays it again.',
        tone: 'calm',
        retry: false,
      }
  }
  const gap = stats?.engines.flatMap(({ gaps }) => gaps).find(({ to }) => to === null)
  if (gap !== undefined) {
    return { title: `Nothing is seen since ${clockTime(gap.from)}.`, text: gap.cause, tone: 'bad', retry: false }
  }
  return null
}

/** The server's notes are parts of sentences; here one stands before another sentence. */
function asSentence(note: string): string {
  if (note === '') return ''
  return `${note[0]!.toUpperCase()}${note.slice(1)}${/[.!?]$/.test(note) ? ' ' : '. '}`
}

let last: { facts: Facts; trouble: Trouble | null } | undefined

/** For a selector: the same object for the same facts. */
export function currentTrouble(state: Store): Trouble | null {
  const { socket, lostAt, capture, stats } = state
  if (last?.facts.socket === socket && last.facts.lostAt === lostAt && last.facts.capture === capture && last.facts.stats === stats) {
    return last.trouble
  }
  const trouble = troubleOf(state)
  const same = last !== undefined && JSON.stringify(last.trouble) === JSON.stringify(trouble)
  last = { facts: { socket, lostAt, capture, stats }, trouble: same ? last!.trouble : trouble }
  return last.trouble
}
