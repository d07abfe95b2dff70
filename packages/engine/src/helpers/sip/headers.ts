/** Finding headers and parameters in SIP messages (CONNTRACK.md 8.7; RFC 3261 7.3), with the kernel's own limits. */
import { Ascii, asciiBytes, isLetter, startsWithIgnoringCase } from '../ascii.ts'
import { SipNumber } from './number.ts'

/** A header's name, long and short, in lower case. */
export type HeaderName = { readonly long: Uint8Array; readonly compact: number }

const NO_COMPACT = -1
const header = (long: string, compact = ''): HeaderName => ({
  long: asciiBytes(long),
  compact: compact === '' ? NO_COMPACT : compact.charCodeAt(0),
})

export const SipHeader = {
  CSeq: header('cseq'),
  Contact: header('contact', 'm'),
  Expires: header('expires'),
  ContentLength: header('content-length', 'l'),
} as const

export function isLineEnd(byte: number): boolean {
  return byte === Ascii.Cr || byte === Ascii.Lf
}

function isBlank(byte: number): boolean {
  return byte === Ascii.Space || byte === Ascii.Tab
}

/** The first byte of the line after the line end at `at`, or -1 when the message ends there. */
export function lineAfter(b: Uint8Array, at: number, end: number): number {
  let line = at + 1
  if (line < end && b[at] === Ascii.Cr && b[line] === Ascii.Lf) line++
  return line < end ? line : -1
}

/**
 * Where the value of the next header of that name begins, or -1. A header's name must stand at a line's start; the first
 * line is never one. A line that begins with the name and goes on with neither blank nor colon ends the search.
 */
export function findHeader(b: Uint8Array, from: number, end: number, name: HeaderName): number {
  for (let at = from; at < end; at++) {
    if (!isLineEnd(b[at]!)) continue
    at = lineAfter(b, at, end)
    if (at < 0) return -1
    if (isBlank(b[at]!)) continue
    const nameEnd = endOfName(b, at, end, name)
    if (nameEnd < 0) continue
    const colon = skipBlanks(b, nameEnd, end)
    if (colon < 0 || b[colon] !== Ascii.Colon) return -1
    return skipBlanks(b, colon + 1, end)
  }
  return -1
}

function endOfName(b: Uint8Array, at: number, end: number, name: HeaderName): number {
  if (startsWithIgnoringCase(b, at, end, name.long)) return at + name.long.length
  if (end - at < 2 || (b[at]! | 0x20) !== name.compact || isLetter(b[at + 1]!)) return -1
  return at + 1
}

/** Past blanks, and past a line end whose next line begins with blanks; -1: the header or the message ends before. */
function skipBlanks(b: Uint8Array, at: number, end: number): number {
  while (at < end && isBlank(b[at]!)) at++
  if (at < end && isLineEnd(b[at]!)) at = continuation(b, at, end)
  return at < end ? at : -1
}

/** The first byte after the blanks of a folded line, or -1. */
function continuation(b: Uint8Array, at: number, end: number): number {
  at = lineAfter(b, at, end)
  if (at < 0 || !isBlank(b[at]!)) return -1
  while (at < end && isBlank(b[at]!)) at++
  return at
}

/** Where `needle` (in lower case) stands in the header that `at` is in, folded lines included; -1: nowhere. */
export function findInHeader(b: Uint8Array, at: number, end: number, needle: Uint8Array): number {
  const limit = end - needle.length
  for (; at < limit; at++) {
    if (isLineEnd(b[at]!)) {
      at = continuation(b, at, limit)
      if (at < 0) return -1
      continue
    }
    if (startsWithIgnoringCase(b, at, end, needle)) return at
  }
  return -1
}

/** The number that a header's value begins with. Reused. */
export class HeaderNumber {
  private readonly number = new SipNumber()

  get value(): number {
    return this.number.value
  }
  get end(): number {
    return this.number.end
  }

  /** False: there is no such header, or the first one's value is no number. */
  read(b: Uint8Array, from: number, end: number, name: HeaderName): boolean {
    const at = findHeader(b, from, end, name)
    return at >= 0 && this.number.read(b, at, end)
  }
}
