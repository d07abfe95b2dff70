/** One capture asked of the running kernel and of us. */
import { compare, type Comparison, isWhole } from './compare.ts'
import type { Kernel, Question } from './kernel.ts'
import { verdictsOf } from './verdicts-of.ts'

/** On a busy machine seconds may pass between two packets of a capture: what differs is asked again. */
const MOST_TIMES = 3

export type BothAnswers = {
  comparison: Comparison
  /** How often the kernel was asked until its answer was ours. */
  asked: number
}

export async function askBoth(kernel: Kernel, capture: string, question: Question = {}): Promise<BothAnswers> {
  const ours = await verdictsOf(capture, { settings: { ...question.settings, nf_conntrack_checksum: question.checksums === true ? 1 : 0 } })
  for (let asked = 1; ; asked++) {
    const comparison = compare(await kernel.ask(capture, question), ours)
    if (isWhole(comparison) || asked === MOST_TIMES) return { comparison, asked }
  }
}
