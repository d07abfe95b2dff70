/**
 * The demo's traffic, a process of its own without rights: real sockets on loopback, captured there like any others. Its
 * parent says when the capture has begun.
 */
import '../no-inspector.ts'
import { createServer, get } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { dropServerRights } from '../drop-rights.ts'
import type { Identity } from '../launcher/rights.ts'
import { answerDns, askOnce, bindUdp, dnsQuestion } from './datagrams.ts'
import { activeSession, passiveSession } from './ftp-client.ts'
import { startFtpServer } from './ftp-server.ts'
import { StaleSockets } from './stale-sockets.ts'

/** Parent → traffic. */
export type TrafficCommand = { type: 'prepare'; become: Identity | null } | { type: 'begin' }
/** Traffic → parent: what a helper is to be assigned to. */
export type TrafficReady = { type: 'prepared'; ftpPorts: number[] }

const V4 = '127.0.0.1'
const V6 = '::1'
/** Usual for servers without rights; taken: any. */
const FTP_PORT = 2121
const STALE_SOCKETS = 20

const IntervalMs = { passive: 9_000, active: 11_000, http: 3_000, dns: 2_000, unanswered: 6_000, refused: 5_000, stale: 4_000 } as const

type Places = { hosts: string[]; ftp: Map<string, number>; http: number; dns: number; silent: number; closed: number; stale: StaleSockets }

process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
let places: Promise<Places> | undefined
process.on('message', (message: TrafficCommand) => {
  if (message.type === 'prepare') {
    dropServerRights(message.become)
    places = prepare()
    void places.then(({ ftp }) => process.send?.({ type: 'prepared', ftpPorts: [...new Set(ftp.values())] } satisfies TrafficReady))
  } else void places?.then(begin)
})

async function prepare(): Promise<Places> {
  const ftp = new Map<string, number>()
  for (const host of [V4, V6]) {
    const server = await startFtpServer(host, FTP_PORT)
      .catch(() => startFtpServer(host, 0))
      .catch(() => null) // no IPv6 here
    if (server !== null) ftp.set(host, (server.address() as AddressInfo).port)
  }
  const http = createServer((_request, response) => {
    response.end('<h1>demo</h1>'.repeat(500))
  }).listen({ host: V4, port: 0 })
  await once(http, 'listening')
  const dns = await bindUdp(V4, 0, answerDns)
  const silent = await bindUdp(V4, 0, null)
  // Bound once, so that it is nobody else's, then given back: a port that nobody listens to.
  const closed = await bindUdp(V4, 0, null)
  const closedPort = closed.address().port
  closed.close()
  return {
    hosts: [...ftp.keys()],
    ftp,
    http: (http.address() as AddressInfo).port,
    dns: dns.address().port,
    silent: silent.address().port,
    closed: closedPort,
    stale: await StaleSockets.open(V4, STALE_SOCKETS),
  }
}

function begin({ hosts, ftp, http, dns, silent, closed, stale }: Places): void {
  /** IPv4 and IPv6 in turn, each kind of session on its own. */
  const servers = function* (first: number) {
    for (let turn = first; ; turn++) {
      const host = hosts[turn % hosts.length] ?? V4
      yield { host, port: ftp.get(host) ?? FTP_PORT }
    }
  }
  const [passive, active] = [servers(0), servers(1)]
  repeat(IntervalMs.passive, () => passiveSession(passive.next().value))
  repeat(IntervalMs.active, () => activeSession(active.next().value))
  repeat(IntervalMs.http, () => {
    get({ host: V4, port: http, path: '/' }, (response) => response.resume()).on('error', () => undefined)
  })
  repeat(IntervalMs.dns, () => {
    askOnce(V4, dns, dnsQuestion('demo.example'))
  })
  repeat(IntervalMs.unanswered, () => {
    askOnce(V4, silent, Buffer.from('is anybody there?'))
  })
  repeat(IntervalMs.refused, () => {
    askOnce(V4, closed, Buffer.from('is this open?'))
  })
  repeat(IntervalMs.stale, async () => {
    stale.closeOne()
    await stale.leaveOne(V4)
  })
}

/** At once and then again and again; what fails once is tried at its next turn. */
function repeat(intervalMs: number, act: () => unknown): void {
  const turn = () => {
    Promise.resolve()
      .then(act)
      .catch(() => undefined)
  }
  turn()
  setInterval(turn, intervalMs)
}
