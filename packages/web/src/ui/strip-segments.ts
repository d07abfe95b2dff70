/** How the time of a connection is shared out on its strip of states. */
import type { Connection, CtStateWord } from '@ctscope/server/api/rest'
import { epochMs } from '../format/time.ts'

export type StripSegment = { state: CtStateWord | 'ENDED'; note: string; share: number }

/** A state that lasted a millisecond is still a state that was: it keeps this share of the width. */
const LEAST_SHARE = 0.05

/** TCP states in which a connection is on its way out: the strip ends in grey. */
const CLOSING = new Set(['TIME_WAIT', 'CLOSE', 'LAST_ACK'])

/** The shares add up to 1. Neighbours of one state are one segment. */
export function stripSegments({ strip, state, lastSeen, ended }: Connection): StripSegment[] {
  const end = epochMs(ended?.at ?? lastSeen)
  const parts: { state: CtStateWord | 'ENDED'; note: string; ms: number }[] = []
  for (const [index, step] of strip.entries()) {
    const next = strip[index + 1]
    const ms = Math.max(0, (next === undefined ? end : epochMs(next.at)) - epochMs(step.at))
    const shown = step.state !== 'INVALID' && step.tcp !== null && CLOSING.has(step.tcp) ? 'ENDED' : step.state
    const last = parts.at(-1)
    if (last !== undefined && last.state === shown) last.ms += ms
    else parts.push({ state: shown, note: shown === 'ENDED' ? (step.tcp ?? '') : '', ms })
  }
  if (parts.length === 0) return [{ state, note: '', share: 1 }]
  const whole = parts.reduce((sum, { ms }) => sum + ms, 0)
  const least = Math.min(LEAST_SHARE, 1 / parts.length)
  const raised = parts.map(({ ms }) => Math.max(least, whole === 0 ? 1 / parts.length : ms / whole))
  const sum = raised.reduce((total, share) => total + share, 0)
  return parts.map((part, index) => ({ state: part.state, note: part.note, share: raised[index]! / sum }))
}
