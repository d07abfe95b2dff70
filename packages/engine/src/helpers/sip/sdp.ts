/** Session descriptions in SIP messages: which media go where (CONNTRACK.md 8.7; RFC 8866 5). */
import { Ascii, asciiBytes, isDigit, isLetter, startsWith, startsWithIgnoringCase } from '../ascii.ts'
import { SipAddress } from './address.ts'
import { findInHeader, isLineEnd, lineAfter } from './headers.ts'
import { SipNumber } from './number.ts'

const VERSION = asciiBytes('v=')
const CONNECTION = asciiBytes('c=')
const MEDIA = asciiBytes('m=')
const IN_IP4 = asciiBytes('in ip4 ')
const IN_IP6 = asciiBytes('in ip6 ')

/** Media that are waited for, and their classes of expectations. */
const MEDIA_CLASSES = [
  { type: asciiBytes('audio '), class: 1 },
  { type: asciiBytes('video '), class: 2 },
  { type: asciiBytes('image '), class: 3 },
] as const
/** Media descriptions that count in one message. */
export const MAX_MEDIA = 3

const MIN_PORT = 1024
const MAX_PORT = 65535

export const MediaResult = { None: 0, Media: 1, BadPort: 2, NoAddress: 3 } as const
export type MediaResult = (typeof MediaResult)[keyof typeof MediaResult]

/** Walks over the media of a message's session description. Reused. */
export class SessionDescription {
  class = 0
  port = 0
  get address(): SipAddress {
    return this.hasOwnAddress ? this.own : this.session
  }

  private b: Uint8Array = new Uint8Array(0)
  private at = 0
  private end = 0
  private family: 4 | 6 = 4
  private readonly session = new SipAddress()
  private hasSessionAddress = false
  private readonly own = new SipAddress()
  private hasOwnAddress = false
  private readonly $number = new SipNumber()

  /** False: the message has no session description. */
  start(b: Uint8Array, at: number, end: number, family: 4 | 6): boolean {
    const version = findLine(b, at, end, VERSION, null)
    if (version < 0 || version >= end || !isDigit(b[version]!)) return false
    this.b = b
    this.at = version
    this.end = end
    this.family = family
    this.hasSessionAddress = this.readConnection(version, this.session)
    return true
  }

  /** The next media description of a known type that is not switched off by port 0. */
  next(): MediaResult {
    const { b, end } = this
    for (;;) {
      const line = findLine(b, this.at, end, MEDIA, null)
      if (line < 0) return MediaResult.None
      const lineEnd = endOfMedia(b, line, end)
      if (lineEnd < 0) return MediaResult.None
      const known = MEDIA_CLASSES.find(({ type }) => startsWith(b, line, lineEnd, type))
      if (known === undefined) {
        this.at = lineEnd
        continue
      }
      this.at = line + known.type.length
      this.class = known.class
      if (!this.$number.read(b, this.at, end) || this.$number.value === 0) continue
      this.port = this.$number.value
      if (this.port < MIN_PORT || this.port > MAX_PORT) return MediaResult.BadPort
      this.hasOwnAddress = this.readConnection(this.at, this.own)
      return this.hasOwnAddress || this.hasSessionAddress ? MediaResult.Media : MediaResult.NoAddress
    }
  }

  /** The address of the first `c=` line before the next `m=` line. */
  private readConnection(from: number, into: SipAddress): boolean {
    const { b, end, family } = this
    const line = findLine(b, from, end, CONNECTION, MEDIA)
    if (line < 0) return false
    const network = findInHeader(b, line, end, family === 4 ? IN_IP4 : IN_IP6)
    return network >= 0 && into.read(b, network + IN_IP4.length, end, family, false)
  }
}

/** Where the rest of the next line that begins with `word` begins; -1: none, or one with `stop` comes first. */
function findLine(b: Uint8Array, from: number, end: number, word: Uint8Array, stop: Uint8Array | null): number {
  for (let at = from; at < end; at++) {
    if (!isLineEnd(b[at]!)) continue
    at = lineAfter(b, at, end)
    if (at < 0) return -1
    if (stop !== null && startsWithIgnoringCase(b, at, end, stop)) return -1
    if (startsWithIgnoringCase(b, at, end, word)) return at + word.length
  }
  return -1
}

/** `audio 6000`: letters, a space, digits if any; -1: something else. */
function endOfMedia(b: Uint8Array, at: number, end: number): number {
  while (at < end && isLetter(b[at]!)) at++
  if (at >= end || b[at] !== Ascii.Space) return -1
  at++
  while (at < end && isDigit(b[at]!)) at++
  return at
}
