// UDP header, RFC 768, and UDP-Lite's, RFC 3828 3.1, which has the checksum's coverage where UDP has its length.
// Offsets from the first header byte.
import { u16 } from './bytes.ts'
import { DecodeStatus } from './status.ts'

const SRC_PORT = 0
const DST_PORT = 2
const LENGTH_OR_COVERAGE = 4
const CHECKSUM = 6
export const UDP_HEADER_LEN = 8

/** The datagram decoded last. Borrowed: valid until the next decode(); copy what you keep. */
export class UdpHeader {
  srcPort = 0
  dstPort = 0
  /** UDP: header and payload by the UDP length. UDP-Lite: the bytes that the checksum covers, from the header on. */
  length = 0
  /** 0: none was made. */
  checksum = 0
  payloadAt = 0
  payloadLen = 0

  /**
   * `end`: end of the datagram by the IP length; every byte before it can be read.
   * @returns Truncated: not 8 bytes; BadL4Header: a length below 8 or past the end (CONNTRACK.md 2.6).
   */
  decode(b: Uint8Array, at: number, end: number): DecodeStatus {
    if (end - at < UDP_HEADER_LEN) return DecodeStatus.Truncated
    const length = u16(b, at + LENGTH_OR_COVERAGE)
    if (length < UDP_HEADER_LEN || at + length > end) return DecodeStatus.BadL4Header
    this.#fill(b, at, length, at + length)
    return DecodeStatus.Ok
  }

  /**
   * UDP-Lite: a coverage of 0 means all; the checksum must not be 0.
   * @returns Truncated: not 8 bytes; BadL4Header: a coverage of 1…7 or past the end, or no checksum (CONNTRACK.md 2.6).
   */
  decodeLite(b: Uint8Array, at: number, end: number): DecodeStatus {
    if (end - at < UDP_HEADER_LEN) return DecodeStatus.Truncated
    const coverage = u16(b, at + LENGTH_OR_COVERAGE) || end - at
    if (coverage < UDP_HEADER_LEN || at + coverage > end || u16(b, at + CHECKSUM) === 0) return DecodeStatus.BadL4Header
    this.#fill(b, at, coverage, end)
    return DecodeStatus.Ok
  }

  #fill(b: Uint8Array, at: number, length: number, payloadEnd: number): void {
    this.srcPort = u16(b, at + SRC_PORT)
    this.dstPort = u16(b, at + DST_PORT)
    this.length = length
    this.checksum = u16(b, at + CHECKSUM)
    this.payloadAt = at + UDP_HEADER_LEN
    this.payloadLen = payloadEnd - this.payloadAt
  }
}
