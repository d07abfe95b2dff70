import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { CtState, EndCause } from '@ctscope/engine/model'
import type { ConnectionRecord } from '@ctscope/engine/ipc'
import { connection } from '../../test/support/records.ts'
import { CONNECTION_SORTS, type ConnectionSort } from '../api/live.ts'
import { compileFilter, parseFilter } from '../filter/index.ts'
import { connectionAccessor, connectionOrder } from './connection-fields.ts'
import { ConnectionTable } from './connection-table.ts'
import { ConnectionView, Place, REORDER_MS } from './connection-view.ts'

const CLOCK = { nowMs: 0, nowUs: 0 }
const clockOf = (): typeof CLOCK => CLOCK
const ENDED_LIMIT = 5

type Step =
  | { kind: 'born'; bytes: number; master: number }
  | { kind: 'change' | 'end'; pick: number; bytes: number }
  | { kind: 'tick'; waits: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('born' as const), bytes: fc.nat(50), master: fc.nat(6) }),
  fc.record({ kind: fc.constantFrom('change' as const, 'end' as const), pick: fc.nat(1000), bytes: fc.nat(50) }),
  fc.record({ kind: fc.constant('tick' as const), waits: fc.boolean() }),
)

/** The slow reference: plain objects in plain arrays. */
class Reference {
  live: ConnectionRecord[] = []
  ended: ConnectionRecord[] = []

  end(record: ConnectionRecord): void {
    this.live = this.live.filter(({ id }) => id !== record.id)
    this.ended.push(record)
    if (this.ended.length > ENDED_LIMIT) this.ended.shift()
  }

  select(sort: ConnectionSort, isDescending: boolean, withEnded: boolean): number[] {
    const key = ({ id, bytes }: ConnectionRecord): number => (sort === 'bytes' ? bytes[0] + bytes[1] : id)
    const records = [...this.live, ...(withEnded ? this.ended : [])].filter(({ bytes }) => bytes[0] > 10)
    const sign = isDescending ? -1 : 1
    return records.sort((a, b) => sign * (key(a) - key(b) || a.id - b.id)).map(({ id }) => id)
  }
}

function run(steps: readonly Step[], sort: ConnectionSort, isDescending: boolean, withEnded: boolean, isTree: boolean): void {
  const table = new ConnectionTable(ENDED_LIMIT)
  const reference = new Reference()
  const query = {
    predicate: compileFilter(parseFilter('bytes > 10', 'connections'), connectionAccessor(table, clockOf)),
    order: connectionOrder(table, sort, clockOf),
    isDescending,
    withEnded,
    isTree,
    dependsOnClock: false,
  }
  let nowMs = 0
  let nextId = 1
  const view = new ConnectionView(table, query, nowMs)
  const ids = (): number[] => Array.from(view.rows.subarray(0, view.total), (row) => table.columns.at.id[row]!)
  for (const each of [...steps, { kind: 'tick', waits: true } as const]) {
    if (each.kind === 'born') {
      const id = nextId++
      const record = connection(id, { bytes: [each.bytes, 0], master: each.master < id ? each.master : 0 })
      table.add(1, 'eth0', record)
      reference.live.push(record)
    } else if (each.kind === 'tick') {
      nowMs += each.waits ? REORDER_MS : 100
      view.update(nowMs)
      table.endTick()
      const expected = reference.select(sort, isDescending, withEnded)
      // Between orderings the rows are the right ones, though perhaps not in order.
      const isOrdered = each.waits || sort !== 'bytes'
      if (isTree || !isOrdered) expect(ids().sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b))
      else expect(ids()).toEqual(expected)
      for (let position = 0; position < view.total; position++) expect(view.positionOf(view.rows[position]!)).toBe(position)
    } else {
      const record = reference.live[each.pick % Math.max(1, reference.live.length)]
      if (record === undefined) continue
      const row = table.rowOf(record.id)!
      if (each.kind === 'end') {
        table.end(row, EndCause.Timeout, 0)
        reference.end(record)
      } else {
        const changed: ConnectionRecord = { ...record, bytes: [each.bytes, 0], ctState: CtState.Established }
        table.change(1, 'eth0', changed)
        reference.live[reference.live.indexOf(record)] = changed
      }
    }
  }
  expect(table.liveCount).toBe(reference.live.length)
  expect(table.endedCount).toBe(reference.ended.length)
  expect(table.liveByState[CtState.Established]).toBe(reference.live.filter(({ ctState }) => ctState === CtState.Established).length)
}

describe('a view kept up to date tick by tick', () => {
  it('holds what the plain reading of the table holds', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.constantFrom<ConnectionSort>('born', 'bytes'),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        run,
      ),
      { numRuns: 300 },
    )
  })

  it('puts children under their masters, theirs too, and each row once', () => {
    const table = new ConnectionTable(ENDED_LIMIT)
    const masters = [0, 0, 1, 0, 3, 1, 2]
    masters.forEach((master, i) => table.add(1, 'eth0', connection(i + 1, { master })))
    const query = {
      predicate: () => true,
      order: connectionOrder(table, 'born', clockOf),
      isDescending: true,
      withEnded: false,
      isTree: true,
      dependsOnClock: false,
    }
    const view = new ConnectionView(table, query, 0)
    const shown = Array.from(view.rows.subarray(0, view.total), (row, position) => [table.columns.at.id[row], view.placeAt(position)])
    expect(shown).toEqual([
      [4, Place.Top],
      [2, Place.Top],
      [7, Place.LastChild],
      [1, Place.Top],
      [3, Place.Child],
      [5, Place.Child],
      [6, Place.LastChild],
    ])
  })

  it('looks again once a second where time alone changes the answer', () => {
    const table = new ConnectionTable(ENDED_LIMIT)
    const clock = { nowMs: 0, nowUs: 0 }
    table.add(1, 'eth0', connection(1, { deadlineMs: 5000 }))
    const query = {
      predicate: compileFilter(
        parseFilter('timeout < 3', 'connections'),
        connectionAccessor(table, () => clock),
      ),
      order: connectionOrder(table, 'born', () => clock),
      isDescending: true,
      withEnded: false,
      isTree: false,
      dependsOnClock: true,
    }
    const view = new ConnectionView(table, query, 0)
    table.endTick()
    expect(view.total).toBe(0)
    clock.nowMs = 2500
    view.update(500)
    expect(view.total).toBe(0)
    view.update(REORDER_MS)
    expect(view.total).toBe(1)
  })

  it('can be sorted by everything that the contract names', () => {
    const table = new ConnectionTable(ENDED_LIMIT)
    for (let i = 1; i <= 3; i++) table.add(1, 'eth0', connection(i))
    for (const sort of CONNECTION_SORTS) {
      const { compare } = connectionOrder(table, sort, clockOf)
      expect([compare(0, 0), Number.isNaN(compare(0, 1))], sort).toEqual([0, false])
      expect(Math.sign(compare(0, 1)), sort).toBe(-Math.sign(compare(1, 0)) + 0)
    }
  })
})

describe('rows of the table', () => {
  it('are handed out again only after the tick in which they were freed', () => {
    const table = new ConnectionTable(0)
    const row = table.add(1, 'eth0', connection(1))
    table.end(row, EndCause.Timeout, 0)
    expect(table.rowOf(1)).toBeUndefined()
    expect(table.add(1, 'eth0', connection(2))).not.toBe(row)
    table.endTick()
    expect(table.add(1, 'eth0', connection(3))).toBe(row)
    expect(table.endedDropped).toBe(1)
  })

  it('grow without losing what they hold', () => {
    const table = new ConnectionTable(10)
    for (let id = 1; id <= 10_000; id++) table.add(1, 'eth0', connection(id, { bytes: [id, 0] }))
    expect(table.columns.capacity).toBeGreaterThan(10_000)
    for (let id = 1; id <= 10_000; id++) expect(table.columns.at.bytes[table.rowOf(id)! * 2]).toBe(id)
  })

  it('keep a strip of at most sixteen states', () => {
    const table = new ConnectionTable(10)
    const row = table.add(1, 'eth0', connection(1))
    const { stripLength, stripState } = table.columns.at
    const state = (toProtoState: number) =>
      ({ seconds: 0, nanoseconds: 0, toCtState: CtState.New, toProtoState }) as Parameters<ConnectionTable['addState']>[1]
    for (let i = 0; i < 20; i++) table.addState(row, state(i % 10))
    table.addState(row, state(9))
    expect(stripLength[row]).toBe(16)
    expect([...stripState.subarray(row * 16, row * 16 + 16)].map((each) => each & 15)).toEqual([
      4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ])
  })
})
