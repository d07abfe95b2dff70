/** What breaks are tried on: the random captures that `npm test` asks the kernel about, and the shared ones, with the kernel's answers. */
import { readFileSync, rmSync } from 'node:fs'
import { captureNames, compareCapture } from '../captures.ts'
import { fuzz } from '../fuzz.ts'
import { TESTED } from '../tested-seeds.ts'
import { verdictsOf } from '../verdicts-of.ts'

export type Sample = { name: string; file: string; protocols: ReadonlySet<string>; kernel: string[]; ours: string[] }
export type Corpus = {
  samples: Sample[]
  /** Captures that do not agree as it is, and so are of no use here. */
  differing: string[]
  remove: () => void
}

export async function corpus(): Promise<Corpus> {
  const samples: Sample[] = []
  const differing: string[] = []
  const random: { seed: number; capture: string }[] = []
  const { folder } = await fuzz({ ...TESTED, keep: true }, ({ seed, capture, comparison }) => {
    if (comparison.differences.length > 0) differing.push(`seed ${seed}`)
    else random.push({ seed, capture })
  })
  for (const { seed, capture } of random.sort((a, b) => a.seed - b.seed)) {
    const { lines: ours, protocols } = await verdictsOf(capture)
    const kernel = readFileSync(`${capture}.jsonl`, 'utf8').split('\n')
    samples.push({ name: `seed ${seed}`, file: capture, protocols: new Set(protocols), kernel, ours })
  }
  for (const name of captureNames()) {
    const { file, kernel, verdicts, comparison } = await compareCapture(name)
    if (comparison.differences.length > 0) differing.push(name)
    else samples.push({ name, file, protocols: new Set(verdicts.protocols), kernel, ours: verdicts.lines })
  }
  return { samples, differing, remove: () => rmSync(folder, { recursive: true }) }
}
