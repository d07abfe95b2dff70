/** Numeric addresses and ports in SIP URIs and session descriptions (CONNTRACK.md 8.7). */
import { Ascii, isDigit } from '../ascii.ts'
import { parseIpv6 } from '../ftp/ipv6-text.ts'

const DOT = 0x2e
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const DEFAULT_PORT = 5060
const MIN_PORT = 1024
const MAX_PORT = 65535
const MAX_PORT_DIGITS = 5

/** An address read from text. Reused. */
export class SipAddress {
  /** As one end of `TupleKey.address`. */
  readonly words = new Uint32Array(4)
  /** One past its last byte. */
  end = 0

  /** Whether an address of that family stands at `at`; IPv6 in brackets where `hasBrackets`. */
  read(b: Uint8Array, at: number, end: number, family: 4 | 6, hasBrackets: boolean): boolean {
    return family === 4 ? this.readIpv4(b, at, end) : this.readIpv6(b, at, end, hasBrackets)
  }

  /** Whether it is that end of the tuple's addresses. */
  equals(address: Uint32Array, at: 0 | 4): boolean {
    const { words } = this
    return words[0] === address[at] && words[1] === address[at + 1] && words[2] === address[at + 2] && words[3] === address[at + 3]
  }

  private readIpv4(b: Uint8Array, at: number, end: number): boolean {
    let address = 0
    for (let octets = 0; octets < 4; octets++) {
      if (octets > 0 && (at >= end || b[at++] !== DOT)) return false
      let octet = 0
      const from = at
      for (; at < end && isDigit(b[at]!); at++) {
        octet = octet * 10 + b[at]! - Ascii.Zero
        if (octet > 255) return false
      }
      if (at === from) return false
      address = ((address << 8) | octet) >>> 0
    }
    if (at < end && (isHexLetter(b[at]!) || b[at] === DOT)) return false
    this.words.fill(0)
    this.words[0] = address
    this.end = at
    return true
  }

  private readIpv6(b: Uint8Array, at: number, end: number, hasBrackets: boolean): boolean {
    const isBracketed = at < end && b[at] === OPEN_BRACKET
    if (isBracketed) at++
    else if (hasBrackets) return false
    let stop = at
    while (stop < end && isIpv6Byte(b[stop]!)) stop++
    if (!parseIpv6(b, at, stop, this.words)) return false
    const isClosed = stop < end && b[stop] === CLOSE_BRACKET
    if (!isClosed && hasBrackets) return false
    this.end = isClosed ? stop + 1 : stop
    return true
  }
}

function isIpv6Byte(byte: number): boolean {
  return isDigit(byte) || isHexLetter(byte) || byte === Ascii.Colon || byte === DOT
}

function isHexLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66
}

/** The port after an address, 5060 when there is none. Reused. */
export class SipPort {
  value = 0
  end = 0

  /** False: it is not 1024 to 65535 in at most five digits, or the message ends with it. */
  read(b: Uint8Array, at: number, end: number): boolean {
    this.value = DEFAULT_PORT
    this.end = at
    if (at >= end || b[at] !== Ascii.Colon) return true
    let value = 0
    const from = ++at
    while (at < end && at - from < MAX_PORT_DIGITS && isDigit(b[at]!)) value = value * 10 + b[at++]! - Ascii.Zero
    if (at >= end || value < MIN_PORT || value > MAX_PORT) return false
    this.value = value
    this.end = at
    return true
  }
}
