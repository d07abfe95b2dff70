/**
 * Breaks the engine in one place at a time, each cell of the TCP and SCTP tables and each bound of the window test, and
 * looks whether parity notices. Prints the survivors; exit code 1 when fewer than 95 % are caught.
 */
import { compare, isWhole } from '../compare.ts'
import { verdictsOf as plainVerdicts, type Verdicts } from '../verdicts-of.ts'
import { corpus, type Sample } from './corpus.ts'
import { SOURCE_BREAKS } from './source-breaks.ts'
import { sctpBreaks, tcpBreaks } from './table-breaks.ts'

const ENOUGH = 0.95
type Ask = (file: string) => Promise<Verdicts>

/** By which sample, or undefined. What caught the last one is asked first. */
async function caughtBy(samples: Sample[], ask: Ask): Promise<string | undefined> {
  for (const [at, sample] of samples.entries()) {
    const verdicts = await ask(sample.file)
    const isSame = verdicts.lines.length === sample.ours.length && verdicts.lines.every((line, i) => line === sample.ours[i])
    if (isSame || isWhole(compare(sample.kernel, verdicts))) continue
    samples.splice(at, 1)
    samples.unshift(sample)
    return sample.name
  }
  return undefined
}

class Tally {
  caught = 0
  readonly survivors: string[] = []
  readonly title: string

  constructor(title: string) {
    this.title = title
  }

  add(name: string, by: string | undefined): void {
    if (by !== undefined) this.caught++
    else {
      this.survivors.push(name)
      console.log(`survives: ${name}`)
    }
  }

  get total(): number {
    return this.caught + this.survivors.length
  }

  toString(): string {
    if (this.total === 0) return `${this.title}: not asked for`
    return `${this.title}: ${this.caught} of ${this.total} caught (${((this.caught / this.total) * 100).toFixed(1)} %)`
  }
}

const chosen = process.argv.slice(2)
const isChosen = (part: string) => chosen.length === 0 || chosen.includes(part)

const { samples, differing, remove } = await corpus()
console.log(`${samples.length} captures, ${differing.length} left out that differ as it is: ${differing.join(', ')}`)
const of = (protocol: string) => samples.filter(({ protocols }) => protocols.has(protocol))
const tallies: Tally[] = []

for (const [title, breaks, protocol] of [
  ['TCP table', tcpBreaks(), 'tcp'],
  ['SCTP table', sctpBreaks(), 'sctp'],
] as const) {
  if (!isChosen(protocol)) continue
  const tally = new Tally(title)
  tallies.push(tally)
  const order = of(protocol)
  for (const { name, apply, undo } of breaks) {
    apply()
    tally.add(name, await caughtBy(order, plainVerdicts))
    undo()
  }
  console.log(tally.toString())
}

const tally = new Tally('window test')
tallies.push(tally)
const order = of('tcp')
for (const [number, { file, from, to }] of isChosen('window') ? SOURCE_BREAKS.entries() : []) {
  const { verdictsOf } = (await import(`../verdicts-of.ts?break=${number}`)) as { verdictsOf: Ask }
  tally.add(`${file}: ${from.trim()} becomes ${to.trim() || 'nothing'}`, await caughtBy(order, verdictsOf))
}
remove()

for (const each of tallies) console.log(each.toString())
process.exitCode = tallies.every(({ caught, total }) => total === 0 || caught / total >= ENOUGH) ? 0 : 1
