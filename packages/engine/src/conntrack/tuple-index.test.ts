import { describe, expect, it } from 'vitest'
import { ConnTable } from './conn-table.ts'
import { TupleKey } from './tuple-key.ts'

/** Seeded: a failure can be repeated. */
function lcg(seed: number): (below: number) => number {
  let x = seed
  return (below) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return Math.floor((x / 2 ** 32) * below)
  }
}

function key(n: number): TupleKey {
  const k = new TupleKey()
  k.zone = n & 1
  k.l4 = 17
  if (n % 3 === 0) {
    k.l3 = 6
    for (let i = 0; i < 8; i++) k.address[i] = n * 31 + i
  } else {
    k.address[0] = 0x0a000000 + n
    k.address[4] = 0x0b000000 + (n >>> 3)
  }
  k.sport = n & 0xffff
  k.dport = (n * 7) & 0xffff
  return k
}

describe('the index from tuples to entries', () => {
  it('agrees with a Map over random insertions and removals while it grows', () => {
    const random = lcg(7)
    const table = new ConnTable(20_000, 0, 1)
    const slots = new Map<number, number>()
    const wrong: number[] = []
    for (let step = 0; step < 60_000; step++) {
      const n = random(15_000) + 1
      const k = key(n)
      const slot = slots.get(n)
      if (table.index.find(k, table.index.hash(k)) !== (slot === undefined ? -1 : slot * 2)) wrong.push(n)
      if (slot !== undefined && random(3) === 0) {
        table.index.remove(slot)
        table.free(slot)
        slots.delete(n)
      } else if (slot === undefined) {
        const fresh = table.allocate(k, k.dport, k.sport)
        table.index.insert(fresh)
        slots.set(n, fresh)
      }
    }
    const reply = new TupleKey()
    for (const [n, slot] of slots) {
      reply.setSwapped(key(n))
      if (table.index.find(reply, table.index.hash(reply)) !== slot * 2 + 1) wrong.push(n)
    }
    expect(wrong).toEqual([])
    expect(slots.size).toBe(table.count)
    expect(slots.size).toBeGreaterThan(5000)
  })

  it('finds the reply tuple first where both are equal', () => {
    const table = new ConnTable(10, 0, 1)
    const k = new TupleKey()
    k.l4 = 17
    k.address[0] = k.address[4] = 5
    k.sport = k.dport = 9
    const slot = table.allocate(k, 9, 9)
    table.index.insert(slot)
    expect(table.index.find(k, table.index.hash(k))).toBe(slot * 2 + 1)
  })
})

describe('the table', () => {
  it('gives slots again, with ids of their own', () => {
    const table = new ConnTable(2, 100, 1)
    const a = table.allocate(key(1), 0, 0)
    expect(table.takeId(a)).toBe(101)
    const b = table.allocate(key(2), 0, 0)
    expect(table.takeId(b)).toBe(102)
    expect(table.allocate(key(4), 0, 0)).toBe(-1)
    table.free(a)
    expect(table.isLive(a, 101)).toBe(false)
    const c = table.allocate(key(4), 0, 0)
    expect([c, table.takeId(c)]).toEqual([a, 103])
    expect(table.packets(c, 0)).toBe(0)
  })

  it('counts more packets than 32 bits hold', () => {
    const table = new ConnTable(1, 0, 1)
    const slot = table.allocate(key(1), 0, 0)
    table.u32[slot * 42 + 12] = 0xffff_ffff
    table.countPacket(slot, 0, 60)
    expect(table.packets(slot, 0)).toBe(2 ** 32)
    table.free(slot)
    expect(table.packets(table.allocate(key(2), 0, 0), 0)).toBe(0)
  })

  it('gives back both tuples of both families', () => {
    const table = new ConnTable(4, 0, 1)
    const back = new TupleKey()
    for (const n of [1, 3]) {
      const slot = table.allocate(key(n), 11, 12)
      table.tupleOf(slot, 0, back)
      expect(back.equals(key(n))).toBe(true)
      table.tupleOf(slot, 1, back)
      expect([back.sport, back.dport, back.address[0], back.address[4]]).toEqual([11, 12, key(n).address[4], key(n).address[0]])
    }
  })
})
