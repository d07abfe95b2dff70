import { describe, expect, it } from 'vitest'
import { Scenario } from '../../test/support/scenario.ts'

/** A table of `max` places; UDP from that many ports, the first `assured` of them streams. */
function full(max: number, assured: number): Scenario {
  const s = new Scenario({ settings: { nf_conntrack_max: max } })
  for (let port = 0; port < max; port++) s.udp('A', { srcPort: 10_000 + port })
  s.wait(2001)
  for (let port = 0; port < assured; port++) {
    s.udp('B', { dstPort: 10_000 + port })
    s.udp('B', { dstPort: 10_000 + port })
  }
  s.takeEvents()
  return s
}

describe('CONNTRACK.md 3.8, 13 #95: a full table', () => {
  it('evicts what is not ASSURED, with DESTROY before NEW', () => {
    const s = full(64, 0)
    let evicted = 0
    for (let port = 0; port < 200; port++) {
      const letter = s.udp('A', { srcPort: 20_000 + port })
      const events = s.takeEvents()
      if (letter === 'N') {
        expect(events.at(-1)).toBe('NEW')
        evicted += events.filter((e) => e === 'DESTROY').length
      } else expect(s.wouldDrop).toBe('table-full')
    }
    expect(evicted).toBeGreaterThan(0)
    expect(s.engine.tracker.earlyDrops).toBe(evicted)
    expect(s.entries).toBeLessThanOrEqual(64)
  })

  it('never evicts an ASSURED entry for a new one: the packet would be dropped', () => {
    const s = full(64, 64)
    for (let port = 0; port < 50; port++) {
      expect(s.udp('A', { srcPort: 20_000 + port })).toBe('-')
      expect(s.why).toBe('TABLE_FULL: the table holds its 64 entries and none nearby may go')
    }
    expect(s.takeEvents()).toEqual([])
    expect(s.engine.tracker.tableFullDrops).toBe(50)
  })

  it('sweeps on the next turn of the clock, down to 95 %', () => {
    const s = full(100, 50)
    // A packet that finds no victim near its place asks for the sweep.
    for (let port = 0; s.engine.tracker.tableFullDrops === 0; port++) s.udp('A', { srcPort: 20_000 + port })
    s.takeEvents()
    const before = s.entries
    s.expire()
    expect(s.entries).toBeLessThan(Math.max(96, before))
    expect(s.takeEvents().every((e) => e === 'DESTROY')).toBe(true)
    expect(s.udp('B', { dstPort: 10_000 })).toBe('E')
  })
})
