/** Random captures, fuzz.py's and those of our own generators, asked of the running kernel and of us. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { askBoth, type BothAnswers } from './both.ts'
import { HELPER_KINDS, type HelperKind, helperTraffic } from './generate/helper-traffic.ts'
import { Kernel, type Question } from './kernel.ts'
import { mendChecksums } from './mend-checksums.ts'

/** fuzz.py's kinds of traffic. */
const FUZZ_KINDS = ['tcp', 'ftp', 'udp', 'icmp', 'sctp', 'gre', 'frag', 'alg', 'odd'] as const
export const KINDS: readonly string[] = [...FUZZ_KINDS, ...HELPER_KINDS]

/** Of three captures one is of our generators, where kinds of both are wanted. */
const OURS_EVERY = 3

export type FuzzOptions = Question & {
  firstSeed: number
  seeds: number
  packets: number
  kinds: readonly string[]
  /** Seed by seed in turn: how often a packet is bent. */
  bends: readonly number[]
  /** How many kernels are asked at once, in a namespace each. */
  workers: number
  /** Captures that agree stay as well. */
  keep?: boolean
}

export type FuzzResult = BothAnswers & { seed: number; bend: number; capture: string; question: Question }

/** Writes the capture of a seed. False: fuzz.py cannot, it breaks on its own traffic now and then. */
export async function writeCapture(kernel: Kernel, seed: number, capture: string, options: FuzzOptions): Promise<boolean> {
  const bend = bendOf(seed, options)
  const theirs = options.kinds.filter((kind) => (FUZZ_KINDS as readonly string[]).includes(kind))
  const ours = options.kinds.filter((kind): kind is HelperKind => (HELPER_KINDS as readonly string[]).includes(kind))
  if (ours.length > 0 && (theirs.length === 0 || seed % OURS_EVERY === 0)) {
    writeFileSync(capture, helperTraffic({ seed, packets: options.packets, kinds: ours, bend }))
  } else {
    try {
      await kernel.writeRandom(capture, { seed, packets: options.packets, bend, only: theirs.join() })
    } catch {
      return false
    }
  }
  if (options.checksums === true) mendChecksums(capture, seed)
  return true
}

const bendOf = (seed: number, { bends }: FuzzOptions) => bends[Math.floor(seed / OURS_EVERY) % bends.length]!

/** Each capture that differs stays where its result says; the caller removes `folder` of it. */
export async function fuzz(options: FuzzOptions, onResult: (result: FuzzResult) => void): Promise<{ folder: string; unwritten: number }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ctscope-parity-'))
  const { firstSeed, seeds, settings, checksums } = options
  const question: Question = { ...(settings && { settings }), ...(checksums !== undefined && { checksums }) }
  let next = firstSeed
  let unwritten = 0
  const work = async () => {
    const kernel = new Kernel()
    try {
      while (next < firstSeed + seeds) {
        const seed = next++
        const capture = path.join(folder, `${seed}.pcap`)
        if (!(await writeCapture(kernel, seed, capture, options))) {
          unwritten++
          continue
        }
        const both = await askBoth(kernel, capture, question)
        onResult({ ...both, seed, bend: bendOf(seed, options), capture, question })
        if (both.comparison.differences.length === 0 && options.keep !== true)
          for (const file of [capture, `${capture}.jsonl`]) rmSync(file)
      }
    } finally {
      await kernel.close()
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.workers, seeds) }, work))
  return { folder, unwritten }
}
