import { describe, expect, it } from 'vitest'
import { GreKeys } from './gre-keys.ts'
import { TupleKey } from './tuple-key.ts'

function tuple(src: number, sport: number, dst: number, dport: number): TupleKey {
  const key = new TupleKey()
  key.l4 = 47
  key.address[0] = src
  key.address[4] = dst
  key.sport = sport
  key.dport = dport
  return key
}

describe('CONNTRACK.md 5.6, 8.6: PPTP’s key map', () => {
  it('finds the source key by addresses and destination key', () => {
    const keys = new GreKeys()
    expect(keys.add(1, 0, tuple(1, 10, 2, 20))).toBe(true)
    expect(keys.sourceOf(tuple(1, 0, 2, 20))).toBe(10)
    expect(keys.sourceOf(tuple(1, 0, 2, 21))).toBe(0)
    expect(keys.sourceOf(tuple(2, 0, 1, 20))).toBe(0)
  })

  it('a master has one call in each direction', () => {
    const keys = new GreKeys()
    keys.add(1, 0, tuple(1, 10, 2, 20))
    expect(keys.add(1, 0, tuple(1, 10, 2, 20))).toBe(true)
    expect(keys.add(1, 0, tuple(1, 11, 2, 21))).toBe(false)
    expect(keys.add(1, 1, tuple(2, 20, 1, 10))).toBe(true)
    expect(keys.add(2, 0, tuple(1, 11, 2, 21))).toBe(true)
  })

  it('forgets a master’s', () => {
    const keys = new GreKeys()
    keys.add(1, 0, tuple(1, 10, 2, 20))
    keys.add(1, 1, tuple(2, 20, 1, 10))
    keys.add(2, 0, tuple(3, 30, 4, 40))
    keys.forget(1)
    expect(keys.sourceOf(tuple(1, 0, 2, 20))).toBe(0)
    expect(keys.sourceOf(tuple(3, 0, 4, 40))).toBe(30)
  })
})
