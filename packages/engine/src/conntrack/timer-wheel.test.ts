import { describe, expect, it } from 'vitest'
import { ConnTable } from './conn-table.ts'
import { TimerWheel } from './timer-wheel.ts'
import { TupleKey } from './tuple-key.ts'

function wheelOf(count: number, startMs = 0) {
  const table = new ConnTable(count, 0, 1)
  const wheel = new TimerWheel(table)
  const slots = Array.from({ length: count }, () => table.allocate(new TupleKey(), 0, 0))
  const expired: [number, number][] = []
  let nowMs = startMs
  return {
    table,
    wheel,
    slots,
    expired,
    set(slot: number, deadlineMs: number) {
      table.setTimeout(slot, 0, deadlineMs)
      wheel.schedule(slot, nowMs)
    },
    to(ms: number, budget = 1e9) {
      nowMs = ms
      return wheel.advance(ms, budget, (slot) => expired.push([slot, ms]))
    },
  }
}

describe('the timer wheel', () => {
  it('ends each entry in the quarter second after its deadline, whatever the wheel', () => {
    const deadlines = [1, 249, 250, 63_750, 64_000, 64_001, 128_000, 16_384_000, 16_384_001, 432_000_000]
    const w = wheelOf(deadlines.length)
    w.to(0)
    deadlines.forEach((deadline, slot) => {
      w.set(slot, deadline)
    })
    for (const deadline of deadlines) {
      w.to(deadline - 1)
      w.to(deadline + 250)
    }
    for (const [slot, atMs] of w.expired) {
      expect(atMs).toBeGreaterThanOrEqual(deadlines[slot]!)
      expect(atMs).toBeLessThanOrEqual(deadlines[slot]! + 250)
    }
    expect(w.expired.map(([slot]) => slot).sort()).toEqual(deadlines.map((_, slot) => slot))
  })

  it('agrees with a plain list over random deadlines and steps', () => {
    const w = wheelOf(500)
    let seed = 3
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const due = new Map<number, number>()
    const wrong: string[] = []
    let now = 0
    w.to(0)
    for (let step = 0; step < 3000; step++) {
      const slot = random(500)
      const deadline = now + 1 + random([300, 70_000, 20_000_000][random(3)]!)
      due.set(slot, deadline)
      w.set(slot, deadline)
      now += random(random(10) === 0 ? 2_000_000 : 500)
      w.expired.length = 0
      w.to(now)
      for (const [ended] of w.expired) {
        if (due.get(ended)! > now) wrong.push(`${ended} early at ${now}`)
        due.delete(ended)
      }
      for (const [left, deadline] of due) if (deadline <= now - 500) wrong.push(`${left} late at ${now}`)
    }
    expect(wrong).toEqual([])
    w.expired.length = 0
    w.to(now + 1e9)
    expect(w.expired.map(([slot]) => slot).sort((a, b) => a - b)).toEqual([...due.keys()].sort((a, b) => a - b))
  })

  it('keeps to its budget and goes on where it stopped', () => {
    const w = wheelOf(100)
    w.to(0)
    for (const slot of w.slots) w.set(slot, 1000)
    expect(w.to(2000, 30)).toBe(false)
    expect(w.expired).toHaveLength(30)
    expect(w.to(2000, 1000)).toBe(true)
    expect(w.expired).toHaveLength(100)
  })

  it('takes an entry out', () => {
    const w = wheelOf(3)
    w.to(0)
    for (const slot of w.slots) w.set(slot, 1000)
    w.wheel.remove(1)
    w.to(2000)
    expect(w.expired.map(([slot]) => slot).sort()).toEqual([0, 2])
  })

  it('survives a clock that leaps by decades', () => {
    const w = wheelOf(2)
    w.to(0)
    w.set(0, 30_000)
    w.to(1.7e12)
    expect(w.expired).toEqual([[0, 1.7e12]])
    w.set(1, 1.7e12 + 30_000)
    w.to(1.7e12 + 29_999)
    expect(w.expired).toHaveLength(1)
    w.to(1.7e12 + 30_251)
    expect(w.expired).toHaveLength(2)
  })
})
