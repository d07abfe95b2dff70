import { describe, expect, it } from 'vitest'
import { connectionRow } from '../../test/connections.ts'
import { stripSegments } from './strip-segments.ts'

const at = (second: number) => `2026-11-22T12:00:${String(second).padStart(2, '0')}.000000Z`

describe('stripSegments', () => {
  it('shares out the time, and leaves the shortest its width', () => {
    const strip = [
      { state: 'NEW', tcp: 'SYN_SENT', at: at(0) },
      { state: 'ESTABLISHED', tcp: 'SYN_RECV', at: at(0) },
      { state: 'ESTABLISHED', tcp: 'ESTABLISHED', at: at(1) },
      { state: 'ESTABLISHED', tcp: 'TIME_WAIT', at: at(5) },
    ] as const
    const segments = stripSegments(connectionRow(1, { strip: [...strip], lastSeen: at(10) }))
    expect(segments.map(({ state }) => state)).toEqual(['NEW', 'ESTABLISHED', 'ENDED'])
    expect(segments[0]!.share).toBeGreaterThan(0.04)
    expect(segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  })

  it('is the state alone where nothing else is known', () => {
    expect(stripSegments(connectionRow(1, { state: 'NEW', strip: [] }))).toEqual([{ state: 'NEW', note: '', share: 1 }])
  })
})
