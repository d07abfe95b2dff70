/** The Contact headers of a registration, one after the other (CONNTRACK.md 8.7; RFC 3261 20.10). */
import { L4 } from '../../model/index.ts'
import { Ascii, asciiBytes, startsWithIgnoringCase } from '../ascii.ts'
import { SipAddress, SipPort } from './address.ts'
import { findHeader, findInHeader, isLineEnd, SipHeader } from './headers.ts'
import { SipNumber } from './number.ts'

const SIP_SCHEME = asciiBytes('sip:')
const COMMA = asciiBytes(',')
const TRANSPORT = asciiBytes('transport=')
const EXPIRES = asciiBytes('expires=')
const TCP = asciiBytes('tcp')
const UDP = asciiBytes('udp')

/** What a Contact's `expires` says. */
export const Expiry = { Absent: 0, Given: 1, Broken: 2 } as const
export type Expiry = (typeof Expiry)[keyof typeof Expiry]

/** Walks over contacts that can be read; others are passed over. Reused. */
export class Contacts {
  readonly address = new SipAddress()
  port = 0
  /** Of the last `readExpires` that gave one, s. */
  expiresS = 0

  private b: Uint8Array = new Uint8Array(0)
  private at = 0
  private end = 0
  private family: 4 | 6 = 4
  private isInHeader = false
  private readonly $port = new SipPort()
  private readonly $number = new SipNumber()

  start(b: Uint8Array, at: number, end: number, family: 4 | 6): void {
    this.b = b
    this.at = at
    this.end = end
    this.family = family
    this.isInHeader = false
  }

  next(): boolean {
    for (;;) {
      const valueAt = this.isInHeader ? this.afterComma() : findHeader(this.b, this.at, this.end, SipHeader.Contact)
      if (valueAt < 0) {
        if (!this.isInHeader) return false
        this.isInHeader = false
        continue
      }
      this.at = valueAt
      if (!this.readUri(valueAt)) continue
      this.isInHeader = true
      return true
    }
  }

  /** Whether the contact is reached by that protocol. */
  fitsTransport(l4: number): boolean {
    const at = this.parameter(TRANSPORT)
    if (at < 0) return true
    if (startsWithIgnoringCase(this.b, at, this.end, TCP)) return l4 === L4.Tcp
    return startsWithIgnoringCase(this.b, at, this.end, UDP) && l4 === L4.Udp
  }

  readExpires(): Expiry {
    const at = this.parameter(EXPIRES)
    if (at < 0) return Expiry.Absent
    if (!this.$number.read(this.b, at, this.end)) return Expiry.Broken
    this.expiresS = this.$number.value
    return Expiry.Given
  }

  private afterComma(): number {
    const comma = findInHeader(this.b, this.at, this.end, COMMA)
    return comma < 0 ? -1 : comma + 1
  }

  /** The first `sip:` of the value, its user part up to `@` left out, then address and port. */
  private readUri(valueAt: number): boolean {
    const { b, end } = this
    const scheme = findInHeader(b, valueAt, end, SIP_SCHEME)
    if (scheme < 0) return false
    let at = scheme + SIP_SCHEME.length
    let host = at
    while (host < end && b[host] !== Ascii.At && !isLineEnd(b[host]!)) host++
    if (host < end && b[host] === Ascii.At) at = host + 1
    this.at = at
    if (!this.address.read(b, at, end, this.family, true) || !this.$port.read(b, this.address.end, end)) return false
    this.port = this.$port.value
    this.at = this.$port.end
    return true
  }

  /** Where the value of this contact's parameter begins, or -1. */
  private parameter(name: Uint8Array): number {
    const comma = findInHeader(this.b, this.at, this.end, COMMA)
    const at = findInHeader(this.b, this.at, comma < 0 ? this.end : comma, name)
    return at < 0 ? -1 : at + name.length
  }
}
