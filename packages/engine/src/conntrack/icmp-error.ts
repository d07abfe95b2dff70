/** What ICMP and ICMPv6 messages are before any lookup, and errors about known connections (CONNTRACK.md 5.3, 5.4). */
import { L4, Reason } from '../model/index.ts'
import { isL4ChecksumRight, isPlainChecksumRight } from '../wire/checksum.ts'
import { ICMP_HEADER_LEN } from '../wire/icmp.ts'
import { decodeInnerIpv4, IPV4_HEADER_LEN } from '../wire/ipv4.ts'
import { decodeInnerIpv6 } from '../wire/ipv6.ts'
import { IPV6_HEADER_LEN } from '../wire/ipv6-ext.ts'
import { Packet } from '../wire/packet.ts'
import { DecodeStatus } from '../wire/status.ts'
import { type GreKeyLookup, invertTuple, packetTuple } from './tuple.ts'
import type { TupleKey } from './tuple-key.ts'
import type { Verdict } from './verdict.ts'

/** What becomes of the message. */
export const IcmpCourse = { Lookup: 0, Error: 1, Invalid: 2, Untracked: 3 } as const
export type IcmpCourse = (typeof IcmpCourse)[keyof typeof IcmpCourse]

/** Greatest ICMP type that passes. */
const ICMP_MAX_TYPE = 18
const ICMP_ERRORS = new Set([3, 4, 5, 11, 12])
/** MLD, neighbour discovery, MLDv2, MRD. */
const ICMPV6_UNTRACKED = new Set([130, 131, 132, 133, 134, 135, 136, 143, 151, 152])
const ICMPV6_REDIRECT = 137
const ICMPV6_LAST_ERROR = 127

const REDIRECT_LEN = 40
const REDIRECT_HOP_LIMIT = 255
/** fe80::/10 in the first word. */
const LINK_LOCAL = 0xfe800000
const LINK_LOCAL_MASK = 0xffc00000
const OPTION_REDIRECTED_HEADER = 4
const REDIRECTED_HEADER_LEN = 8

/** Where the inner IP header of the last `Error` course begins. */
let innerAt = 0

/** Judges a packet of protocol 1 or 58. */
export function icmpCourse(packet: Packet, checksum: boolean, verdict: Verdict): IcmpCourse {
  if ((packet.l4 === L4.Icmp) !== (packet.l3 === 4)) {
    verdict.because(Reason.ICMP_IN_WRONG_FAMILY, packet.l4, packet.l3)
    return IcmpCourse.Invalid
  }
  const b = packet.bytes
  const at = packet.l4At
  const length = packet.l4End - at
  if (length < ICMP_HEADER_LEN) {
    verdict.because(Reason.ICMP_TOO_SHORT, Math.max(length, 0))
    return IcmpCourse.Invalid
  }
  const isRight = () => (packet.l3 === 4 ? isPlainChecksumRight(b, at, packet.l4End) : isL4ChecksumRight(packet, packet.l4End, L4.Icmpv6))
  if (checksum && !isRight()) {
    verdict.because(Reason.ICMP_BAD_CHECKSUM)
    return IcmpCourse.Invalid
  }
  innerAt = at + ICMP_HEADER_LEN
  const type = b[at]!
  if (packet.l3 === 4) {
    if (type > ICMP_MAX_TYPE) {
      verdict.because(Reason.ICMP_UNKNOWN_TYPE, type)
      return IcmpCourse.Invalid
    }
    return ICMP_ERRORS.has(type) ? IcmpCourse.Error : IcmpCourse.Lookup
  }
  if (ICMPV6_UNTRACKED.has(type)) {
    verdict.because(Reason.ICMPV6_UNTRACKED, type)
    return IcmpCourse.Untracked
  }
  if (type === ICMPV6_REDIRECT) return redirectCourse(packet, length, verdict)
  return type <= ICMPV6_LAST_ERROR ? IcmpCourse.Error : IcmpCourse.Lookup
}

function redirectCourse(packet: Packet, length: number, verdict: Verdict): IcmpCourse {
  const b = packet.bytes
  const at = packet.l4At
  if (length < REDIRECT_LEN) {
    verdict.because(Reason.REDIRECT_TOO_SHORT, length)
    return IcmpCourse.Invalid
  }
  if (b[at + 1] !== 0) return IcmpCourse.Lookup
  if (packet.hopLimit !== REDIRECT_HOP_LIMIT) {
    verdict.because(Reason.REDIRECT_HOP_LIMIT, packet.hopLimit)
    return IcmpCourse.Invalid
  }
  if ((packet.address[0]! & LINK_LOCAL_MASK) >>> 0 !== LINK_LOCAL) {
    verdict.because(Reason.REDIRECT_SOURCE)
    return IcmpCourse.Invalid
  }
  const optionAt = at + REDIRECT_LEN
  if (optionAt + 2 > packet.l4End || b[optionAt + 1] === 0) {
    verdict.because(Reason.REDIRECT_OPTION)
    return IcmpCourse.Invalid
  }
  if (b[optionAt] !== OPTION_REDIRECTED_HEADER) return IcmpCourse.Lookup
  innerAt = optionAt + REDIRECTED_HEADER_LEN
  return IcmpCourse.Error
}

const $inner = new Packet()

/**
 * Fills `key` with the tuple that an ICMP error is about, inverted: the entry that owns it is looked up with it.
 * Follows a course of `Error` of the same packet. False: `verdict` says why not.
 */
export function icmpErrorTuple(packet: Packet, key: TupleKey, $tuple: TupleKey, greKey: GreKeyLookup, verdict: Verdict): boolean {
  const type = packet.bytes[packet.l4At]!
  const end = packet.l4End
  const available = Math.max(end - innerAt, 0)
  const needed = packet.l3 === 4 ? IPV4_HEADER_LEN : IPV6_HEADER_LEN
  if (available < needed) {
    verdict.because(Reason.ICMP_ERROR_INNER_SHORT, type, available)
    return false
  }
  const decode = packet.l3 === 4 ? decodeInnerIpv4 : decodeInnerIpv6
  const status = decode($inner, packet.bytes, innerAt, end)
  if ($inner.fragOffset !== 0) {
    verdict.because(Reason.ICMP_ERROR_INNER_FRAGMENT, type)
    return false
  }
  if (status !== DecodeStatus.Ok || $inner.l4 < 0) {
    verdict.because(Reason.ICMP_ERROR_INNER_HEADER, type)
    return false
  }
  $tuple.zone = key.zone
  if (!packetTuple($inner, $tuple, greKey, verdict)) {
    verdict.because(Reason.ICMP_ERROR_INNER_SHORT, type, available)
    return false
  }
  if (!invertTuple($tuple, key)) {
    verdict.because(Reason.ICMP_ERROR_INNER_NOT_INVERTIBLE, type, $tuple.dport >>> 8)
    return false
  }
  return true
}
