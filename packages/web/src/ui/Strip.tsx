import type { Connection, CtStateWord } from '@ctscope/server/api/rest'
import { stripSegments, type StripSegment } from './strip-segments.ts'

export const STATE_COLOURS: Record<CtStateWord | 'ENDED', string> = {
  NEW: 'var(--new)',
  ESTABLISHED: 'var(--est)',
  RELATED: 'var(--rel)',
  INVALID: 'var(--inv)',
  UNTRACKED: 'var(--end)',
  NONE: 'var(--end)',
  ENDED: 'var(--end)',
}

/** "States so far" of a connection as one line: one element, painted as hard-edged gradient. */
export function Strip({ connection, width }: { connection: Connection; width: number }) {
  const segments = stripSegments(connection)
  return (
    <span
      className="strip"
      role="img"
      aria-label={describe(segments)}
      title={describe(segments)}
      style={{ background: paint(segments, width), width }}
    />
  )
}

function paint(segments: readonly StripSegment[], width: number): string {
  const stops: string[] = []
  let at = 0
  for (const [index, { state, share }] of segments.entries()) {
    const from = at
    at = index === segments.length - 1 ? width : at + share * width
    const gap = index === segments.length - 1 ? 0 : 1
    stops.push(`${STATE_COLOURS[state]} ${px(from)} ${px(at - gap)}`)
    if (gap > 0) stops.push(`transparent ${px(at - gap)} ${px(at)}`)
  }
  return `linear-gradient(to right, ${stops.join(', ')})`
}

const px = (value: number) => `${Math.round(value * 10) / 10}px`

function describe(segments: readonly StripSegment[]): string {
  return `States so far: ${segments.map(({ state, note }) => (note === '' ? state : `${state} ${note}`)).join(', ')}`
}
