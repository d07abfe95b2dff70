// IPv6 extension headers, RFC 8200 4, RFC 4302 (authentication), RFC 2675 (jumbo payload), walked as conntrack walks
// them (CONNTRACK.md 2.4). Offsets from the first byte of each header.
import { u16, u32 } from './bytes.ts'
import type { Packet } from './packet.ts'

export const IPV6_HEADER_LEN = 40

export const NextHeader = {
  HopByHop: 0,
  Routing: 43,
  Fragment: 44,
  Authentication: 51,
  None: 59,
  DestinationOptions: 60,
} as const

const LENGTH = 1
/** What every extension header begins with: next header, length. */
const COMMON_LEN = 2

const FRAGMENT_OFFSET = 2
const FRAGMENT_ID = 4
export const FRAGMENT_HEADER_LEN = 8
/** What must be there of a fragment header for the walk to go past it. */
const FRAGMENT_OFFSET_END = 4
const MORE_FRAGMENTS = 0x0001
const OFFSET_MASK = 0xfff8

const OPTION_PAD1 = 0
const OPTION_JUMBO = 0xc2
const JUMBO_OPTION_LEN = 4
export const MAX_PAYLOAD_LENGTH = 0xffff

/**
 * Finds the L4 protocol and the first fragment header. `nextAt`: where the byte stands that names the first header;
 * `at`: where that header begins; `end`: end of the packet.
 *
 * The last header's length may point past the end: the protocol then counts as found (`l4At` > `l4End`), and only
 * who needs its bytes fails.
 */
export function walkExtensions(p: Packet, b: Uint8Array, nextAt: number, at: number, end: number): void {
  p.isFragment = false
  p.fragMore = false
  p.fragOffset = 0
  p.fragId = 0
  p.fragHeaderAt = 0
  p.fragLinkAt = 0
  let next = b[nextAt]!
  while (isExtension(next)) {
    if (next === NextHeader.None || end - at < COMMON_LEN) {
      // A fragment header that is cut off, even to nothing: defragmentation must know that it was announced. (Not so
      // where the payload length is 0.)
      if (next === NextHeader.Fragment && !p.isFragment && at <= end && end > p.l3At + IPV6_HEADER_LEN) {
        noteFragmentHeader(p, b, nextAt, at, end)
      }
      return notFound(p, at)
    }
    let length: number
    if (next === NextHeader.Fragment) {
      if (!p.isFragment) noteFragmentHeader(p, b, nextAt, at, end)
      if (end - at < FRAGMENT_OFFSET_END) return notFound(p, at)
      if ((u16(b, at + FRAGMENT_OFFSET) & OFFSET_MASK) !== 0) return notFound(p, at)
      length = FRAGMENT_HEADER_LEN
    } else if (next === NextHeader.Authentication) {
      length = (b[at + LENGTH]! + 2) << 2
    } else {
      length = (b[at + LENGTH]! + 1) << 3
    }
    nextAt = at
    next = b[at]!
    at += length
  }
  p.l4 = next
  p.l4At = at
}

export function isExtension(next: number): boolean {
  // Ordered so that TCP and UDP are known not to be one after a single comparison.
  if (next < NextHeader.Routing) return next === NextHeader.HopByHop
  return (
    next === NextHeader.Routing ||
    next === NextHeader.Fragment ||
    next === NextHeader.Authentication ||
    next === NextHeader.None ||
    next === NextHeader.DestinationOptions
  )
}

/** Fields that are cut off stay 0. */
function noteFragmentHeader(p: Packet, b: Uint8Array, nextAt: number, at: number, end: number): void {
  p.isFragment = true
  p.fragHeaderAt = at
  p.fragLinkAt = nextAt
  if (end - at < FRAGMENT_OFFSET_END) return
  const field = u16(b, at + FRAGMENT_OFFSET)
  p.fragOffset = field & OFFSET_MASK
  p.fragMore = (field & MORE_FRAGMENTS) !== 0
  if (end - at >= FRAGMENT_HEADER_LEN) p.fragId = u32(b, at + FRAGMENT_ID)
}

function notFound(p: Packet, at: number): void {
  p.l4 = -1
  p.l4At = at
}

/**
 * The payload length of a packet whose first extension header, at `at`, is a hop-by-hop header: `payloadLen`, or what
 * a jumbo payload option says. -1: the options are broken, and the IP layer drops the packet.
 */
export function jumboLength(b: Uint8Array, at: number, end: number, payloadLen: number): number {
  if (end - at < COMMON_LEN) return -1
  const optionsEnd = at + ((b[at + LENGTH]! + 1) << 3)
  if (optionsEnd > end) return -1
  let length = payloadLen
  for (let option = at + COMMON_LEN; option < optionsEnd;) {
    if (b[option] === OPTION_PAD1) {
      option++
      continue
    }
    if (optionsEnd - option < 2) return -1
    const optionLen = b[option + 1]!
    if (option + 2 + optionLen > optionsEnd) return -1
    if (b[option] === OPTION_JUMBO) {
      if (optionLen !== JUMBO_OPTION_LEN || payloadLen !== 0) return -1
      length = u32(b, option + 2)
      if (length <= MAX_PAYLOAD_LENGTH) return -1
    }
    option += 2 + optionLen
  }
  return length
}
