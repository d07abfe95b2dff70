/** `npm run parity`: our verdicts against the kernel's. Prints a table by protocol; exit code 1 on any difference. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { missing } from '../support/requirements.ts'
import { captureNames, compareCapture } from './captures.ts'
import { type Comparison, isWhole, noScores } from './compare.ts'
import { fuzz, type FuzzOptions, KINDS } from './fuzz.ts'
import { Kernel, KERNEL_NEEDS, type Question } from './kernel.ts'
import { DEFAULTS, pace, SHORT } from './pace/pace.ts'
import { writeReport } from './report.ts'
import { addTo, type ScoresByProtocol, scoreText } from './score-table.ts'
import { shrink } from './shrink.ts'
import { SYSCTL_MATRIX } from './sysctl-matrix.ts'

const HELP = `npm run parity [-- OPTIONS]   our verdicts against the Linux kernel's

Without options: every shared capture against the kernel's recorded answer.
  --capture FILE      only this one, by its name, or a file of yours asked of the running kernel
  --fuzz N            N random captures asked of the running kernel (root)
    --seed S          the first seed, default 1
    --packets P       of each, default 1000
    --kinds A,B       default all: ${KINDS.join()}
    --bend B,C        how often a packet is bent, seed by seed in turn, default 0.05,0.12,0.3
    --workers W       kernels asked at once, default 2
  --sysctl            random captures with each of ${SYSCTL_MATRIX.length} settings (root); --seed, --packets, --kinds, --bend
    --seeds N         captures for each, default 4
  --live              the lab's traffic: recorded there, with what the kernel said (root)
  --pace real         timeouts against the wall clock (root)
  --report            write docs/kernel-agreement.md from what was run
  --show N            differences to print of each capture, default 3
  --no-shrink         do not look for the fewest packets that still differ`

const { values: options } = parseArgs({
  options: {
    capture: { type: 'string', multiple: true },
    fuzz: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '4' },
    packets: { type: 'string', default: '1000' },
    kinds: { type: 'string', default: KINDS.join() },
    bend: { type: 'string', default: '0.05,0.12,0.3' },
    workers: { type: 'string', default: '2' },
    sysctl: { type: 'boolean' },
    live: { type: 'boolean' },
    pace: { type: 'string' },
    report: { type: 'boolean' },
    show: { type: 'string', default: '3' },
    'no-shrink': { type: 'boolean' },
    help: { type: 'boolean' },
  },
})

export type Part = {
  title: string
  scores: ScoresByProtocol
  captures: number
  differing: number
  /** Sentences of what else there is to know. */
  notes: string[]
}

type Differing = { name: string; file: string; question: Question; comparison: Comparison }

const TEXT_SHOWN = 600
const SHRUNK_AT_MOST = 5
const TOLD_AT_MOST = 20
const SHRUNK_DIR = path.join(tmpdir(), 'ctscope-parity-shrunk')
const shown = Number(options.show)

function part(title: string): Part {
  return { title, scores: new Map(), captures: 0, differing: 0, notes: [] }
}

function printDifferences({ differences }: Comparison): void {
  for (const { fact, frame, text } of differences.slice(0, shown)) {
    console.log(`  ${fact}, ${frame < 0 ? 'at the end' : `packet ${frame}`}: ${text.slice(0, TEXT_SHOWN)}`)
  }
  if (differences.length > shown) console.log(`  and ${differences.length - shown} more`)
}

async function tell(differing: readonly Differing[]): Promise<void> {
  const kernel = options['no-shrink'] === true || missing(KERNEL_NEEDS) !== undefined ? undefined : new Kernel()
  mkdirSync(SHRUNK_DIR, { recursive: true })
  for (const [i, { name, file, question, comparison }] of differing.slice(0, TOLD_AT_MOST).entries()) {
    console.log(`\ndiffers: ${name} ${JSON.stringify(question)}`)
    printDifferences(comparison)
    if (kernel === undefined || i >= SHRUNK_AT_MOST) continue
    const small = await shrink(kernel, file, path.join(SHRUNK_DIR, path.basename(file)), question)
    if (small === null) {
      console.log('  Asked again, the kernel does not differ from us.')
      continue
    }
    console.log(`  ${small.frames.length} packets still differ (${small.frames.join(' ')}): ${small.file}, the kernel's answer beside it`)
    printDifferences(small.comparison)
  }
  await kernel?.close()
}

async function runCaptures(names: readonly string[]): Promise<Part> {
  const out = part('The shared captures')
  const differing: Differing[] = []
  for (const name of names) {
    const { comparison, file } = await compareCapture(name)
    take(out, comparison, { name, file, question: {}, comparison }, differing)
  }
  print(out)
  await tell(differing)
  return out
}

function take(out: Part, comparison: Comparison, as: Differing, differing: Differing[]): void {
  out.captures++
  addTo(out.scores, comparison.scores)
  if (isWhole(comparison)) return
  out.differing++
  differing.push(as)
}

function print(out: Part): void {
  console.log(`\n${out.title}\n${scoreText(out.scores)}`)
  console.log(`${out.captures} captures, ${out.differing} differ`)
  for (const note of out.notes) console.log(note)
}

function numbers(text: string): number[] {
  return text.split(',').map(Number)
}

function fuzzOptions(seeds: number, question: Question): FuzzOptions {
  return {
    ...question,
    firstSeed: Number(options.seed),
    seeds,
    packets: Number(options.packets),
    kinds: options.kinds.split(','),
    bends: numbers(options.bend),
    workers: Number(options.workers),
  }
}

const PROGRESS_EVERY = 100

async function runFuzz(title: string, rounds: readonly FuzzOptions[]): Promise<Part> {
  const out = part(title)
  const differing: Differing[] = []
  const folders: string[] = []
  let askedAgain = 0
  for (const round of rounds) {
    const { folder, unwritten } = await fuzz(round, ({ comparison, seed, bend, capture: file, asked, question }) => {
      if (asked > 1 && isWhole(comparison)) askedAgain++
      take(out, comparison, { name: `seed ${seed}, bend ${bend}`, file, question, comparison }, differing)
      if (out.captures % PROGRESS_EVERY === 0) process.stderr.write(`${out.captures} captures, ${out.differing} differ\n`)
    })
    folders.push(folder)
    if (unwritten > 0) out.notes.push(`${unwritten} seeds that fuzz.py breaks on were passed over.`)
  }
  if (askedAgain > 0) out.notes.push(`${askedAgain} captures were the same only when the kernel was asked again: its own answer varied.`)
  print(out)
  await tell(differing)
  keep(differing, folders)
  return out
}

/** What differs stays for whoever looks into it, the rest goes. */
function keep(differing: readonly Differing[], folders: readonly string[]): void {
  mkdirSync(SHRUNK_DIR, { recursive: true })
  for (const { file } of differing) {
    const kept = path.join(SHRUNK_DIR, `whole-${path.basename(file)}`)
    copyFileSync(file, kept)
    console.log(`kept: ${kept}`)
  }
  for (const folder of folders) rmSync(folder, { recursive: true })
}

async function runFiles(title: string, files: readonly string[]): Promise<Part> {
  const out = part(title)
  const differing: Differing[] = []
  const kernel = new Kernel()
  const { askBoth } = await import('./both.ts')
  for (const file of files) {
    const copy = path.join(SHRUNK_DIR, `asked-${path.basename(file)}`)
    mkdirSync(SHRUNK_DIR, { recursive: true })
    copyFileSync(file, copy)
    const { comparison } = await askBoth(kernel, copy)
    take(out, comparison, { name: file, file: copy, question: {}, comparison }, differing)
  }
  await kernel.close()
  print(out)
  await tell(differing)
  return out
}

async function runPace(): Promise<Part> {
  const out = part('Timeouts against the wall clock')
  const sum = noScores()
  // Each in a namespace of its own, so both at once.
  const runs = await Promise.all([DEFAULTS, SHORT].map(async (run) => ({ run, result: await pace(run) })))
  for (const { run, result } of runs) {
    const { watched, ended, differences } = result
    out.notes.push(`With ${run.title}: ${watched} entries watched, ${ended} ended, ${differences.length} more than a second apart.`)
    for (const text of differences) console.log(`  ${text}`)
    sum.entries.total += watched
    sum.entries.equal += watched - differences.length
    out.captures++
    if (differences.length > 0) out.differing++
  }
  out.scores.set('timeouts', sum)
  print(out)
  return out
}

function needKernel(): void {
  const reason = missing(KERNEL_NEEDS)
  if (reason === undefined) return
  console.error(`parity: the running kernel cannot be asked: it ${reason}`)
  process.exit(2)
}

async function main(): Promise<void> {
  if (options.help === true) {
    console.log(HELP)
    return
  }
  const unknown = options.kinds.split(',').filter((kind) => !KINDS.includes(kind))
  if (unknown.length > 0) {
    console.error(`parity: no such kind of traffic: ${unknown.join(', ')}; there are ${KINDS.join(', ')}`)
    process.exitCode = 2
    return
  }
  const asksKernel = options.fuzz !== undefined || options.sysctl === true || options.live === true || options.pace !== undefined
  if (asksKernel) needKernel()
  const parts: Part[] = []
  if (options.capture !== undefined) {
    const known = new Set(captureNames())
    const named = options.capture.filter((name) => known.has(name))
    const files = options.capture.filter((name) => !known.has(name))
    if (named.length > 0) parts.push(await runCaptures(named))
    if (files.length > 0) {
      needKernel()
      parts.push(await runFiles('Files asked of the running kernel', files))
    }
  } else if (!asksKernel || options.report === true) parts.push(await runCaptures(captureNames()))
  if (options.fuzz !== undefined) parts.push(await runFuzz('Random traffic', [fuzzOptions(Number(options.fuzz), {})]))
  if (options.sysctl === true) {
    const seeds = Number(options.seeds)
    parts.push(
      await runFuzz(
        'Random traffic with other settings',
        SYSCTL_MATRIX.map(({ question }, i) => ({ ...fuzzOptions(seeds, question), firstSeed: Number(options.seed) + i * seeds })),
      ),
    )
  }
  if (options.live === true) {
    const recorded = process.env['CTSCOPE_LAB_CAPTURE']
    if (recorded === undefined) throw new Error('the lab’s traffic was not recorded')
    parts.push(await runFiles('The lab’s traffic', [recorded]))
  }
  if (options.pace !== undefined) parts.push(await runPace())
  if (options.report === true) writeReport(parts)
  process.exitCode = parts.some(({ differing }) => differing > 0) ? 1 : 0
}

await main()
