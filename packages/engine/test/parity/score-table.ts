/** Scores as a table: a row for each protocol, a column for each kind of fact, `equal/total` in a cell. */
import { addScores, FACTS, noScores, type Score, type Scores, totals } from './compare.ts'

export type ScoresByProtocol = Map<string, Scores>

export function addTo(sum: ScoresByProtocol, scores: ScoresByProtocol): void {
  for (const [protocol, each] of scores) {
    const row = sum.get(protocol) ?? noScores()
    sum.set(protocol, row)
    addScores(row, each)
  }
}

/** Percent, with as many digits as it takes not to call whole what is not. */
export function percent({ equal, total }: Score): string {
  return total === 0 ? '–' : `${((Math.floor((equal / total) * 1e5) / 1e5) * 100).toFixed(3)} %`
}

export function scoreRows(sum: ScoresByProtocol): string[][] {
  const cell = ({ equal, total }: Score) => (total === 0 ? '·' : `${equal}/${total}`)
  const row = (name: string, scores: Scores) => [name, ...FACTS.map((fact) => cell(scores[fact]))]
  const all = totals(sum)
  return [
    ['', ...FACTS],
    ...[...sum].sort(([a], [b]) => a.localeCompare(b)).map(([protocol, scores]) => row(protocol, scores)),
    row('all', all),
    ['', ...FACTS.map((fact) => percent(all[fact]))],
  ]
}

export function scoreText(sum: ScoresByProtocol): string {
  return scoreRows(sum)
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart(16))).join(''))
    .join('\n')
}
