/**
 * Every shared capture against what the kernel said of it: packets' states, events in order, entries, expectations.
 * Prints the score by protocol and state.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNeeding, sharedDir } from '../support/index.ts'
import { HelperRegistry } from '../../src/helpers/registry.ts'
import { DEFAULT_HELPERS, L4 } from '../../src/model/index.ts'
import { type Comparison, compare, isWhole, percent, type Score } from './compare.ts'
import { verdictsOf } from './verdicts-of.ts'

const FILES = path.join(sharedDir, 'captures/files')
const KERNEL = path.join(sharedDir, 'captures/kernel')
const PATIENCE_MS = 600_000
/** Their traffic raises expectations only on the host that sends it (CONNTRACK.md 8.5): there is nothing to be missed. */
const LOCAL_ONLY = ['netbios-ns', 'snmp']

/** Helpers that are named but raise no expectation here: where the kernel used one, its children differ. */
function missingHelpers(): Set<string> {
  const registry = new HelperRegistry(DEFAULT_HELPERS)
  const silent = DEFAULT_HELPERS.filter(
    ({ helper, l4 }) => registry.get(registry.numberOf(helper, l4 === 'tcp' ? L4.Tcp : L4.Udp)).help === undefined,
  )
  return new Set(silent.map(({ helper }) => helper).filter((name) => !LOCAL_ONLY.includes(name)))
}

type Result = { file: string; comparison: Comparison; frames: number; lines: number; protocols: string[]; withoutReason: number }

async function run(file: string): Promise<Result> {
  const kernel = gunzipSync(readFileSync(path.join(KERNEL, `${file}.jsonl.gz`)))
    .toString()
    .split('\n')
  const { lines, protocols } = await verdictsOf(path.join(FILES, file))
  const isPacket = (line: string) => line.startsWith('{"kind":"packet"')
  return {
    file,
    comparison: compare(kernel, lines),
    frames: kernel.filter((line) => line.startsWith('{"kind": "packet"')).length,
    lines: lines.filter(isPacket).length,
    protocols,
    withoutReason: lines.filter((line) => isPacket(line) && line.includes('"state":"INVALID"') && !line.includes('"why"')).length,
  }
}

function add(into: Score, from: Score): void {
  into.equal += from.equal
  into.total += from.total
}

const show = (score: Score) => `${score.equal}/${score.total} ${percent(score).toFixed(3)} %`

/** Rows: protocol, columns: the kernel's state. */
function table(results: readonly Result[]): string {
  const cells = new Map<string, Map<string, Score>>()
  for (const { comparison, protocols } of results) {
    for (const [state, frames] of comparison.byState) {
      for (const { frame, isEqual } of frames) {
        const row = cells.get(protocols[frame] ?? '?') ?? new Map<string, Score>()
        cells.set(protocols[frame] ?? '?', row)
        const cell = row.get(state) ?? { equal: 0, total: 0 }
        row.set(state, cell)
        add(cell, { equal: Number(isEqual), total: 1 })
      }
    }
  }
  const states = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'NONE']
  const line = (cellsOf: readonly string[]) => cellsOf.map((cell, i) => (i === 0 ? cell.padEnd(9) : cell.padStart(14))).join('')
  const rows = [...cells]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([protocol, row]) =>
      line([protocol, ...states.map((state) => (row.has(state) ? `${row.get(state)!.equal}/${row.get(state)!.total}` : '·'))]),
    )
  return [line(['', ...states]), ...rows].join('\n')
}

describeNeeding({ shared: ['captures/files', 'captures/kernel'] }, 'equal to the kernel on every shared capture', () => {
  const results: Result[] = []

  beforeAll(async () => {
    for (const file of readdirSync(FILES).sort()) results.push(await run(file))
  }, PATIENCE_MS)

  afterAll(() => {
    const sum = (what: (c: Comparison) => Score) => {
      const score = { equal: 0, total: 0 }
      for (const { comparison } of results) add(score, what(comparison))
      return show(score)
    }
    const differing = results.filter(({ comparison: c }) => ![c.packets, c.events, c.entries, c.expectations].every(isWhole))
    console.log(
      [
        table(results),
        `${results.length} captures: packets ${sum((c) => c.packets)}, events ${sum((c) => c.events)}, entries ${sum((c) => c.entries)}, expectations ${sum((c) => c.expectations)}`,
        ...differing.map(({ file, comparison: c }) => `differs: ${file} (helpers: ${[...c.helpers].join(', ')})`),
      ].join('\n'),
    )
  })

  it('answers each frame with one line', () => {
    expect(results.length).toBeGreaterThan(300)
    expect(results.filter(({ frames, lines }) => frames !== lines).map(({ file }) => file)).toEqual([])
  })

  it('gives each INVALID packet a reason', () => {
    expect(results.filter(({ withoutReason }) => withoutReason > 0).map(({ file }) => file)).toEqual([])
  })

  it('agrees on at least 99.5 percent of all packets', () => {
    const score = { equal: 0, total: 0 }
    for (const { comparison } of results) add(score, comparison.packets)
    expect(percent(score)).toBeGreaterThanOrEqual(99.5)
  })

  it.each([{ state: 'NEW' }, { state: 'ESTABLISHED' }, { state: 'RELATED' }, { state: 'INVALID' }])(
    'agrees on at least 98 percent of those that the kernel calls $state',
    ({ state }) => {
      const frames = results.flatMap(({ comparison }) => comparison.byState.get(state) ?? [])
      expect(frames.length).toBeGreaterThan(100)
      expect(percent({ equal: frames.filter((f) => f.isEqual).length, total: frames.length })).toBeGreaterThanOrEqual(98)
    },
  )

  it('agrees wholly where FTP is the only helper', () => {
    const ftp = results.filter(({ comparison: { helpers } }) => helpers.size === 1 && helpers.has('ftp'))
    expect(ftp.length).toBeGreaterThan(20)
    expect(ftp.flatMap(({ file, comparison }) => comparison.differences.map((d) => `${file}: ${d}`))).toEqual([])
  })

  it('agrees wholly where no missing helper is met', () => {
    const missing = missingHelpers()
    const known = results.filter(({ comparison: { helpers } }) => ![...helpers].some((name) => missing.has(name)))
    expect(known.length).toBeGreaterThan(300)
    expect(known.flatMap(({ file, comparison }) => comparison.differences.map((d) => `${file}: ${d}`))).toEqual([])
  })
})
