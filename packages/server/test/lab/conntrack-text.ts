/**
 * Reads what conntrack(8) 1.4.7 prints with `-o timestamp,extended,id`: events, table, expectations (CONNTRACK.md 12).
 * A line it cannot read is an error: a test must not pass because the kernel's answer was skipped.
 */

export type KernelTuple = { src: string; dst: string; sport: number; dport: number }
export type KernelSide = KernelTuple & {
  /** null: accounting is off, or an event other than DESTROY. */
  packets: number | null
  bytes: number | null
}

export type KernelEntry = {
  l3: 'ipv4' | 'ipv6'
  l4: number
  /** Whole seconds; null in a DESTROY that has none. */
  timeoutS: number | null
  /** TCP's or SCTP's state where the message holds it. */
  state: string | null
  /** ICMP as in REST: sport is the id, dport is type << 8 | code. */
  original: KernelSide
  reply: KernelSide
  seenReply: boolean
  assured: boolean
  helper: string | null
  zone: number
  /** The kernel's id of the entry, the same in events and dumps. */
  id: number
}

export type KernelEventKind = 'NEW' | 'UPDATE' | 'DESTROY'
/** `atUs`: when conntrack(8) got it, µs since 1970. */
export type KernelEvent = { atUs: number; kind: KernelEventKind; entry: KernelEntry }

export type KernelExpectation = {
  l4: number
  timeoutS: number
  tuple: KernelTuple
  mask: KernelTuple
  master: KernelTuple
  flags: string[]
  class: number
  helper: string
}
export type KernelExpectationEvent = { atUs: number; kind: 'NEW' | 'DESTROY'; expectation: KernelExpectation }

// Of expectations the microseconds are padded on the right with spaces, not on the left with zeros.
const EVENT = /^\[(?<seconds>\d+)\.(?<micros>\d+) *\]\s+\[(?<kind>[A-Z]+)\]\s+(?<rest>.*)$/
const ENTRY = /^(?<l3>ipv4|ipv6)\s+\d+\s+\S+\s+(?<l4>\d+)\s+(?:(?<timeout>\d+)\s+)?(?:(?<state>[A-Z][A-Z0-9_]*)\s+)?(?<rest>src=.*)$/
const EXPECTATION = /^(?<timeout>\d+) proto=(?<l4>\d+) (?<rest>src=.*)$/

export function parseEvent(line: string): KernelEvent {
  const { atUs, kind, rest } = parseEventHead(line)
  if (kind !== 'NEW' && kind !== 'UPDATE' && kind !== 'DESTROY') throw unreadable('event', line)
  return { atUs, kind, entry: parseEntry(rest) }
}

export function parseExpectationEvent(line: string): KernelExpectationEvent {
  const { atUs, kind, rest } = parseEventHead(line)
  if (kind !== 'NEW' && kind !== 'DESTROY') throw unreadable('expectation event', line)
  return { atUs, kind, expectation: parseExpectation(rest) }
}

export function parseEntry(line: string): KernelEntry {
  const head = ENTRY.exec(line)?.groups
  if (!head) throw unreadable('entry', line)
  const words = (head.rest as string).split(/\s+/)
  const sides = words.flatMap((word, at) => (word.startsWith('src=') ? [at] : []))
  const [originalAt, replyAt] = sides
  if (sides.length !== 2 || originalAt === undefined || replyAt === undefined) throw unreadable('entry', line)
  const original = fieldsOf(words.slice(originalAt, replyAt))
  const reply = fieldsOf(words.slice(replyAt))
  const isIcmp = original.has('type')
  return {
    l3: head.l3 as KernelEntry['l3'],
    l4: Number(head.l4),
    timeoutS: head.timeout === undefined ? null : Number(head.timeout),
    state: head.state ?? null,
    original: sideOf(original, line),
    reply: sideOf(reply, line),
    seenReply: !words.includes('[UNREPLIED]'),
    assured: words.includes('[ASSURED]'),
    helper: reply.get('helper')?.[0] ?? null,
    zone: Number(reply.get('zone')?.[0] ?? 0),
    // ICMP tuples have an `id` of their own, which comes before the entry's.
    id: Number(required(reply.get('id')?.[isIcmp ? 1 : 0], line)),
  }
}

export function parseExpectation(line: string): KernelExpectation {
  const head = EXPECTATION.exec(line)?.groups
  if (!head) throw unreadable('expectation', line)
  const words = (head.rest as string).split(/\s+/)
  const fields = fieldsOf(words)
  const flags = words.filter((word) => /^[A-Z_,]+$/.test(word)).flatMap((word) => word.split(','))
  const tuple = (src: string, dst: string, nth: number): KernelTuple => ({
    src: required(fields.get(src)?.[0], line),
    dst: required(fields.get(dst)?.[0], line),
    sport: Number(required(fields.get('sport')?.[nth], line)),
    dport: Number(required(fields.get('dport')?.[nth], line)),
  })
  return {
    l4: Number(head.l4),
    timeoutS: Number(head.timeout),
    tuple: tuple('src', 'dst', 0),
    mask: tuple('mask-src', 'mask-dst', 1),
    master: tuple('master-src', 'master-dst', 2),
    flags,
    class: Number(required(fields.get('class')?.[0], line)),
    helper: fields.get('helper')?.[0] ?? '',
  }
}

function parseEventHead(line: string): { atUs: number; kind: string; rest: string } {
  const head = EVENT.exec(line)?.groups
  if (!head) throw unreadable('event', line)
  return { atUs: Number(head.seconds) * 1e6 + Number(head.micros), kind: head.kind as string, rest: head.rest as string }
}

/** Values by key, in the order in which they stand: some keys come more than once. */
function fieldsOf(words: readonly string[]): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  for (const word of words) {
    const equals = word.indexOf('=')
    if (equals < 0) continue
    const key = word.slice(0, equals)
    fields.set(key, [...(fields.get(key) ?? []), word.slice(equals + 1)])
  }
  return fields
}

function sideOf(fields: Map<string, string[]>, line: string): KernelSide {
  const number = (key: string) => Number(required(fields.get(key)?.[0], line))
  const counter = (key: string) => (fields.has(key) ? number(key) : null)
  const ids = fields.has('type')
    ? { sport: number('id'), dport: (number('type') << 8) | number('code') }
    : { sport: counter('sport') ?? 0, dport: counter('dport') ?? 0 }
  return {
    src: required(fields.get('src')?.[0], line),
    dst: required(fields.get('dst')?.[0], line),
    ...ids,
    packets: counter('packets'),
    bytes: counter('bytes'),
  }
}

function required(value: string | undefined, line: string): string {
  if (value === undefined) throw unreadable('line', line)
  return value
}

function unreadable(what: string, line: string): Error {
  return new Error(`not an ${what} as conntrack 1.4.7 prints it: ${line}`)
}
