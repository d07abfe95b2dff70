import { describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS, EndCause, EventKind, ExpEndCause } from '../model/index.ts'
import type { Batch, EngineStats } from '../ipc/records.ts'
import { BatchScenario } from '../../test/support/batching.ts'
import { BATCH_LIMITS } from './batcher.ts'

const ids = (records: readonly { id: number }[]) => records.map(({ id }) => id)
const take = (scenario: BatchScenario): Batch => scenario.batcher.take(scenario.nowMs, 0, {} as EngineStats)

describe('a batch', () => {
  it('tells a new connection once, then as changed when packets came', () => {
    const s = new BatchScenario()
    s.udp(1)
    expect(take(s)).toMatchObject({ seq: 1, born: [{ id: 1, packets: [1, 0] }], changed: [] })
    s.udp(1)
    s.udp(1)
    expect(take(s)).toMatchObject({ seq: 2, born: [], changed: [{ id: 1, packets: [3, 0] }] })
    expect(take(s)).toMatchObject({ seq: 3, born: [], changed: [] })
  })

  it('tells packets of a connection that it tells as new only there', () => {
    const s = new BatchScenario()
    s.udp(1)
    s.udp(1)
    expect(take(s)).toMatchObject({ born: [{ packets: [2, 0] }], changed: [] })
  })

  it('tells one that was born and ended since the last one in both lists', () => {
    const s = new BatchScenario()
    s.udp(1)
    s.advance(31_000)
    const batch = take(s)
    expect(batch).toMatchObject({ born: [{ id: 1 }], ended: [{ record: { id: 1 }, cause: EndCause.Timeout }], changed: [] })
    expect(batch.transitions.map(({ kind }) => kind)).toEqual([EventKind.New, EventKind.Destroy])
  })

  it('tells the end of one that was announced, and nothing of it any more', () => {
    const s = new BatchScenario()
    s.udp(1)
    take(s)
    s.udp(1)
    s.advance(31_000)
    expect(take(s)).toMatchObject({ born: [], changed: [], ended: [{ record: { id: 1, packets: [2, 0] } }] })
  })

  it('takes a slot that is used again for the new connection', () => {
    const s = new BatchScenario()
    s.udp(1)
    take(s)
    s.udp(1)
    s.advance(31_000)
    s.udp(2)
    const batch = take(s)
    expect(ids(batch.born)).toEqual([2])
    expect(batch.ended.map(({ record }) => record.id)).toEqual([1])
    expect(batch.changed).toEqual([])
    s.udp(2)
    expect(ids(take(s).changed)).toEqual([2])
  })

  it('numbers transitions without a gap, dated by their packets', () => {
    const s = new BatchScenario()
    s.udp(1)
    s.udpReply(1)
    s.udp(2)
    const { transitions } = take(s)
    expect(transitions.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(transitions.map(({ packet }) => packet)).toEqual([0, 1, 2])
    expect(transitions[0]).toMatchObject({ seconds: Math.floor(s.startMs / 1000), connection: 1 })
  })

  it('links each connection’s packets through the ring', () => {
    const s = new BatchScenario()
    s.udp(1)
    s.udp(2)
    s.udpReply(1)
    s.udp(1)
    const [first] = take(s).born
    expect(first).toMatchObject({ id: 1, lastPacket: 3 })
    expect(s.ring.ofConnection(1, 3, 10).map(({ index }) => index)).toEqual([0, 2, 3])
  })

  it('holds packets only while somebody watches: the newest, and how many others there were', () => {
    const s = new BatchScenario({ packets: 3 })
    s.udp(1)
    expect(take(s)).toMatchObject({ packets: [], packetsSkipped: 0 })
    s.batcher.watchesPackets = true
    for (let i = 0; i < 5; i++) s.udp(1)
    expect(take(s)).toMatchObject({ packets: [{ index: 3 }, { index: 4 }, { index: 5 }], packetsSkipped: 2 })
    expect(take(s)).toMatchObject({ packets: [], packetsSkipped: 0 })
  })

  it('tells an expectation, its meeting, and the line that raised it', () => {
    const s = new BatchScenario()
    s.ftpPassive(10)
    const batch = take(s)
    expect(batch.expectationsRaised).toMatchObject([{ id: 1, master: 1, l3: 4, dport: 5000, helper: 'ftp' }])
    expect(batch.expectationsEnded).toMatchObject([{ id: 1, cause: ExpEndCause.Met, child: 2 }])
    expect(batch.ftp.map(({ kind }) => kind)).toContain('negotiation')
    expect(batch.born.map(({ id, master }) => [id, master])).toEqual([
      [1, 0],
      [2, 1],
    ])
  })
})

describe('a full batch', () => {
  it('leaves the rest to the next one, the longest waiting first', () => {
    const s = new BatchScenario({ connections: 2 })
    for (let i = 1; i <= 5; i++) s.udp(i)
    expect(ids(take(s).born)).toEqual([1, 2])
    s.udp(1)
    expect(take(s)).toMatchObject({ born: [{ id: 3 }, { id: 4 }], changed: [{ id: 1 }] })
    expect(ids(take(s).born)).toEqual([5])
    expect(s.batcher.limits['batches-full']).toBe(2)
  })

  it('gives every changed connection its turn', () => {
    const s = new BatchScenario({ connections: 2 })
    for (let i = 1; i <= 4; i++) s.udp(i)
    take(s)
    take(s)
    const told: number[] = []
    for (let round = 0; round < 4; round++) {
      for (let i = 1; i <= 4; i++) s.udp(i)
      told.push(...ids(take(s).changed))
    }
    expect(told).toEqual([1, 2, 3, 4, 1, 2, 3, 4])
  })

  it('drops transitions above the bound, counts them, and leaves their numbers out', () => {
    const s = new BatchScenario({ waitingTransitions: 3 })
    for (let i = 1; i <= 5; i++) s.udp(i)
    expect(take(s).transitions.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(s.batcher.limits['transitions-dropped']).toBe(2)
    s.udp(6)
    expect(take(s).transitions.map(({ seq }) => seq)).toEqual([6])
  })

  it('drops short-lived connections above the bound, counts them, and never the end of an announced one', () => {
    const s = new BatchScenario({ waitingShortLived: 2 })
    s.udp(1)
    take(s)
    for (let i = 2; i <= 6; i++) s.udp(i)
    s.advance(31_000)
    expect(
      take(s)
        .ended.map(({ record }) => record.id)
        .sort(),
    ).toContain(1)
    expect(s.batcher.limits['short-lived-dropped']).toBe(3)
  })

  it('stays bounded while nothing is taken, whatever passes', () => {
    const s = new BatchScenario({ waitingTransitions: 10, waitingShortLived: 10 }, { ...DEFAULT_SETTINGS, nf_conntrack_max: 64 })
    for (let i = 0; i < 5000; i++) {
      s.udp(i % 60_000)
      if (i % 50 === 0) s.advance(31_000)
    }
    const batch = take(s)
    expect(batch.born.length + batch.changed.length + batch.ended.length).toBeLessThanOrEqual(64 + 10 + 10)
    expect(batch.transitions.length).toBeLessThanOrEqual(10)
  })

  it('has bounds that fit one frame', () => {
    const { connections, ended, transitions, packets } = BATCH_LIMITS
    expect((2 * connections + 2 * ended) * 175 + transitions * 90 + packets * 120).toBeLessThan(32 * 1024 * 1024)
  })
})
