/** IP protocol numbers that have a tracker or a name of their own. */
export const L4 = {
  Icmp: 1,
  Tcp: 6,
  Udp: 17,
  Dccp: 33,
  Gre: 47,
  Icmpv6: 58,
  Sctp: 132,
  UdpLite: 136,
} as const

const NAMES = new Map<number, string>([
  [L4.Icmp, 'icmp'],
  [L4.Tcp, 'tcp'],
  [L4.Udp, 'udp'],
  [L4.Dccp, 'dccp'],
  [L4.Gre, 'gre'],
  [L4.Icmpv6, 'icmpv6'],
  [L4.Sctp, 'sctp'],
  [L4.UdpLite, 'udplite'],
])

/** The protocol's name, or its number as text where it has none here. */
export function l4Name(l4: number): string {
  return NAMES.get(l4) ?? String(l4)
}
