import { beforeEach, describe, expect, it } from 'vitest'
import { ApiFault } from '../api-fault.ts'
import { IdSnapshots } from './id-snapshots.ts'

let nowMs: number
let snapshots: IdSnapshots

beforeEach(() => {
  nowMs = 0
  snapshots = new IdSnapshots(16, 60_000, () => nowMs)
})

const IDS = Float64Array.from({ length: 25 }, (_, i) => i + 1)

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof ApiFault) return error.code
    throw error
  }
  return 'none'
}

describe('cursors', () => {
  it('name the rest of a list, and none is made when there is no rest', () => {
    expect(snapshots.first('connections', IDS, 25).cursor).toBeNull()
    const first = snapshots.first('connections', IDS, 10)
    const second = snapshots.next<number>('connections', first.cursor!, 10)
    const third = snapshots.next<number>('connections', second.cursor!, 10)
    expect([...first.items, ...second.items, ...third.items]).toEqual([...IDS])
    expect([first.total, second.total, third.total, third.cursor]).toEqual([25, 25, 25, null])
    // Asked again, the same page comes.
    expect(snapshots.next('connections', first.cursor!, 10).items).toEqual(second.items)
  })

  it('live for a minute after their last use, then they are gone', () => {
    const { cursor } = snapshots.first('connections', IDS, 10)
    nowMs = 59_000
    expect(codeOf(() => snapshots.next('connections', cursor!, 10))).toBe('none')
    nowMs = 118_000
    expect(codeOf(() => snapshots.next('connections', cursor!, 10))).toBe('none')
    nowMs = 118_000 + 60_001
    expect(codeOf(() => snapshots.next('connections', cursor!, 10))).toBe('ERR_CURSOR_EXPIRED')
  })

  it('are sixteen at most: the one that was not used for longest goes', () => {
    const cursors = Array.from({ length: 16 }, () => snapshots.first('connections', IDS, 10).cursor!)
    snapshots.next('connections', cursors[0]!, 10)
    snapshots.first('connections', IDS, 10)
    expect(codeOf(() => snapshots.next('connections', cursors[0]!, 10))).toBe('none')
    expect(codeOf(() => snapshots.next('connections', cursors[1]!, 10))).toBe('ERR_CURSOR_EXPIRED')
    expect(snapshots.evicted).toBe(1)
  })

  it('are refused where they are wrong', () => {
    const { cursor } = snapshots.first('connections', IDS, 10)
    const [name] = cursor!.split('.')
    for (const wrong of ['', 'x', name!, `${name}.`, `${name}.-1`, `${name}.26`, `${name}.1e3`, `${name}.10.10`]) {
      expect(
        codeOf(() => snapshots.next('connections', wrong, 10)),
        wrong,
      ).toBe('ERR_CURSOR')
    }
    expect(codeOf(() => snapshots.next('packets', cursor!, 10))).toBe('ERR_CURSOR')
  })
})
