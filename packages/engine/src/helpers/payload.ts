import { L4 } from '../model/index.ts'
import type { Packet } from '../wire/packet.ts'

const DATA_OFFSET_AT = 12
const UDP_HEADER_LEN = 8

/**
 * First byte of what a TCP segment or UDP datagram carries; it goes to `packet.l4End`. What IP says is the end, not the
 * UDP length: helpers see trailing bytes too. An ICMP error is taken as if it were UDP (CONNTRACK.md 7.2).
 */
export function payloadAt(packet: Packet, l4: number): number {
  if (l4 !== L4.Tcp) return packet.l4At + UDP_HEADER_LEN
  return packet.l4At + ((packet.bytes[packet.l4At + DATA_OFFSET_AT]! >>> 4) << 2)
}
