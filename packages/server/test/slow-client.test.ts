import { WebSocket } from 'ws'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Limits } from '../src/config.ts'
import type { ServerMessage } from '../src/api/live.ts'
import { connection, transition } from './support/records.ts'
import { DEFAULT_QUERY } from './support/stream.ts'
import { testApp, TOKEN, type TestApp } from './support/test-app.ts'

let test: TestApp

const LIMITS: Partial<Limits> = {
  mergeAboveBytes: 100_000,
  mergeBelowBytes: 10_000,
  snapshotAfterMs: 300,
  closeAfterMs: 5000,
  transitions: 100_000,
}

async function start(limits: Partial<Limits>): Promise<void> {
  test = await testApp({ limits: { ...LIMITS, ...limits } })
  test.host.begin()
}

afterEach(async () => {
  await test.app.close()
})

/** A client that can stop reading: what is sent then stays in the server's socket. */
class Reader {
  readonly messages: ServerMessage[] = []
  readonly closed: Promise<number>
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as ServerMessage))
  }

  static async open(): Promise<Reader> {
    const address = test.app.server.listening ? test.app.listeningOrigin : await test.app.listen({ host: '127.0.0.1', port: 0 })
    const socket = new WebSocket(`${address.replace('http', 'ws')}/api/v1/stream`, { headers: { authorization: `Bearer ${TOKEN}` } })
    const reader = new Reader(socket)
    await new Promise((resolve) => socket.on('open', resolve))
    socket.send(JSON.stringify({ type: 'subscribe', sub: 1, subscription: { topic: 'transitions', filter: '', since: 0 } }))
    socket.send(
      JSON.stringify({ type: 'subscribe', sub: 2, subscription: { ...DEFAULT_QUERY, window: { offset: 0, limit: 50, anchor: null } } }),
    )
    await until(() => reader.messages.filter(({ type }) => type === 'snapshot').length === 2)
    return reader
  }

  pause(): void {
    this.#tcp.pause()
  }

  resume(): void {
    this.#tcp.resume()
  }

  get #tcp(): Socket {
    return (this.#socket as unknown as { _socket: Socket })._socket
  }

  get seqs(): number[] {
    return this.messages.flatMap((message) => {
      const body = message.type === 'snapshot' ? message.snapshot : message.type === 'delta' ? message.delta : null
      return body?.topic === 'transitions' ? body.items.map(({ seq }) => seq) : []
    })
  }

  count(type: ServerMessage['type'], sub: number): number {
    return this.messages.filter((message) => message.type === type && 'sub' in message && message.sub === sub).length
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('it never came to hold')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

let nextId = 1

/** Ticks with 1,000 transitions each, until the server's side of a socket holds more than it may. */
async function flood(ticks: number): Promise<void> {
  for (let i = 0; i < ticks; i++) {
    const ids = Array.from({ length: 1000 }, () => nextId++)
    test.host.feed({ born: ids.map((id) => connection(id)), transitions: ids.map((id) => transition(id, id)) })
    test.app.ctscope.hub.tick()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const clients = () => test.app.ctscope.hub.stats().clients

describe('a client that does not keep up', { timeout: 30_000 }, () => {
  beforeEach(() => {
    nextId = 1
  })

  it('gets its updates merged, and in the end all transitions in order', async () => {
    await start({ snapshotAfterMs: 60_000, closeAfterMs: 60_000 })
    const slow = await Reader.open()
    const quick = await Reader.open()
    slow.pause()
    await flood(40)
    await until(() => quick.seqs.length === 40_000)
    const [behind] = clients()
    expect(behind?.merged).toBeGreaterThan(0)
    expect(behind?.lagBytes).toBeGreaterThan(LIMITS.mergeAboveBytes!)
    // Bounded: one tick's messages above the limit at most, not forty ticks' worth.
    expect(behind?.lagBytes).toBeLessThan(5_000_000)
    const before = slow.count('delta', 2)
    slow.resume()
    await until(() => {
      test.app.ctscope.hub.tick()
      return slow.seqs.length >= 40_000
    })
    expect(slow.seqs.findIndex((seq, i) => seq !== i + 1)).toBe(-1)
    expect(slow.count('delta', 2) - before).toBeLessThan(40)
    expect(slow.count('snapshot', 2)).toBe(1)
    expect(slow.messages.filter(({ type }) => type === 'lag').at(-1)).toMatchObject({ merged: clients()[0]?.merged, snapshots: 0 })
    // Nobody else paid for it.
    expect(clients()[1]).toMatchObject({ merged: 0, snapshots: 0 })
    expect(quick.messages.some(({ type }) => type === 'lag')).toBe(false)
  })

  it('gets a fresh snapshot when it was behind for long', async () => {
    await start({})
    const slow = await Reader.open()
    slow.pause()
    await flood(30)
    await new Promise((resolve) => setTimeout(resolve, LIMITS.snapshotAfterMs! + 50))
    test.app.ctscope.hub.tick()
    slow.resume()
    await until(() => {
      test.app.ctscope.hub.tick()
      return slow.count('snapshot', 2) === 2
    })
    expect(clients()[0]?.snapshots).toBe(1)
    expect(slow.messages.find(({ type }) => type === 'lag')).toMatchObject({ snapshots: 1 })
    await until(() => {
      test.app.ctscope.hub.tick()
      return slow.seqs.length >= 30_000
    })
    expect(slow.seqs.findIndex((seq, i) => seq !== i + 1)).toBe(-1)
  })

  it('is closed in the end, and that is counted', async () => {
    await start({ closeAfterMs: 500 })
    const slow = await Reader.open()
    slow.pause()
    await flood(30)
    await new Promise((resolve) => setTimeout(resolve, 550))
    test.app.ctscope.hub.tick()
    slow.resume()
    expect(await slow.closed).toBe(4008)
    await until(() => clients().length === 0)
    expect(test.app.ctscope.hub.stats().limits['clients.closed.slow']).toBe(1)
  })
})
