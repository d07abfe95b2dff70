/**
 * The four announcements of FTP as the kernel's helper reads them (CONNTRACK.md 7.4): RFC 959 (PORT, 227) and RFC 2428
 * (EPRT, 229). Reading is generous where the kernel's is: numbers wrap, letters may be of either case.
 */
import { Dir } from '../../model/index.ts'
import { parseIpv6 } from './ipv6-text.ts'

export type Mode = 'PORT' | 'EPRT' | 'PASV' | 'EPSV'

/** What stands in the way of a match. */
export const Misread = { None: 0, Incomplete: 1, WrongFamily: 2, PortZero: 3, Malformed: 4 } as const
export type Misread = (typeof Misread)[keyof typeof Misread]

/** The announcement read last. Reused. */
export class Announcement {
  /** As `Packet.address` has one: IPv4 at word 0. Meaningless where `hasAddress` is false. */
  readonly address = new Uint32Array(4)
  /** 229 announces none: it is the sender's own. */
  hasAddress = false
  /** IP version of the address. */
  family: 4 | 6 = 4
  port = 0
  /** Why it was not read; for WrongFamily `family` is what it names, 0 when no number. */
  misread: Misread = Misread.None
  namedFamily = 0
}

/** Bytes from `at` on, up to `end`. True: read. False: `into.misread` says why. */
type Parser = (b: Uint8Array, at: number, end: number, l3: 4 | 6, into: Announcement) => boolean

export type Pattern = {
  readonly mode: Mode
  readonly dir: Dir
  /** Begins the segment, in letters of either case. */
  readonly word: string
  /** What follows is looked for first; null: parsing begins right after the word. */
  readonly opener: number | null
  readonly parse: Parser
}

const CR = 0x0d
const SPACE = 0x20
const COMMA = 0x2c
const DOT = 0x2e
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const OPEN_PAREN = 0x28

// prettier-ignore
export const FTP_PATTERNS: readonly Pattern[] = [
  { mode: 'PORT', dir: Dir.Original, word: 'PORT', opener: SPACE,      parse: parsePort },
  { mode: 'EPRT', dir: Dir.Original, word: 'EPRT', opener: SPACE,      parse: parseEprt },
  { mode: 'PASV', dir: Dir.Reply,    word: '227 ', opener: null,       parse: parsePasv },
  { mode: 'EPSV', dir: Dir.Reply,    word: '229 ', opener: OPEN_PAREN, parse: parseEpsv },
]

export const MatchResult = { None: 0, Partial: 1, Match: 2 } as const
export type MatchResult = (typeof MatchResult)[keyof typeof MatchResult]

/** Holds a segment's beginning against a pattern. */
export function matchPattern(pattern: Pattern, b: Uint8Array, at: number, end: number, l3: 4 | 6, into: Announcement): MatchResult {
  const { word, opener } = pattern
  const length = end - at
  for (let i = 0; i < Math.min(word.length, length); i++) {
    if (upper(b[at + i]!) !== word.charCodeAt(i)) return MatchResult.None
  }
  into.misread = Misread.Incomplete
  if (length <= word.length) return MatchResult.Partial
  let from = at + word.length
  if (opener !== null) {
    const found = b.indexOf(opener, from)
    if (found < 0 || found >= end) return MatchResult.Partial
    from = found + 1
  }
  if (!pattern.parse(b, from, end, l3, into)) return MatchResult.Partial
  into.misread = Misread.None
  return MatchResult.Match
}

function upper(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_9
}

const $numbers = new Uint32Array(6)

/**
 * Reads `count` numbers between separators, 32 bit without range check; an empty one is 0. `terminator`: what must
 * follow them, null: any byte that is neither digit nor separator. Returns where the terminator stands, or -1.
 */
function readNumbers(
  b: Uint8Array,
  at: number,
  end: number,
  count: number,
  separator: number,
  terminator: number | null,
  into: Announcement,
): number {
  $numbers.fill(0)
  let i = 0
  for (; at < end; at++) {
    const byte = b[at]!
    if (isDigit(byte)) $numbers[i] = Math.imul($numbers[i]!, 10) + (byte - DIGIT_0)
    else if (byte === separator) {
      if (++i === count) return malformed(into)
    } else if ((terminator === null || byte === terminator) && i === count - 1) return at
    else return malformed(into)
  }
  into.misread = Misread.Incomplete
  return -1
}

function malformed(into: Announcement): -1 {
  into.misread = Misread.Malformed
  return -1
}

/** `10,1,0,2,19,137` and its terminator. */
function parseSix(b: Uint8Array, at: number, end: number, terminator: number | null, into: Announcement): boolean {
  if (readNumbers(b, at, end, 6, COMMA, terminator, into) < 0) return false
  const n = $numbers
  into.address.fill(0)
  into.address[0] = (n[0]! << 24) | (n[1]! << 16) | (n[2]! << 8) | n[3]!
  into.family = 4
  into.hasAddress = true
  into.port = ((n[4]! << 8) | n[5]!) & 0xffff
  return true
}

function parsePort(b: Uint8Array, at: number, end: number, _l3: 4 | 6, into: Announcement): boolean {
  return parseSix(b, at, end, CR, into)
}

/** The first digit anywhere begins the numbers. */
function parsePasv(b: Uint8Array, at: number, end: number, _l3: 4 | 6, into: Announcement): boolean {
  while (at < end && !isDigit(b[at]!)) at++
  return parseSix(b, at, end, null, into)
}

/** A delimiter (RFC 2428 2): printable and no digit. */
function isDelimiter(byte: number): boolean {
  return byte >= 33 && byte <= 126 && !isDigit(byte)
}

/** `|1|10.1.0.2|5001|`, `|2|fd00::1|5001|`. */
function parseEprt(b: Uint8Array, at: number, end: number, l3: 4 | 6, into: Announcement): boolean {
  if (end - at < 4) return false
  const delimiter = b[at]!
  if (!isDelimiter(delimiter) || b[at + 2] !== delimiter) {
    into.misread = Misread.Malformed
    return false
  }
  const family = b[at + 1]! - DIGIT_0
  if (family !== (l3 === 4 ? 1 : 2)) {
    into.misread = Misread.WrongFamily
    into.namedFamily = family >= 0 && family <= 9 ? family : 0
    return false
  }
  const portAt = l3 === 4 ? readIpv4(b, at + 3, end, delimiter, into) : readIpv6(b, at + 3, end, delimiter, into)
  return portAt >= 0 && readPort(b, portAt, end, delimiter, into)
}

/** Returns where the port begins, or -1. */
function readIpv4(b: Uint8Array, at: number, end: number, delimiter: number, into: Announcement): number {
  const stop = readNumbers(b, at, end, 4, DOT, delimiter, into)
  if (stop < 0) return -1
  const n = $numbers
  into.address.fill(0)
  into.address[0] = (n[0]! << 24) | (n[1]! << 16) | (n[2]! << 8) | n[3]!
  into.family = 4
  into.hasAddress = true
  return stop + 1
}

function readIpv6(b: Uint8Array, at: number, end: number, delimiter: number, into: Announcement): number {
  const stop = b.indexOf(delimiter, at)
  if (stop < 0 || stop >= end) return -1
  if (!parseIpv6(b, at, stop, into.address)) return malformed(into)
  into.family = 6
  into.hasAddress = true
  return stop + 1
}

/** Digits up to the delimiter; wraps at 65536. */
function readPort(b: Uint8Array, at: number, end: number, delimiter: number, into: Announcement): boolean {
  let port = 0
  for (; at < end; at++) {
    const byte = b[at]!
    if (isDigit(byte)) port = (port * 10 + (byte - DIGIT_0)) & 0xffff
    else if (byte !== delimiter) {
      into.misread = Misread.Malformed
      return false
    } else if (port === 0) {
      into.misread = Misread.PortZero
      return false
    } else {
      into.port = port
      return true
    }
  }
  into.misread = Misread.Incomplete
  return false
}

/** `|||5001|` */
function parseEpsv(b: Uint8Array, at: number, end: number, l3: 4 | 6, into: Announcement): boolean {
  if (end - at < 4) return false
  const delimiter = b[at]!
  if (!isDelimiter(delimiter) || b[at + 1] !== delimiter || b[at + 2] !== delimiter) {
    into.misread = Misread.Malformed
    return false
  }
  into.hasAddress = false
  into.family = l3
  return readPort(b, at + 3, end, delimiter, into)
}
