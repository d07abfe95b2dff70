/**
 * The lab: client — router — server, each a network namespace, joined by two veth pairs. The router forwards and its
 * kernel tracks connections; nothing is translated or dropped, so what a capture on the router's client side sees is
 * what its conntrack sees. Both ends run on one processor: then a packet goes through the router within one softirq,
 * and the capture and conntrack see packets in the same order.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CLIENT, ROUTER, SERVER } from './addresses.ts'
import { runOk } from './command.ts'
import { Namespace, ownedName, sweepDead } from './namespace.ts'
import { setRouterRules, WATCHED } from './router-rules.ts'

export type Lab = {
  client: Namespace
  router: Namespace
  server: Namespace
  /** The router's interface towards the client. */
  interface: string
  /** Its other one. All that passes here passes there too. */
  uplink: string
  /** A directory of its own that every user may enter. */
  dir: string
  /** Ends all that was started inside and removes everything. */
  close: () => Promise<void>
}

const UPLINK = 'eth0'
const SERVER_SIDE = 'server'
/** Large segments and unfinished checksums are for tests of their own: here a frame is a packet. */
const OFFLOADS_OFF = ['tso', 'off', 'gso', 'off', 'gro', 'off', 'tx', 'off', 'rx', 'off']
/** No duplicate address detection, no router solicitations: usable at once, and quiet. */
const QUIET_IPV6 = {
  'net.ipv6.conf.default.accept_dad': 0,
  'net.ipv6.conf.default.router_solicitations': 0,
  'net.ipv6.conf.default.accept_ra': 0,
}
const SETTLING_MS = 10_000
const FORWARDING = { 'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1 }

let labs = 0

export async function createLab(): Promise<Lab> {
  await sweepDead()
  const cpu = await firstCpu()
  const label = ownedName(String(++labs))
  const dir = await mkdtemp(join(tmpdir(), `${label}-`))
  await runOk(['chmod', '755', dir])
  const made: Namespace[] = []
  const close = async () => {
    await Promise.all(made.map((namespace) => namespace.remove()))
    await rm(dir, { recursive: true, force: true })
  }
  const create = async (role: string, options: { cpu?: number }) => {
    const namespace = await Namespace.create(`${label}-${role}`, options)
    made.push(namespace)
    return namespace
  }
  try {
    const client = await create('client', { cpu })
    const router = await create('router', {})
    const server = await create('server', { cpu })
    for (const namespace of made) await namespace.sysctl(QUIET_IPV6)
    await router.sysctl(FORWARDING)
    await connect(client, CLIENT, router, WATCHED, ROUTER.client)
    await connect(server, SERVER, router, SERVER_SIDE, ROUTER.server)
    await setRouterRules(router)
    return { client, router, server, interface: WATCHED, uplink: SERVER_SIDE, dir, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Waits until no TCP connection is open between the ends: what is still to come is in no test's way. */
export async function settled(lab: Lab): Promise<void> {
  const deadline = Date.now() + SETTLING_MS
  const open = async (end: Namespace) => end.runOk(['ss', '-H', '-t', '-n', 'state', 'connected', 'exclude', 'time-wait'])
  for (;;) {
    const sockets = (await Promise.all([lab.client, lab.server].map(open))).join('')
    if (sockets === '') return
    if (Date.now() > deadline) throw new Error(`connections stay open: ${sockets}`)
    await delay(20)
  }
}

/** Removes the watched interface, as an unplugged adapter is gone; `plugIn` makes it anew. */
export async function unplug(lab: Lab): Promise<void> {
  await lab.router.ip('link', 'delete', WATCHED)
}

export async function plugIn(lab: Lab): Promise<void> {
  await connect(lab.client, CLIENT, lab.router, WATCHED, ROUTER.client)
}

type Address = { ipv4: string; ipv6: string; mac: string }

/** A veth pair from an end's uplink to the router, with addresses, the neighbour known and the default route. */
async function connect(end: Namespace, endAddress: Address, router: Namespace, side: string, sideAddress: Address): Promise<void> {
  await end.ip('link', 'add', UPLINK, 'type', 'veth', 'peer', 'name', side, 'netns', router.name)
  await bringUp(end, UPLINK, endAddress, sideAddress)
  await bringUp(router, side, sideAddress, endAddress)
  await end.ip('route', 'add', 'default', 'via', sideAddress.ipv4)
  await end.ip('-6', 'route', 'add', 'default', 'via', sideAddress.ipv6)
}

async function bringUp(namespace: Namespace, device: string, own: Address, peer: Address): Promise<void> {
  await namespace.runOk(['ethtool', '-K', device, ...OFFLOADS_OFF])
  await namespace.ip('link', 'set', device, 'address', own.mac, 'addrgenmode', 'none')
  await namespace.ip('address', 'add', `${own.ipv4}/24`, 'dev', device)
  await namespace.ip('address', 'add', `${own.ipv6}/64`, 'dev', device, 'nodad')
  await namespace.ip('link', 'set', device, 'up')
  // Known neighbours: no first packet waits for ARP or ND.
  for (const address of [peer.ipv4, peer.ipv6]) {
    await namespace.ip('neighbour', 'replace', address, 'lladdr', peer.mac, 'dev', device, 'nud', 'permanent')
  }
}

async function firstCpu(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8')
  const first = /^Cpus_allowed_list:\s*(\d+)/m.exec(status)?.[1]
  if (first === undefined) throw new Error('/proc/self/status names no processor')
  return Number(first)
}
