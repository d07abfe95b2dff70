/**
 * Holds our answer on a capture against the kernel's, fact by fact: each packet's state and direction, its events in
 * order, the entries and expectations that stand at the end, and the reason of each INVALID packet and of whatever the
 * kernel logged a reason for. Ids are each tracker's own affair.
 *
 * As strict as ../shared/oracle/compare.py, and stricter in these: the order of status bits, the counters of DESTROY, the
 * class of an expectation, and timeouts of what stands at the end.
 */
import type { Verdicts } from './verdicts-of.ts'
import { isSameCause } from './why-table.ts'

type Line = Record<string, unknown> & { kind: string }
type Event = Record<string, unknown> & { event: string }
type Tuple = readonly unknown[]

export const FACTS = ['packets', 'events', 'entries', 'expectations', 'reasons'] as const
export type Fact = (typeof FACTS)[number]
export type Score = { equal: number; total: number }
export type Scores = Record<Fact, Score>

export type Difference = {
  fact: Fact
  /** −1: what stands at the end. */
  frame: number
  text: string
}

export type Comparison = {
  /** By protocol. */
  scores: Map<string, Scores>
  /** The kernel's packet states with their numbers: state → frame → equal. */
  byState: Map<string, { frame: number; isEqual: boolean }[]>
  differences: Difference[]
}

/** s that the kernel's remaining times may lie below ours: it reads them a little later; and above: rounding. */
const LATER_S = 2
const ROUNDING_S = 1
/** For what stands at the end: the kernel took the capture's whole time of asking. */
const END_LATER_S = 30
const TUPLE_L4 = 4

export function noScores(): Scores {
  const none = (): Score => ({ equal: 0, total: 0 })
  return { packets: none(), events: none(), entries: none(), expectations: none(), reasons: none() }
}

export function compare(kernel: readonly string[], ours: Verdicts): Comparison {
  return new Comparer(ours).run(kernel)
}

export function isWhole(comparison: Comparison): boolean {
  return comparison.differences.length === 0
}

/** Over all protocols. */
export function totals(scores: Map<string, Scores>): Scores {
  const sum = noScores()
  for (const each of scores.values()) addScores(sum, each)
  return sum
}

export function addScores(into: Scores, from: Scores): void {
  for (const fact of FACTS) {
    into[fact].equal += from[fact].equal
    into[fact].total += from[fact].total
  }
}

class Comparer {
  private readonly ours: Verdicts
  private readonly out: Comparison = { scores: new Map(), byState: new Map(), differences: [] }

  constructor(ours: Verdicts) {
    this.ours = ours
  }

  run(kernelLines: readonly string[]): Comparison {
    const kernel = sort(kernelLines)
    const ours = sort(this.ours.lines)
    for (const [frame, theirs] of kernel.packets) {
      const own = ours.packets.get(frame)
      this.packet(frame, theirs, own)
      this.events(frame, theirs, own)
      this.reason(frame, theirs, own)
    }
    for (const frame of ours.packets.keys()) {
      if (!kernel.packets.has(frame)) this.count(this.protocol(frame), 'packets', false, frame, 'only ours has it')
    }
    this.standing('entries', kernel.entries, ours.entries, entryFacts)
    this.standing('expectations', kernel.expectations, ours.expectations, expectationFacts)
    return this.out
  }

  private protocol(frame: number): string {
    return this.ours.protocols[frame] ?? 'not IP'
  }

  private packet(frame: number, theirs: Line, own: Line | undefined): void {
    const state = theirs['state'] as string
    const isEqual = own !== undefined && own['state'] === state && own['dir'] === theirs['dir']
    const list = this.out.byState.get(state) ?? []
    this.out.byState.set(state, list)
    list.push({ frame, isEqual })
    const text = () => `kernel ${told(theirs)}, ours ${own === undefined ? 'nothing' : told(own)}`
    this.count(this.protocol(frame), 'packets', isEqual, frame, text)
  }

  private events(frame: number, theirs: Line, own: Line | undefined): void {
    const kernel = (theirs['events'] ?? []) as Event[]
    const ours = (own?.['events'] ?? []) as Event[]
    for (let i = 0; i < Math.max(kernel.length, ours.length); i++) {
      const k = kernel[i]
      const o = ours[i]
      const isEqual = k !== undefined && o !== undefined && isSameEvent(k, o)
      const text = () => `event ${i}\n    kernel ${JSON.stringify(k)}\n    ours   ${JSON.stringify(o)}`
      this.count(this.protocol(frame), 'events', isEqual, frame, text)
    }
  }

  private reason(frame: number, theirs: Line, own: Line | undefined): void {
    const whys = (theirs['why'] ?? []) as string[]
    const isInvalid = theirs['state'] === 'INVALID'
    if (!isInvalid && whys.length === 0) return
    const told = this.ours.reasons[frame]
    const isEqual = told !== undefined && (told.code !== 'NONE' || !isInvalid) && isSameCause(whys, told)
    const text = () => `kernel ${JSON.stringify(whys)}, ours ${told?.code} ${told?.args.join(' ')} ${JSON.stringify(own?.['why'])}`
    this.count(this.protocol(frame), 'reasons', isEqual, frame, text)
  }

  /** Two sets of what stands at the end; the timeouts of those that fit each other too. */
  private standing(fact: Fact, kernel: Line[], ours: Line[], facts: (line: Line) => string): void {
    const left = new Map<string, Line[]>()
    for (const line of ours) {
      const key = facts(line)
      left.set(key, [...(left.get(key) ?? []), line])
    }
    for (const line of kernel) {
      const own = left.get(facts(line))?.pop()
      const isEqual = own !== undefined && isNear(line['timeout'], own['timeout'], END_LATER_S)
      const text = () => `the kernel has ${JSON.stringify(line)}${own === undefined ? '' : `, ours ${JSON.stringify(own)}`}`
      this.count(protocolOf(line), fact, isEqual, -1, text)
    }
    for (const line of [...left.values()].flat()) {
      this.count(protocolOf(line), fact, false, -1, () => `only ours has ${JSON.stringify(line)}`)
    }
  }

  private count(protocol: string, fact: Fact, isEqual: boolean, frame: number, text: string | (() => string)): void {
    const scores = this.out.scores.get(protocol) ?? noScores()
    this.out.scores.set(protocol, scores)
    scores[fact].total++
    if (isEqual) scores[fact].equal++
    else this.out.differences.push({ fact, frame, text: typeof text === 'string' ? text : text() })
  }
}

function sort(lines: readonly string[]) {
  const packets = new Map<number, Line>()
  const entries: Line[] = []
  const expectations: Line[] = []
  for (const text of lines) {
    if (text === '') continue
    const line = JSON.parse(text) as Line
    if (line.kind === 'packet') packets.set(line['i'] as number, line)
    else if (line.kind === 'entry') entries.push(line)
    else if (line.kind === 'expect') expectations.push(line)
  }
  return { packets, entries, expectations }
}

function told(line: Line): string {
  return `${String(line['state'])} ${String(line['dir'])} (${((line['why'] ?? []) as string[]).join('; ')})`
}

const EVENT_FACTS = ['event', 'orig', 'reply', 'tuple', 'mask', 'status', 'tcp', 'sctp', 'helper', 'master', 'flags', 'class'] as const
const COUNTERS = ['orig_packets', 'orig_bytes', 'reply_packets', 'reply_bytes'] as const

function isSameEvent(k: Event, o: Event): boolean {
  // The kernel says less of what it removes, and DYING of none that a lookup removed.
  const isEnd = k.event === 'DESTROY' || k.event === 'EXP_DESTROY'
  const isSame = EVENT_FACTS.every(
    (fact) => (isEnd && (fact === 'status' || k[fact] === undefined)) || JSON.stringify(k[fact]) === JSON.stringify(o[fact]),
  )
  if (!isEnd) return isSame && isNear(k['timeout'], o['timeout'], LATER_S)
  return isSame && COUNTERS.every((fact) => k[fact] === undefined || k[fact] === o[fact])
}

function isNear(kernel: unknown, ours: unknown, laterS: number): boolean {
  if (typeof kernel !== 'number' || typeof ours !== 'number') return true
  return kernel - ours >= -laterS && kernel - ours <= ROUNDING_S
}

function entryFacts(e: Line): string {
  const { orig, reply, status, tcp, sctp, helper, master } = e
  return JSON.stringify([orig, reply, status, tcp, sctp, helper, master, ...COUNTERS.map((counter) => e[counter])])
}

function expectationFacts(e: Line): string {
  const { tuple, mask, master, helper, flags } = e
  return JSON.stringify([tuple, mask, master, helper, flags, e['class']])
}

function protocolOf(line: Line): string {
  return String(((line['orig'] ?? line['tuple']) as Tuple)[TUPLE_L4])
}
