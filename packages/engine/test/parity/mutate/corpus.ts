/** What breaks are tried on: the random captures that `npm test` asks the kernel about, and the shared ones, with the kernel's answers. */
import { readFileSync, rmSync } from 'node:fs'
import { captureNames, compareCapture } from '../captures.ts'
import { fuzz } from '../fuzz.ts'
import { TESTED, TESTED_EDGES } from '../tested-seeds.ts'
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
  const folders: string[] = []
  for (const options of [TESTED_EDGES, TESTED]) {
    const agreeing: { seed: number; capture: string }[] = []
    const { folder } = await fuzz({ ...options, keep: true }, ({ seed, capture, comparison }) => {
      if (comparison.differences.length > 0) differing.push(`seed ${seed} of ${options.kinds.join()}`)
      else agreeing.push({ seed, capture })
    })
    folders.push(folder)
    for (const { seed, capture } of agreeing.sort((a, b) => a.seed - b.seed)) {
      const { lines: ours, protocols } = await verdictsOf(capture)
      const kernel = readFileSync(`${capture}.jsonl`, 'utf8').split('\n')
      samples.push({ name: `seed ${seed} of ${options.kinds.join()}`, file: capture, protocols: new Set(protocols), kernel, ours })
    }
  }
  for (const name of captureNames()) {
    const { file, kernel, verdicts, comparison } = await compareCapture(name)
    if (comparison.differences.length > 0) differing.push(name)
    else samples.push({ name, file, protocols: new Set(verdicts.protocols), kernel, ours: verdicts.lines })
  }
  const remove = () => {
    for (const folder of folders) rmSync(folder, { recursive: true })
  }
  return { samples, differing, remove }
}
