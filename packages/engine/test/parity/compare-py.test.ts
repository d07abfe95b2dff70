/** Our comparison counts as the shared one does. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { describeNeeding, sharedDir } from '../support/index.ts'
import { captureNames, compareCapture } from './captures.ts'
import { compare, totals } from './compare.ts'

const SHARED = path.join(sharedDir, 'oracle/compare.py')
const SAMPLE_EVERY = 60

describeNeeding({ shared: ['oracle/compare.py', 'captures/kernel'], command: 'python3' }, 'the comparison and the shared one', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ctscope-compare-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  /** Equal and total of packets, events, and of entries and expectations together. */
  function shared(kernel: readonly string[], ours: readonly string[]): number[] {
    const [theirs, own] = ['kernel.jsonl', 'ours.jsonl'].map((name) => path.join(folder, name))
    writeFileSync(theirs!, kernel.join('\n'))
    writeFileSync(own!, ours.join('\n'))
    const last = spawnSync('python3', [SHARED, theirs!, own!, '--show', '0'], { encoding: 'utf8' }).stdout.trim().split('\n').at(-1)!
    return [...last.matchAll(/\d+/g)].map(Number)
  }

  const names = captureNames().filter((_, i) => i % SAMPLE_EVERY === 0)
  it.each(names)('count the same: %s', async (name) => {
    const { kernel, verdicts } = await compareCapture(name)
    // As it is, and with some of our answers spoilt.
    const spoilt = verdicts.lines.map((line, i) => {
      if (i % 7 === 3) return line.replace('"state":"ESTABLISHED"', '"state":"INVALID"')
      if (i % 7 === 5) return line.replace('"event":"NEW"', '"event":"UPDATE"').replace('"orig_packets":', '"orig_packets":1')
      return line
    })
    for (const lines of [verdicts.lines, spoilt]) {
      const { packets, events, entries, expectations } = totals(compare(kernel, { ...verdicts, lines }).scores)
      const standing = entries.equal + expectations.equal
      const theirs = shared(kernel, lines).slice(0, 5)
      expect([packets.equal, packets.total, events.equal, events.total, standing]).toEqual(theirs)
    }
  })
})
