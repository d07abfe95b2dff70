import { describe, expect, it } from 'vitest'
import { Losses } from './losses.ts'

describe('losses', () => {
  it('touch what lived when they happened, and nothing that began later', () => {
    const losses = new Losses()
    expect(losses.firstSince(0)).toBe(0)
    losses.note(100)
    losses.note(200)
    expect([0, 100, 101, 200, 201].map((us) => losses.firstSince(us))).toEqual([100, 100, 200, 200, 0])
  })

  it('are kept in bounded room; the newest always counts', () => {
    const losses = new Losses()
    for (let us = 1; us <= 10_000; us++) losses.note(us)
    expect(losses.firstSince(10_000)).toBe(10_000)
    expect(losses.firstSince(5000)).toBeGreaterThanOrEqual(5000)
    expect(losses.firstSince(10_001)).toBe(0)
  })
})
