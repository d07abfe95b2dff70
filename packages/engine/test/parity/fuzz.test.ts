/** Random traffic, bent at random, asked of the running kernel and of us; and with each setting that changes an answer. */
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeNeeding } from '../support/index.ts'
import { totals } from './compare.ts'
import { fuzz, type FuzzOptions } from './fuzz.ts'
import { KERNEL_NEEDS } from './kernel.ts'
import { addTo, type ScoresByProtocol, scoreText } from './score-table.ts'
import { SYSCTL_MATRIX } from './sysctl-matrix.ts'
import { TESTED, TESTED_EDGES } from './tested-seeds.ts'

const PATIENCE_MS = 280_000
/** Far from the others. */
const SETTINGS_SEED = 5000
const SHOWN = 3
const TEXT_SHOWN = 500

async function differences(options: FuzzOptions): Promise<{ differing: string[]; scores: ScoresByProtocol }> {
  const differing: string[] = []
  const scores: ScoresByProtocol = new Map()
  const { folder } = await fuzz(options, ({ seed, bend, comparison }) => {
    addTo(scores, comparison.scores)
    for (const { fact, frame, text } of comparison.differences.slice(0, SHOWN)) {
      differing.push(`seed ${seed} bend ${bend} ${fact} ${frame}: ${text.slice(0, TEXT_SHOWN)}`)
    }
  })
  rmSync(folder, { recursive: true })
  return { differing, scores }
}

describeNeeding(KERNEL_NEEDS, 'equal to the running kernel', () => {
  it.each([
    ['of everything', TESTED],
    ['of edges', TESTED_EDGES],
  ] as const)(
    'on random captures %s',
    async (_, options) => {
      const { differing, scores } = await differences(options)
      console.log(scoreText(scores))
      expect(differing).toEqual([])
      expect(totals(scores).packets.total).toBeGreaterThan(options.seeds * options.packets * 0.9)
    },
    PATIENCE_MS,
  )

  it(
    `with each of ${SYSCTL_MATRIX.length} settings`,
    async () => {
      const all: string[] = []
      for (const [i, { title, question }] of SYSCTL_MATRIX.entries()) {
        const { differing } = await differences({ ...TESTED, ...question, firstSeed: SETTINGS_SEED + i, seeds: 1 })
        all.push(...differing.map((text) => `${title}: ${text}`))
      }
      expect(all).toEqual([])
    },
    PATIENCE_MS,
  )
})
