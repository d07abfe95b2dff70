// IPv4 header, RFC 791 3.1. Offsets from the first header byte.
import { u16, u32 } from './bytes.ts'
import { isPlainChecksumRight } from './checksum.ts'
import type { Packet } from './packet.ts'
import { DecodeStatus } from './status.ts'

const VERSION_IHL = 0
export const IPV4_TOTAL_LENGTH = 2
export const IPV4_IDENTIFICATION = 4
export const IPV4_FRAGMENT = 6
const TTL = 8
export const IPV4_PROTOCOL = 9
const SOURCE = 12
const DESTINATION = 16
/** Without options. */
export const IPV4_HEADER_LEN = 20

const IHL_MASK = 0x0f
const MORE_FRAGMENTS = 0x2000
const OFFSET_MASK = 0x1fff
/**
 * The longest datagram that the total length field can say. No link carries more; a longer frame is a TCP segment that
 * offloading has not cut yet, with a length of 0 (Linux' BIG TCP), or a lie.
 */
const MAX_TOTAL_LENGTH = 0xffff
const TCP = 6

/**
 * The IPv4 packet at `at`, with the checks that the kernel makes before conntrack (CONNTRACK.md 1.2).
 * `end`: end of the frame on the wire; everything up to it can be read.
 */
export function decodeIpv4(p: Packet, b: Uint8Array, at: number, end: number, verifyChecksum: boolean): DecodeStatus {
  const available = end - at
  if (available < IPV4_HEADER_LEN) return DecodeStatus.Truncated
  const headerLen = (b[at + VERSION_IHL]! & IHL_MASK) << 2
  let totalLen = u16(b, at + IPV4_TOTAL_LENGTH)
  if (available > MAX_TOTAL_LENGTH) {
    if (totalLen !== 0 || b[at + IPV4_PROTOCOL] !== TCP) return DecodeStatus.BadIpHeader
    totalLen = available
  }
  if (headerLen < IPV4_HEADER_LEN || totalLen < headerLen || totalLen > available) return DecodeStatus.BadIpHeader
  if (verifyChecksum && !isPlainChecksumRight(b, at, at + headerLen)) return DecodeStatus.BadIpChecksum
  fillIpv4(p, b, at, headerLen)
  p.l3Len = totalLen
  p.l4End = at + totalLen
  if (p.l4At > p.l4End) p.l4 = -1
  return DecodeStatus.Ok
}

/**
 * The header inside an ICMP error (CONNTRACK.md 5.3): lengths and checksum are not looked at, and what follows the
 * header counts up to `end`.
 */
export function decodeInnerIpv4(p: Packet, b: Uint8Array, at: number, end: number): DecodeStatus {
  if (end - at < IPV4_HEADER_LEN) return DecodeStatus.Truncated
  fillIpv4(p, b, at, (b[at + VERSION_IHL]! & IHL_MASK) << 2)
  p.l3Len = end - at
  p.l4End = end
  if (p.l4At > end) p.l4 = -1
  return DecodeStatus.Ok
}

function fillIpv4(p: Packet, b: Uint8Array, at: number, headerLen: number): void {
  const address = p.address
  if (p.l3 !== 4) {
    // Words that IPv4 does not use are zero, so that whoever compares or hashes addresses may take all eight.
    address[1] = address[2] = address[3] = address[5] = address[6] = address[7] = 0
    p.l3 = 4
  }
  address[0] = u32(b, at + SOURCE)
  address[4] = u32(b, at + DESTINATION)
  p.bytes = b
  p.l3At = at
  p.hopLimit = b[at + TTL]!
  const fragment = u16(b, at + IPV4_FRAGMENT)
  const fragOffset = (fragment & OFFSET_MASK) << 3
  p.fragOffset = fragOffset
  p.fragMore = (fragment & MORE_FRAGMENTS) !== 0
  p.isFragment = (fragment & (MORE_FRAGMENTS | OFFSET_MASK)) !== 0
  p.fragId = u16(b, at + IPV4_IDENTIFICATION)
  p.fragHeaderAt = 0
  p.fragLinkAt = 0
  p.l4 = fragOffset === 0 ? b[at + IPV4_PROTOCOL]! : -1
  p.l4At = at + headerLen
}
