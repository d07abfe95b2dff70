/** The interfaces of this machine, as /sys and /proc tell everybody. */
import { readdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

export type InterfaceFacts = {
  name: string
  up: boolean
  loopback: boolean
  addresses: string[]
  /** Holds the default route. */
  isDefault: boolean
}

const IFF_UP = 0x1
const IFF_LOOPBACK = 0x8
/** ARPHRD_… of what carries no IP, or what libpcap gives in a form that is not decoded (802.11, CAN, monitors). */
const FOREIGN_TYPES = new Set([280, 801, 802, 803, 804, 805, 820, 824, 826])

/** Names that can be captured, without `any`. */
export function interfaceNames(): string[] {
  return readdirSync('/sys/class/net')
    .filter((name) => attribute(name, 'ifindex') !== '' && !FOREIGN_TYPES.has(Number(attribute(name, 'type'))))
    .sort()
}

export function listInterfaces(): InterfaceFacts[] {
  const addresses = networkInterfaces()
  const defaultName = defaultInterface()
  return interfaceNames().map((name) => {
    return {
      name,
      up: isUp(name),
      loopback: (Number(attribute(name, 'flags')) & IFF_LOOPBACK) !== 0,
      addresses: (addresses[name] ?? []).map(({ cidr, address }) => cidr ?? address),
      isDefault: name === defaultName,
    }
  })
}

/** Whether it is there, and up by its administrator's will. */
export function isUp(name: string): boolean {
  return (Number(attribute(name, 'flags')) & IFF_UP) !== 0
}

/** That of the IPv4 default route with the least metric, else of the IPv6 one; undefined: there is none. */
export function defaultInterface(): string | undefined {
  const v4 = table('/proc/net/route')
    .filter(([, destination, , flags, , , , mask]) => destination === '00000000' && mask === '00000000' && isUsable(flags))
    .map(([name, , , , , , metric]) => ({ name, metric: Number(metric) }))
  const v6 = table('/proc/net/ipv6_route')
    .filter((f) => f[0] === '0'.repeat(32) && f[1] === '00' && isUsable(f[8]) && f[9] !== 'lo')
    .map((f) => ({ name: f[9], metric: Number.parseInt(f[5] ?? '', 16) }))
  const best = (routes: typeof v6) => routes.sort((a, b) => a.metric - b.metric)[0]?.name
  return best(v4) ?? best(v6)
}

/** RTF_UP and not RTF_REJECT. */
function isUsable(flags: string | undefined): boolean {
  return (Number.parseInt(flags ?? '0', 16) & 0x201) === 1
}

function table(path: string): string[][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
  } catch {
    return [] // no IPv6 in this kernel
  }
}

function attribute(name: string, what: string): string {
  try {
    return readFileSync(`/sys/class/net/${name}/${what}`, 'utf8').trim()
  } catch {
    return '' // `bonding_masters` is no interface, and one may go away meanwhile
  }
}
