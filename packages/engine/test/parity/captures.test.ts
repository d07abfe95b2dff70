/** Every shared capture against what the kernel said of it, wholly. Prints the score by protocol. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNeeding } from '../support/index.ts'
import { captureNames, type CaptureResult, compareCapture } from './captures.ts'
import { type Fact, FACTS } from './compare.ts'
import { addTo, type ScoresByProtocol, scoreText } from './score-table.ts'

const PATIENCE_MS = 600_000
const SHOWN = 5

describeNeeding({ shared: ['captures/files', 'captures/kernel'] }, 'equal to the kernel on every shared capture', () => {
  const results: Omit<CaptureResult, 'verdicts' | 'kernel'>[] = []
  const differentLines: string[] = []
  const withoutReason: string[] = []

  beforeAll(async () => {
    for (const name of captureNames()) {
      const { verdicts, kernel, ...result } = await compareCapture(name)
      results.push(result)
      const isPacket = (line: string) => /^\{"kind": ?"packet"/.test(line)
      if (verdicts.lines.filter(isPacket).length !== kernel.filter(isPacket).length) differentLines.push(name)
      verdicts.lines.filter(isPacket).forEach((line, frame) => {
        if (line.includes('"state":"INVALID"') && verdicts.reasons[frame]!.code === 'NONE') withoutReason.push(`${name} ${frame}`)
      })
    }
  }, PATIENCE_MS)

  afterAll(() => {
    const sum: ScoresByProtocol = new Map()
    for (const { comparison } of results) addTo(sum, comparison.scores)
    console.log(`${scoreText(sum)}\n${results.length} captures`)
  })

  const differences = (fact: Fact) =>
    results.flatMap(({ name, comparison }) =>
      comparison.differences
        .filter((each) => each.fact === fact)
        .slice(0, SHOWN)
        .map(({ frame, text }) => `${name} ${frame}: ${text.slice(0, 400)}`),
    )

  it('answers each frame with one line', () => {
    expect(results.length).toBeGreaterThan(300)
    expect(differentLines).toEqual([])
  })

  it('gives each INVALID packet a reason', () => {
    expect(withoutReason).toEqual([])
  })

  it.each(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'NONE'])('has packets that the kernel calls %s', (state) => {
    expect(results.flatMap(({ comparison }) => comparison.byState.get(state) ?? []).length).toBeGreaterThan(100)
  })

  it.each(FACTS)('agrees on all %s', (fact) => {
    expect(differences(fact)).toEqual([])
  })
})
