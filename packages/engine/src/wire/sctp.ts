// SCTP common header and chunk headers, RFC 9260 3. Offsets from the first byte of each.
import { u16, u32, u32le } from './bytes.ts'
import { DecodeStatus } from './status.ts'

const SRC_PORT = 0
const DST_PORT = 2
const VERIFICATION_TAG = 4
export const SCTP_CHECKSUM = 8
export const SCTP_HEADER_LEN = 12

const CHUNK_TYPE = 0
const CHUNK_FLAGS = 1
const CHUNK_LENGTH = 2
export const SCTP_CHUNK_HEADER_LEN = 4

/** The packet decoded last. Borrowed: valid until the next decode(); copy what you keep. */
export class SctpHeader {
  srcPort = 0
  dstPort = 0
  /** Unsigned. */
  verificationTag = 0
  /** As the field holds it, read little-endian: CRC-32c goes that way (RFC 9260 appendix A). */
  checksum = 0
  chunksAt = 0

  /** `end`: end of the packet by the IP length. @returns Truncated: not 12 bytes (CONNTRACK.md 2.6). */
  decode(b: Uint8Array, at: number, end: number): DecodeStatus {
    if (end - at < SCTP_HEADER_LEN) return DecodeStatus.Truncated
    this.srcPort = u16(b, at + SRC_PORT)
    this.dstPort = u16(b, at + DST_PORT)
    this.verificationTag = u32(b, at + VERIFICATION_TAG)
    this.checksum = u32le(b, at + SCTP_CHECKSUM)
    this.chunksAt = at + SCTP_HEADER_LEN
    return DecodeStatus.Ok
  }
}

/** One chunk's header; walk with `for (let at = chunksAt; chunk.decode(b, at, end) === Ok; at = chunk.nextAt)`. */
export class SctpChunk {
  type = 0
  flags = 0
  /** With its header, without padding; 0 and other lies are the tracker's to judge. */
  length = 0
  bodyAt = 0
  /** Where the next chunk begins: the length rounded up to four. May lie past the end. */
  nextAt = 0

  /** @returns Truncated: fewer than four bytes are left, which ends a walk (CONNTRACK.md 5.5). */
  decode(b: Uint8Array, at: number, end: number): DecodeStatus {
    if (end - at < SCTP_CHUNK_HEADER_LEN) return DecodeStatus.Truncated
    this.type = b[at + CHUNK_TYPE]!
    this.flags = b[at + CHUNK_FLAGS]!
    this.length = u16(b, at + CHUNK_LENGTH)
    this.bodyAt = at + SCTP_CHUNK_HEADER_LEN
    this.nextAt = at + ((this.length + 3) & ~3)
    return DecodeStatus.Ok
  }
}
