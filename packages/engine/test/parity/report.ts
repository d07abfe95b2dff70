/** docs/kernel-agreement.md: the scores of a run, with the kernel they were measured against. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import path from 'node:path'
import { repositoryDir } from '../support/shared.ts'
import { type ScoresByProtocol, scoreRows } from './score-table.ts'

export type ReportPart = { title: string; scores: ScoresByProtocol; captures: number; differing: number; notes: readonly string[] }

const FILE = path.join(repositoryDir, 'docs/kernel-agreement.md')

export function writeReport(parts: readonly ReportPart[]): void {
  const text = [
    '# Agreement with the kernel',
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)} against Linux ${kernelVersion()} by \`npm run parity -- --report\`. A cell is`,
    '`equal/compared`: packets by state and direction, events in order with all that they carry, the entries and expectations',
    'that stand at the end, and reasons: each INVALID packet has one, and it names the cause that the kernel logged, if it did.',
    ...parts.flatMap(sectionOf),
    '',
  ].join('\n')
  mkdirSync(path.dirname(FILE), { recursive: true })
  writeFileSync(FILE, text)
  console.log(`\nwritten: ${path.relative(repositoryDir, FILE)}`)
}

/** As far as it is of interest: the release without the builder's suffix. */
function kernelVersion(): string {
  return /^\d+\.\d+\.\d+/.exec(release())?.[0] ?? release()
}

function sectionOf({ title, scores, captures, differing, notes }: ReportPart): string[] {
  const [head = [], ...rows] = scoreRows(scores)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    '',
    `## ${title}`,
    '',
    `${captures} captures, of which ${differing === 0 ? 'none differs' : `${differing} differ`}.${notes.map((note) => ` ${note}`).join('')}`,
    '',
    line(head),
    line(head.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ]
}
