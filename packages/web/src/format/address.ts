/** An address with its port, as people write it; protocols without ports have only the address. */
export function endpoint(address: string, port: number, l4: string | null): string {
  if (!hasPorts(l4)) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

export function hasPorts(l4: string | null): boolean {
  return l4 === 'tcp' || l4 === 'udp' || l4 === 'sctp' || l4 === 'udplite' || l4 === 'dccp'
}

const ICMP_TYPES: Record<number, string> = {
  0: 'echo reply',
  3: 'unreachable',
  5: 'redirect',
  8: 'echo',
  11: 'time exceeded',
  12: 'bad parameter',
  13: 'timestamp',
  15: 'information',
  17: 'address mask',
}
const ICMPV6_TYPES: Record<number, string> = {
  1: 'unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'bad parameter',
  128: 'echo',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
  143: 'multicast report',
}

/** What an ICMP tuple's `dport` (type << 8 | code) stands for: IANA's names, shortened. */
export function icmpWord(l4: string, typeAndCode: number): string {
  const type = typeAndCode >> 8
  return (l4 === 'icmpv6' ? ICMPV6_TYPES : ICMP_TYPES)[type] ?? `type ${type}`
}
