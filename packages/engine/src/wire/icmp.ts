// ICMP and ICMPv6 headers, RFC 792 and RFC 4443 2.1: the same eight bytes. Offsets from the first header byte.
import { u16 } from './bytes.ts'
import { DecodeStatus } from './status.ts'

const TYPE = 0
const CODE = 1
const IDENTIFIER = 4
const SEQUENCE = 6
export const ICMP_HEADER_LEN = 8

/** The message decoded last. Borrowed: valid until the next decode(); copy what you keep. */
export class IcmpHeader {
  type = 0
  code = 0
  /** Bytes 4 and 5, what echo and its like number their sessions with; whatever stands there in other messages. */
  identifier = 0
  /** Bytes 6 and 7. */
  sequence = 0
  /** What follows the eight bytes: an error's inner IP header. */
  bodyAt = 0
  bodyLen = 0

  /** `end`: end of the message by the IP length. @returns Truncated: not 8 bytes (CONNTRACK.md 2.5). */
  decode(b: Uint8Array, at: number, end: number): DecodeStatus {
    if (end - at < ICMP_HEADER_LEN) return DecodeStatus.Truncated
    this.type = b[at + TYPE]!
    this.code = b[at + CODE]!
    this.identifier = u16(b, at + IDENTIFIER)
    this.sequence = u16(b, at + SEQUENCE)
    this.bodyAt = at + ICMP_HEADER_LEN
    this.bodyLen = end - this.bodyAt
    return DecodeStatus.Ok
  }
}
