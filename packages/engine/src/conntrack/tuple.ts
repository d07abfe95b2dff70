/** From a packet to its tuple, and from a tuple to its inverse (CONNTRACK.md 2.5). */
import { L4, Reason } from '../model/index.ts'
import { u16 } from '../wire/bytes.ts'
import { GRE_PROTOCOL_PPP, GRE_VERSION_PPTP, GreHeader } from '../wire/gre.ts'
import { ICMP_HEADER_LEN } from '../wire/icmp.ts'
import type { Packet } from '../wire/packet.ts'
import { DecodeStatus } from '../wire/status.ts'
import type { TupleKey } from './tuple-key.ts'
import type { Verdict } from './verdict.ts'

const PORTS_LEN = 4

/** Answers to requests, and requests: type pairs of ICMP and ICMPv6; -1: a type without one. */
const ICMP_INVERSE = pairs([8, 0], [13, 14], [15, 16], [17, 18])
const ICMPV6_INVERSE = pairs([128, 129], [139, 140])
/** Types that may begin an entry (CONNTRACK.md 5.3, 5.4). */
const ICMP_REQUESTS = new Set([8, 13, 15, 17])
const ICMPV6_REQUESTS = new Set([128, 139])

function pairs(...list: [number, number][]): Int16Array {
  const inverse = new Int16Array(256).fill(-1)
  for (const [request, reply] of list) {
    inverse[request] = reply
    inverse[reply] = request
  }
  return inverse
}

/** The source key that PPTP's dialogue gave to a GRE call (CONNTRACK.md 5.6); `key` holds all but that. 0: none. */
export type GreKeyLookup = (key: TupleKey) => number

const $gre = new GreHeader()

/**
 * Fills `key` (but its zone) with the packet's tuple. False: the packet has none, and `verdict` says why. The packet's
 * L4 protocol has been found.
 */
export function packetTuple(packet: Packet, key: TupleKey, greKey: GreKeyLookup, verdict: Verdict): boolean {
  const from = packet.address
  const to = key.address
  // Of IPv4 only two words are not zero, in both.
  if (packet.l3 === 4 && key.l3 === 4) {
    to[0] = from[0]!
    to[4] = from[4]!
  } else for (let i = 0; i < 8; i++) to[i] = from[i]!
  key.l3 = packet.l3 as 4 | 6
  key.l4 = packet.l4
  const b = packet.bytes
  const at = packet.l4At
  const length = packet.l4End - at
  switch (packet.l4) {
    case L4.Tcp:
    case L4.Udp:
    case L4.UdpLite:
    case L4.Sctp:
      if (length < PORTS_LEN) return tooShort(packet, length, PORTS_LEN, verdict)
      key.sport = u16(b, at)
      key.dport = u16(b, at + 2)
      return true
    case L4.Icmp:
    case L4.Icmpv6:
      if (length < ICMP_HEADER_LEN) return tooShort(packet, length, ICMP_HEADER_LEN, verdict)
      key.sport = u16(b, at + 4)
      key.dport = u16(b, at)
      return true
    case L4.Gre:
      key.sport = key.dport = 0
      if ($gre.decode(b, at, packet.l4End) !== DecodeStatus.Ok || $gre.version !== GRE_VERSION_PPTP) return true
      if ($gre.protocol !== GRE_PROTOCOL_PPP) {
        verdict.because(Reason.GRE_NOT_PPP, $gre.protocol)
        return false
      }
      key.dport = $gre.callId
      key.sport = greKey(key)
      return true
    default:
      key.sport = key.dport = 0
      return true
  }
}

function tooShort(packet: Packet, length: number, needed: number, verdict: Verdict): false {
  verdict.because(Reason.L4_TOO_SHORT, packet.l4, Math.max(length, 0), needed)
  return false
}

/** Fills `inverse`. False: an ICMP type without a pair. */
export function invertTuple(key: TupleKey, inverse: TupleKey): boolean {
  inverse.setSwapped(key)
  if (key.l4 !== L4.Icmp && key.l4 !== L4.Icmpv6) return true
  const type = (key.l4 === L4.Icmp ? ICMP_INVERSE : ICMPV6_INVERSE)[key.dport >>> 8]!
  inverse.sport = key.sport
  inverse.dport = (type << 8) | (key.dport & 0xff)
  return type >= 0
}

/** Whether an ICMP or ICMPv6 tuple is a request, which alone may begin an entry. */
export function isIcmpRequest(key: TupleKey): boolean {
  return (key.l4 === L4.Icmp ? ICMP_REQUESTS : ICMPV6_REQUESTS).has(key.dport >>> 8)
}
