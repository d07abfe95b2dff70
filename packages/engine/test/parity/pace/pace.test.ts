/** Timeouts against the kernel's clock; the defaults, which take two minutes, by `npm run parity -- --pace real`. */
import { describe, expect, it } from 'vitest'
import { describeNeeding } from '../../support/index.ts'
import { KERNEL_NEEDS } from '../kernel.ts'
import { pace, SHORT } from './pace.ts'
import { apart, kernelTimeline, type Timeline } from './timeline.ts'

const PATIENCE_MS = 90_000

describeNeeding(KERNEL_NEEDS, 'entries run out when the running kernel’s do', () => {
  it(
    SHORT.title,
    async () => {
      const { watched, ended, differences } = await pace(SHORT)
      expect(differences).toEqual([])
      expect(watched).toBeGreaterThan(35)
      expect(ended).toBeGreaterThanOrEqual(watched - 1)
    },
    PATIENCE_MS,
  )
})

describe('timelines held together', () => {
  const tuple = ['a', 1, 'b', 2, 'tcp']
  const kernel = kernelTimeline([0, 1, 2, 3, 4].map((at) => ({ at, sent: 1, entries: at < 3 ? [[tuple, 9]] : [], expects: [] })))
  const ended = (...ends: number[]): Timeline => new Map([[JSON.stringify(tuple), ends.map((end) => ({ lastSeen: end, end }))]])

  it('reads the end between the last look with it and the first without', () => {
    expect([...kernel.values()]).toEqual([[{ lastSeen: 2, end: 3 }]])
  })

  it.each<[string, Timeline, boolean]>([
    ['within the looks', ended(2.5), true],
    ['a second early', ended(1.1), true],
    ['more than a second early', ended(0.9), false],
    ['more than a second late', ended(4.1), false],
    ['never', ended(Infinity), false],
    ['unknown', new Map(), false],
    ['again', ended(2.5, 4.5), false],
  ])('%s', (_, ours, isEqual) => {
    expect(apart(kernel, ours, 10).length === 0).toBe(isEqual)
  })
})
