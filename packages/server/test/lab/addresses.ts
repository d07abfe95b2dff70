/** Who is where in the lab. All of it exists only inside the lab's namespaces. */

export const CLIENT = { ipv4: '10.1.0.2', ipv6: 'fd00:1::2', mac: '02:00:00:01:00:02' } as const
export const SERVER = { ipv4: '10.2.0.2', ipv6: 'fd00:2::2', mac: '02:00:00:02:00:02' } as const
/** The router's two sides. */
export const ROUTER = {
  client: { ipv4: '10.1.0.1', ipv6: 'fd00:1::1', mac: '02:00:00:01:00:01' },
  server: { ipv4: '10.2.0.1', ipv6: 'fd00:2::1', mac: '02:00:00:02:00:01' },
} as const

export type L3 = 'ipv4' | 'ipv6'

/** In a URL, IPv6 stands in brackets. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
