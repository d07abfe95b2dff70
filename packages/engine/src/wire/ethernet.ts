// Ethernet II, IEEE 802.3 clause 3; tags of 802.1Q and 802.1ad; PPPoE sessions, RFC 2516. Offsets from the first byte
// of each header.
import { u16 } from './bytes.ts'

const ETHER_TYPE = 12
export const ETHERNET_HEADER_LEN = 14

const TAG_ETHER_TYPE = 2
const TAG_LEN = 4

const PPPOE_VERSION_TYPE = 0
const PPPOE_CODE = 1
const PPPOE_PROTOCOL = 6
/** The session header with the PPP protocol field. */
const PPPOE_HEADER_LEN = 8
/** Version 1, type 1. */
const PPPOE_VERSION_1 = 0x11
const PPPOE_SESSION_DATA = 0
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057

export const EtherType = {
  Ipv4: 0x0800,
  Vlan: 0x8100,
  Ipv6: 0x86dd,
  PppoeSession: 0x8864,
  /** 802.1ad, the outer tag of QinQ. */
  ServiceVlan: 0x88a8,
  /** The outer tag of QinQ as vendors had it before 802.1ad. */
  OldServiceVlan: 0x9100,
} as const

/** What a link decoder returns in place of an offset. */
export const NOT_IP = -1
/** The link header itself is cut off. */
export const LINK_CUT = -2

/** Where the IP header begins in the Ethernet frame at `at`, or NOT_IP, or LINK_CUT. */
export function ethernetPayload(b: Uint8Array, at: number, capEnd: number): number {
  if (capEnd - at < ETHERNET_HEADER_LEN) return LINK_CUT
  const etherType = u16(b, at + ETHER_TYPE)
  // Most frames end the walk here; the loop below is too much for a compiler to inline.
  if (etherType === EtherType.Ipv4) return at + ETHERNET_HEADER_LEN
  return etherTypePayload(etherType, b, at + ETHERNET_HEADER_LEN, capEnd)
}

/** Where the IP header begins behind an EtherType: any number of VLAN tags, then perhaps PPPoE. */
export function etherTypePayload(etherType: number, b: Uint8Array, at: number, capEnd: number): number {
  while (etherType === EtherType.Vlan || etherType === EtherType.ServiceVlan || etherType === EtherType.OldServiceVlan) {
    if (capEnd - at < TAG_LEN) return LINK_CUT
    etherType = u16(b, at + TAG_ETHER_TYPE)
    at += TAG_LEN
  }
  if (etherType === EtherType.PppoeSession) return pppoePayload(b, at, capEnd)
  return etherType === EtherType.Ipv4 || etherType === EtherType.Ipv6 ? at : NOT_IP
}

function pppoePayload(b: Uint8Array, at: number, capEnd: number): number {
  if (capEnd - at < PPPOE_HEADER_LEN) return LINK_CUT
  if (b[at + PPPOE_VERSION_TYPE] !== PPPOE_VERSION_1 || b[at + PPPOE_CODE] !== PPPOE_SESSION_DATA) return NOT_IP
  const protocol = u16(b, at + PPPOE_PROTOCOL)
  return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? at + PPPOE_HEADER_LEN : NOT_IP
}
