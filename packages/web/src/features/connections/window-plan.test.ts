import { describe, expect, it } from 'vitest'
import { T0_MS, viewOf } from '../../../test/connections.ts'
import { EMPTY_TABLE, mergeView, type Anchor } from '../../store/connections.ts'
import { isSameWindow, isVolatileSort, localOf, OVERSCAN, planWindow, rowAtLocal } from './window-plan.ts'

const ids = Array.from({ length: 60 }, (_, index) => 1000 - index)
const table = mergeView(EMPTY_TABLE, viewOf(0, ids), T0_MS, { anchor: null, holdsOrder: false })
const LOOSE = { table, visible: { first: 0, last: 20 }, isHeld: false, isVolatile: false, cursor: null, anchor: null }

describe('planWindow', () => {
  it('asks for what is in view and some rows beyond, from the top', () => {
    expect(planWindow(LOOSE).window).toEqual({ offset: 0, limit: 20 + OVERSCAN, anchor: null })
  })

  it('anchors the first row in view while held', () => {
    const plan = planWindow({ ...LOOSE, isHeld: true, visible: { first: 5, last: 25 } })
    expect(plan.anchor).toEqual({ id: 995, local: 5 })
    expect(plan.window.anchor).toEqual({ id: 995, index: 5 })
  })

  it('anchors the row that is read rather than the first', () => {
    expect(planWindow({ ...LOOSE, isHeld: true, cursor: 990 }).anchor).toEqual({ id: 990, local: 10 })
  })

  it('keeps an anchor that is still in the window, and takes another when it is not', () => {
    const anchor: Anchor = { id: 999, local: 1 }
    expect(planWindow({ ...LOOSE, isHeld: true, anchor }).anchor).toBe(anchor)
    expect(planWindow({ ...LOOSE, isHeld: true, anchor, visible: { first: 30, last: 50 } }).anchor).toEqual({ id: 970, local: 30 })
  })

  it('asks by place where the rows there are not known yet', () => {
    const plan = planWindow({ ...LOOSE, isHeld: true, visible: { first: 500, last: 520 } })
    expect(plan.anchor).toBeNull()
    expect(plan.window).toEqual({ offset: 500 - OVERSCAN, limit: 20 + 2 * OVERSCAN, anchor: null })
  })

  it('counts places from the shift', () => {
    const shifted = mergeView(table, viewOf(40, ids), T0_MS, { anchor: { id: 1000, local: 0 }, holdsOrder: false })
    const plan = planWindow({ ...LOOSE, table: shifted, isHeld: true })
    expect(shifted.shift).toBe(40)
    expect(plan.anchor).toEqual({ id: 1000, local: 0 })
    expect(plan.window.offset).toBe(40)
    expect(localOf(shifted, 990)).toBe(10)
    expect(rowAtLocal(shifted, 10)?.row.id).toBe(990)
  })

  it('never anchors in an order that traffic changes', () => {
    expect(planWindow({ ...LOOSE, isHeld: true, isVolatile: true, cursor: 990 }).anchor).toBeNull()
    expect(isVolatileSort('bytes')).toBe(true)
    expect(isVolatileSort('born')).toBe(false)
  })
})

describe('isSameWindow', () => {
  it('does not look at the offset where there is an anchor', () => {
    const anchor = { id: 1, index: 2 }
    expect(isSameWindow({ offset: 1, limit: 9, anchor }, { offset: 8, limit: 9, anchor: { ...anchor } })).toBe(true)
    expect(isSameWindow({ offset: 1, limit: 9, anchor: null }, { offset: 8, limit: 9, anchor: null })).toBe(false)
    expect(isSameWindow({ offset: 1, limit: 9, anchor }, { offset: 1, limit: 9, anchor: { id: 1, index: 3 } })).toBe(false)
  })
})
