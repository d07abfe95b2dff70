// IPv6 header, RFC 8200 3. Offsets from the first header byte.
import { u16, u32 } from './bytes.ts'
import { IPV6_HEADER_LEN, jumboLength, MAX_PAYLOAD_LENGTH, NextHeader, walkExtensions } from './ipv6-ext.ts'
import type { Packet } from './packet.ts'
import { DecodeStatus } from './status.ts'

export const IPV6_PAYLOAD_LENGTH = 4
export const IPV6_NEXT_HEADER = 6
const HOP_LIMIT = 7
const SOURCE = 8
const DESTINATION = 24

/**
 * The longest packet without a jumbo payload option. No link carries more; a longer frame is a TCP segment that
 * offloading has not cut yet, with that option or with a length of 0 (Linux' BIG TCP), or a lie.
 */
const MAX_LEN = IPV6_HEADER_LEN + MAX_PAYLOAD_LENGTH
const TCP = 6

/**
 * The IPv6 packet at `at`, with the checks that the kernel makes before conntrack (CONNTRACK.md 1.2).
 * `end`: end of the frame on the wire; everything up to it can be read.
 */
export function decodeIpv6(p: Packet, b: Uint8Array, at: number, end: number): DecodeStatus {
  if (end - at < IPV6_HEADER_LEN) return DecodeStatus.Truncated
  let payloadLen = u16(b, at + IPV6_PAYLOAD_LENGTH)
  if (b[at + IPV6_NEXT_HEADER] === NextHeader.HopByHop) {
    // Before the packet is trimmed: its options are judged even where the payload length ends before them.
    payloadLen = jumboLength(b, at + IPV6_HEADER_LEN, end, payloadLen)
    if (payloadLen < 0) return DecodeStatus.BadIpHeader
  }
  if (end - at > MAX_LEN && payloadLen <= MAX_PAYLOAD_LENGTH) {
    if (payloadLen !== 0 || b[at + IPV6_NEXT_HEADER] !== TCP) return DecodeStatus.BadIpHeader
    payloadLen = end - at - IPV6_HEADER_LEN
  }
  const packetEnd = at + IPV6_HEADER_LEN + payloadLen
  if (packetEnd > end) return DecodeStatus.BadIpHeader
  fillIpv6(p, b, at, packetEnd)
  return DecodeStatus.Ok
}

/** The header inside an ICMPv6 error (CONNTRACK.md 5.3): lengths are not looked at, what follows counts up to `end`. */
export function decodeInnerIpv6(p: Packet, b: Uint8Array, at: number, end: number): DecodeStatus {
  if (end - at < IPV6_HEADER_LEN) return DecodeStatus.Truncated
  fillIpv6(p, b, at, end)
  return DecodeStatus.Ok
}

function fillIpv6(p: Packet, b: Uint8Array, at: number, end: number): void {
  const address = p.address
  for (let word = 0; word < 4; word++) {
    address[word] = u32(b, at + SOURCE + 4 * word)
    address[word + 4] = u32(b, at + DESTINATION + 4 * word)
  }
  p.l3 = 6
  p.bytes = b
  p.l3At = at
  p.l3Len = end - at
  p.hopLimit = b[at + HOP_LIMIT]!
  p.l4End = end
  walkExtensions(p, b, at + IPV6_NEXT_HEADER, at + IPV6_HEADER_LEN, end)
}
