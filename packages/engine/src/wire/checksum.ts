// The Internet checksum, RFC 1071, and CRC-32c as SCTP uses it, RFC 9260 appendix A.
// Needed only where nf_conntrack_checksum is 1: a capture on the sending host shows unfinished checksums.
import type { Packet } from './packet.ts'

/**
 * One's complement sum of the 16-bit words in [at, end), added to `sum` and not yet folded. An odd last byte counts
 * as the high byte of a word. Exact up to 2⁵³, so a packet of any length needs one fold.
 */
export function onesSum(b: Uint8Array, at: number, end: number, sum = 0): number {
  const last = end - 1
  for (; at < last; at += 2) sum += (b[at]! << 8) | b[at + 1]!
  if (at < end) sum += b[at]! << 8
  return sum
}

/** Folds a sum to 16 bits. */
export function foldSum(sum: number): number {
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000)
  return sum
}

/** Sum of the pseudo header (RFC 9293 3.1, RFC 8200 8.1) of `p`'s addresses for an L4 length and protocol. */
export function pseudoHeaderSum(p: Packet, l4Len: number, protocol: number): number {
  let sum = (l4Len >>> 16) + (l4Len & 0xffff) + protocol
  for (let word = 0; word < 8; word++) {
    const bits = p.address[word]!
    sum += (bits >>> 16) + (bits & 0xffff)
  }
  return sum
}

/** Whether the checksum over `p`'s L4 bytes up to `end` and the pseudo header with `protocol` and `l4Len` is right. */
export function isL4ChecksumRight(p: Packet, end: number, protocol: number, l4Len = p.l4End - p.l4At): boolean {
  return foldSum(onesSum(p.bytes, p.l4At, end, pseudoHeaderSum(p, l4Len, protocol))) === 0xffff
}

/** The same without a pseudo header: ICMP over IPv4 (RFC 792), IPv4's own header (RFC 791 3.1). */
export function isPlainChecksumRight(b: Uint8Array, at: number, end: number): boolean {
  return foldSum(onesSum(b, at, end)) === 0xffff
}

const CRC32C_REVERSED_POLYNOMIAL = 0x82f63b78
const CRC32C = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC32C_REVERSED_POLYNOMIAL : crc >>> 1
  CRC32C[byte] = crc
}

/** CRC-32c of [at, end), with the four bytes at `zeroAt` (SCTP's own checksum field) counted as zeros; -1: none. */
export function crc32c(b: Uint8Array, at: number, end: number, zeroAt = -1): number {
  let crc = 0xffffffff
  for (let i = at; i < end; i++) {
    const byte = zeroAt >= 0 && i >= zeroAt && i < zeroAt + 4 ? 0 : b[i]!
    crc = CRC32C[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  }
  return ~crc >>> 0
}
