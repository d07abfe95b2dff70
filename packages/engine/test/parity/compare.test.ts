import { describe, expect, it } from 'vitest'
import { compare, isWhole } from './compare.ts'

const packet = (i: number, state: string, events: object[] = []) => JSON.stringify({ kind: 'packet', i, state, dir: 'orig', events })
const entry = (timeout: number, packets: number) =>
  JSON.stringify({ kind: 'entry', orig: ['a', 1], reply: ['b', 2], status: ['CONFIRMED'], timeout, orig_packets: packets })
const fresh = { event: 'NEW', orig: ['a', 1], status: ['CONFIRMED'], timeout: 120 }

describe('the comparison with the kernel', () => {
  it('finds equal what is equal, ids and a second of time aside', () => {
    const c = compare(
      [packet(0, 'NEW', [{ ...fresh, id: 7, timeout: 119 }]), entry(29, 1)],
      [packet(0, 'NEW', [{ ...fresh, id: 1 }]), entry(30, 1)],
    )
    expect([c.packets, c.events, c.entries].every(isWhole)).toBe(true)
    expect(c.differences).toEqual([])
  })

  it.each([
    ['a state', [packet(0, 'INVALID', [fresh]), entry(30, 1)], 'packets'],
    ['a missing frame', [entry(30, 1)], 'packets'],
    ['an event’s status', [packet(0, 'NEW', [{ ...fresh, status: [] }]), entry(30, 1)], 'events'],
    ['an event’s timeout', [packet(0, 'NEW', [{ ...fresh, timeout: 60 }]), entry(30, 1)], 'events'],
    ['an event too many', [packet(0, 'NEW', [fresh, fresh]), entry(30, 1)], 'events'],
    ['a missing event', [packet(0, 'NEW'), entry(30, 1)], 'events'],
    ['a counter', [packet(0, 'NEW', [fresh]), entry(30, 2)], 'entries'],
    ['an entry’s timeout', [packet(0, 'NEW', [fresh]), entry(120, 1)], 'entries'],
    ['a missing entry', [packet(0, 'NEW', [fresh])], 'entries'],
  ] as const)('finds %s', (_, ours, where) => {
    const c = compare([packet(0, 'NEW', [fresh]), entry(30, 1)], ours)
    expect(isWhole(c[where])).toBe(false)
    expect(c.differences).not.toEqual([])
  })
})
