import { describe, expect, it } from 'vitest'
import { connectionRow, T0_MS, viewOf } from '../../test/connections.ts'
import { EMPTY_TABLE, mergeView, type Anchor } from './connections.ts'

const HELD_BY = (anchor: Anchor | null, holdsOrder = false) => ({ anchor, holdsOrder })
const idsOf = (table: ReturnType<typeof mergeView>) => table.rows.map((item) => item?.row.id)

describe('mergeView', () => {
  it('shows a first view as it is', () => {
    const table = mergeView(EMPTY_TABLE, viewOf(0, [9, 8, 7]), T0_MS, HELD_BY(null))
    expect(idsOf(table)).toEqual([9, 8, 7])
    expect(table).toMatchObject({ isLoaded: true, offset: 0, total: 1000, shift: 0 })
  })

  it('keeps the objects of rows that did not change and replaces those that did', () => {
    const before = mergeView(EMPTY_TABLE, viewOf(0, [2, 1]), T0_MS, HELD_BY(null))
    const changed = { ...viewOf(0, [2, 1]), rows: [connectionRow(1, { tcp: 'FIN_WAIT' })] }
    const after = mergeView(before, changed, T0_MS, HELD_BY(null))
    expect(after.rows[0]).toBe(before.rows[0])
    expect(after.rows[1]).not.toBe(before.rows[1])
    expect(after.rows[1]?.row.tcp).toBe('FIN_WAIT')
  })

  it('counts a time out from the moment of the message', () => {
    const table = mergeView(EMPTY_TABLE, { ...viewOf(0, [1]), rows: [connectionRow(1, { timeout: 2.5 })] }, T0_MS, HELD_BY(null))
    expect(table.rows[0]?.expiresAt).toBe(T0_MS + 2500)
  })

  it('raises the shift by what came above the anchor, so that it keeps its local index', () => {
    const before = mergeView(EMPTY_TABLE, viewOf(0, [9, 8, 7]), T0_MS, HELD_BY(null))
    const after = mergeView(before, viewOf(312, [9, 8, 7]), T0_MS, HELD_BY({ id: 8, local: 1 }))
    expect(after.shift).toBe(312)
    expect(after.offset - after.shift).toBe(0)
  })

  it('keeps the first common row in place when the anchor is gone', () => {
    const before = mergeView(EMPTY_TABLE, viewOf(0, [9, 8, 7]), T0_MS, HELD_BY(null))
    const after = mergeView(before, viewOf(5, [9, 7]), T0_MS, HELD_BY({ id: 8, local: 1 }))
    expect(after.shift).toBe(5)
  })

  it('keeps its place when a message of the old window comes after the anchor was let go', () => {
    const held = mergeView(EMPTY_TABLE, viewOf(4, [9, 8]), T0_MS, HELD_BY({ id: 9, local: 0 }))
    expect(held.shift).toBe(4)
    expect(mergeView(held, viewOf(5, [9, 8]), T0_MS, HELD_BY(null)).shift).toBe(4)
    expect(mergeView(held, viewOf(0, [11, 10]), T0_MS, HELD_BY(null)).shift).toBe(0)
  })

  it('leaves rows in their places while an order that traffic changes is held, and renews their values', () => {
    const before = mergeView(EMPTY_TABLE, viewOf(0, [1, 2, 3]), T0_MS, HELD_BY(null))
    const shuffled = { ...viewOf(0, [3, 1, 2]), rows: [connectionRow(3, { invalidPackets: 4 })] }
    const after = mergeView(before, shuffled, T0_MS, HELD_BY(null, true))
    expect(idsOf(after)).toEqual([1, 2, 3])
    expect(after.rows[2]?.row.invalidPackets).toBe(4)
  })
})
