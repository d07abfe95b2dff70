/**
 * The text of `conntrack -L -o extended`, `-E` and `-L expect` (conntrack-tools 1.4.7; CONNTRACK.md 12), for lists,
 * events and files alike. Browser-safe.
 */

/** ICMP: sport is the id, dport type << 8 | code. GRE: the keys. */
export type TextTuple = { src: string; dst: string; sport: number; dport: number }

export type TextEntry = {
  l3: 'ipv4' | 'ipv6'
  /** Name, or the number as text. */
  l4: string
  /** Whole seconds; null: not said. */
  timeout: number | null
  /** TCP or SCTP state; null: not said. */
  state: string | null
  original: TextTuple
  reply: TextTuple
  /** By direction; null: not said. */
  counters: readonly [Counters, Counters] | null
  isReplied: boolean
  isAssured: boolean
  zone: number
  helper: string | null
}
type Counters = { packets: number; bytes: number }

export type TextExpectation = {
  timeout: number
  l4: string
  tuple: TextTuple
  /** Of the source; the destination is always expected as it is. */
  mask: { src: string; sport: number }
  master: TextTuple
  flags: readonly string[]
  class: number
  helper: string
  zone: number
}

const L4_NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
}

function l4Number(l4: string): number {
  return L4_NUMBERS[l4] ?? Number(l4)
}

/** A line of `conntrack -L`; `isExtended` as with `-o extended`. */
export function listLine(entry: TextEntry, isExtended = true): string {
  const l3 = isExtended ? `${entry.l3.padEnd(8)} ${entry.l3 === 'ipv4' ? 2 : 10} ` : ''
  return `${l3}${entryText(entry, ['mark=0'], ['use=1'])}`
}

export type TextEvent = 'NEW' | 'UPDATE' | 'DESTROY'

/** A line of `conntrack -E`. */
export function eventLine(event: TextEvent, entry: TextEntry): string {
  return `${`[${event}]`.padStart(9)} ${entryText(entry, [], [])}`
}

function entryText(entry: TextEntry, beforeZone: readonly string[], last: readonly string[]): string {
  const { l4 } = entry
  const known = l4 in L4_NUMBERS
  const parts = [`${(known ? l4 : 'unknown').padEnd(8)} ${l4Number(l4)}`]
  if (entry.timeout !== null) parts.push(String(Math.floor(entry.timeout)))
  if (entry.state !== null) parts.push(entry.state)
  parts.push(tupleText(l4, entry.original))
  if (entry.counters !== null) parts.push(countersText(entry.counters[0]))
  if (!entry.isReplied) parts.push('[UNREPLIED]')
  parts.push(tupleText(l4, entry.reply))
  if (entry.counters !== null) parts.push(countersText(entry.counters[1]))
  if (entry.isAssured) parts.push('[ASSURED]')
  parts.push(...beforeZone)
  if (entry.zone !== 0) parts.push(`zone=${entry.zone}`)
  if (entry.helper !== null) parts.push(`helper=${entry.helper}`)
  parts.push(...last)
  return parts.join(' ')
}

function tupleText(l4: string, { src, dst, sport, dport }: TextTuple): string {
  const addresses = `src=${src} dst=${dst}`
  switch (l4) {
    case 'tcp':
    case 'udp':
    case 'sctp':
    case 'dccp':
    case 'udplite':
      return `${addresses} sport=${sport} dport=${dport}`
    case 'icmp':
    case 'icmpv6':
      return `${addresses} type=${dport >> 8} code=${dport & 255} id=${sport}`
    case 'gre':
      return `${addresses} srckey=0x${sport.toString(16)} dstkey=0x${dport.toString(16)}`
    default:
      return addresses
  }
}

function countersText({ packets, bytes }: Counters): string {
  return `packets=${packets} bytes=${bytes}`
}

/** A line of `conntrack -L expect`. */
export function expectationLine(expectation: TextExpectation): string {
  return `${Math.floor(expectation.timeout)} ${expectationText(expectation)}`
}

/** A line of `conntrack -E expect`: both events show the timeout as it is. */
export function expectationEventLine(event: 'NEW' | 'DESTROY', expectation: TextExpectation): string {
  return `${`[${event}]`.padStart(9)} ${expectationLine(expectation)}`
}

function expectationText(expectation: TextExpectation): string {
  const { tuple, mask, master } = expectation
  const parts = [
    `proto=${l4Number(expectation.l4)}`,
    `src=${tuple.src} dst=${tuple.dst} sport=${tuple.sport} dport=${tuple.dport}`,
    `mask-src=${mask.src} mask-dst=${fullMask(tuple.dst)} sport=${mask.sport} dport=65535`,
    `master-src=${master.src} master-dst=${master.dst} sport=${master.sport} dport=${master.dport}`,
  ]
  if (expectation.zone !== 0) parts.push(`zone=${expectation.zone}`)
  if (expectation.flags.length > 0) parts.push(expectation.flags.join(','))
  parts.push(`class=${expectation.class}`, `helper=${expectation.helper}`)
  return parts.join(' ')
}

function fullMask(address: string): string {
  return address.includes(':') ? 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' : '255.255.255.255'
}
