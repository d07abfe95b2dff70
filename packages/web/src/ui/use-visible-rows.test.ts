import { describe, expect, it } from 'vitest'
import { visibleRows } from './use-visible-rows.ts'

describe('visibleRows', () => {
  it('always holds all that is in view, within its slots', () => {
    for (const height of [300, 601, 777]) {
      for (let top = 0; top < 3000; top += 7) {
        const { first, last, slots } = visibleRows(top, height, 30)
        expect(first).toBeLessThanOrEqual(Math.floor(top / 30))
        expect(last).toBeGreaterThanOrEqual(Math.ceil((top + height) / 30))
        expect(last - first).toBeLessThanOrEqual(slots)
      }
    }
  })

  it('keeps its slots at any position, and its rows over a short way', () => {
    const slots = new Set(Array.from({ length: 500 }, (_, px) => visibleRows(px, 700, 30).slots))
    expect(slots.size).toBe(1)
    const changes = new Set(
      Array.from({ length: 1200 }, (_, px) => JSON.stringify([visibleRows(px, 700, 30).first, visibleRows(px, 700, 30).last])),
    )
    expect(changes.size).toBeLessThanOrEqual(1200 / 30 / 2 + 2)
  })

  it('knows the top', () => {
    expect(visibleRows(0, 700, 30)).toMatchObject({ first: 0, atTop: true })
    expect(visibleRows(3, 700, 30).atTop).toBe(false)
  })
})
