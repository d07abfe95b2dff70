/**
 * Holds our answer on a capture against the kernel's: each packet's state and direction, its events in order, and the
 * entries and expectations that stand at the end. Ids are each tracker's own affair.
 */
type Line = Record<string, unknown> & { kind: string }
type Event = Record<string, unknown> & { event: string }

export type Score = { equal: number; total: number }
export type Comparison = {
  packets: Score
  events: Score
  entries: Score
  expectations: Score
  /** The kernel's packet states with their numbers: state → frame → equal. */
  byState: Map<string, { frame: number; isEqual: boolean }[]>
  /** The first differences of each kind, to debug with. */
  differences: string[]
  /** Helpers that the kernel named. */
  helpers: Set<string>
}

const MAX_DIFFERENCES = 5
/** s that the kernel's remaining times may lie below ours: it reads them a little later; and above: rounding. */
const LATER_S = 2
const ROUNDING_S = 1
/** For what stands at the end: the kernel took the capture's whole time of asking. */
const END_LATER_S = 30

export function compare(kernel: readonly string[], ours: readonly string[]): Comparison {
  const k = sort(kernel)
  const o = sort(ours)
  const out: Comparison = {
    packets: { equal: 0, total: 0 },
    events: { equal: 0, total: 0 },
    entries: { equal: 0, total: 0 },
    expectations: { equal: 0, total: 0 },
    byState: new Map(),
    differences: [],
    helpers: new Set(),
  }
  for (const [frame, theirs] of k.packets) {
    const own = o.packets.get(frame)
    comparePacket(out, frame, theirs, own)
    compareEvents(out, frame, theirs, own)
  }
  out.packets.total += [...o.packets.keys()].filter((frame) => !k.packets.has(frame)).length
  compareStanding(out, out.entries, k.entries, o.entries, entryFacts)
  compareStanding(out, out.expectations, k.expectations, o.expectations, expectationFacts)
  return out
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

function comparePacket(out: Comparison, frame: number, theirs: Line, own: Line | undefined): void {
  const state = theirs['state'] as string
  const isEqual = own !== undefined && own['state'] === state && own['dir'] === theirs['dir']
  count(out.packets, isEqual)
  const list = out.byState.get(state) ?? []
  list.push({ frame, isEqual })
  out.byState.set(state, list)
  if (!isEqual) {
    differ(out, `packet ${frame}: kernel ${state} ${String(theirs['dir'])} (${String(theirs['why'])}), ours ${String(own?.['state'])} ${String(own?.['dir'])} (${String(own?.['why'])})`) // prettier-ignore
  }
}

function compareEvents(out: Comparison, frame: number, theirs: Line, own: Line | undefined): void {
  const kernel = (theirs['events'] ?? []) as Event[]
  const ours = (own?.['events'] ?? []) as Event[]
  for (let i = 0; i < Math.max(kernel.length, ours.length); i++) {
    const k = kernel[i]
    const o = ours[i]
    if (typeof k?.['helper'] === 'string') out.helpers.add(k['helper'])
    const isEqual = k !== undefined && o !== undefined && isSameEvent(k, o)
    count(out.events, isEqual)
    if (!isEqual) differ(out, `packet ${frame} event ${i}:\n  kernel ${JSON.stringify(k)}\n  ours   ${JSON.stringify(o)}`)
  }
}

const EVENT_FACTS = ['event', 'orig', 'reply', 'tuple', 'mask', 'status', 'tcp', 'sctp', 'helper', 'master', 'flags'] as const

function isSameEvent(k: Event, o: Event): boolean {
  // The kernel says less of what it removes, and DYING of none that a lookup removed.
  const isEnd = k.event === 'DESTROY' || k.event === 'EXP_DESTROY'
  const isSame = EVENT_FACTS.every(
    (fact) => (isEnd && (fact === 'status' || k[fact] === undefined)) || JSON.stringify(k[fact]) === JSON.stringify(o[fact]),
  )
  return isSame && (isEnd || isNear(k['timeout'], o['timeout'], LATER_S))
}

function isNear(kernel: unknown, ours: unknown, laterS: number): boolean {
  if (typeof kernel !== 'number' || typeof ours !== 'number') return true
  return kernel - ours >= -laterS && kernel - ours <= ROUNDING_S
}

function entryFacts(e: Line): string {
  const { orig, reply, status, tcp, sctp, helper, master } = e
  return JSON.stringify([
    orig,
    reply,
    status,
    tcp,
    sctp,
    helper,
    master,
    e['orig_packets'],
    e['orig_bytes'],
    e['reply_packets'],
    e['reply_bytes'],
  ])
}

function expectationFacts(e: Line): string {
  const { tuple, mask, master, helper, flags } = e
  return JSON.stringify([tuple, mask, master, helper, flags, e['class']])
}

/** Two sets of what stands at the end; the timeouts of those that fit each other too. */
function compareStanding(out: Comparison, score: Score, kernel: Line[], ours: Line[], facts: (line: Line) => string): void {
  const left = new Map<string, Line[]>()
  for (const line of ours) {
    const key = facts(line)
    left.set(key, [...(left.get(key) ?? []), line])
  }
  let matched = 0
  for (const line of kernel) {
    if (typeof line['helper'] === 'string') out.helpers.add(line['helper'])
    const own = left.get(facts(line))?.pop()
    const isEqual = own !== undefined && isNear(line['timeout'], own['timeout'], END_LATER_S)
    if (isEqual) matched++
    else differ(out, `${line.kind}: the kernel has ${JSON.stringify(line)}${own === undefined ? '' : `, ours ${JSON.stringify(own)}`}`)
  }
  for (const line of [...left.values()].flat()) differ(out, `${line.kind}: only ours has ${JSON.stringify(line)}`)
  score.equal += matched
  score.total += Math.max(kernel.length, ours.length)
}

function count(score: Score, isEqual: boolean): void {
  score.total++
  if (isEqual) score.equal++
}

function differ(out: Comparison, text: string): void {
  if (out.differences.length < MAX_DIFFERENCES) out.differences.push(text)
}

export function isWhole(score: Score): boolean {
  return score.equal === score.total
}

export function percent({ equal, total }: Score): number {
  return total === 0 ? 100 : (equal / total) * 100
}
