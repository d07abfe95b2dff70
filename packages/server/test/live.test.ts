import { WebSocket } from 'ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CtState, EndCause, EventBit, EventKind, Status, TcpState } from '@ctscope/engine/model'
import type { ConnectionRecord } from '@ctscope/engine/ipc'
import { LIVE_VERSION } from '../src/api/live.ts'
import type { Connection } from '../src/api/rest.ts'
import { connection, expectation, ftpLine, packet, transition } from './support/records.ts'
import { DEFAULT_QUERY, openStream, type StreamClient } from './support/stream.ts'
import { testApp, TOKEN, type TestApp } from './support/test-app.ts'

let test: TestApp

beforeEach(async () => {
  test = await testApp()
  test.host.begin()
})

afterEach(async () => {
  await test.app.close()
})

function tick(): void {
  test.app.ctscope.hub.tick()
}

describe('opening the stream', () => {
  let here: string

  beforeEach(async () => {
    here = new URL(await test.app.listen({ host: '127.0.0.1', port: 0 })).host
  })

  /** A socket as a browser or a program would open it; resolves to its protocol and first message, or to the refusal's status. */
  function open(protocols: string[], headers: Record<string, string>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${here}/api/v1/stream`, protocols, { headers })
      socket.on('message', (data: Buffer) => {
        resolve([socket.protocol, JSON.parse(data.toString())])
        socket.close()
      })
      socket.on('unexpected-response', (_request, answer) => {
        resolve(answer.statusCode)
        socket.terminate()
      })
      socket.on('error', (error) => {
        if (!error.message.includes('closed before')) reject(error)
      })
    })
  }

  const PAGE = ['ctscope.v1', `ctscope.token.${TOKEN}`]
  const hello = {
    type: 'hello',
    version: LIVE_VERSION,
    epoch: 'epoch-1',
    product: 'ctscope 0.1.0-test',
    capture: expect.objectContaining({ interfaces: ['eth0'] }) as object,
  }

  it('takes the page’s subprotocols and repeats only the version', async () => {
    expect(await open(PAGE, { origin: `http://${here}` })).toEqual(['ctscope.v1', expect.objectContaining(hello)])
  })

  it('takes Bearer from a program', async () => {
    expect(await open([], { authorization: `Bearer ${TOKEN}` })).toEqual(['', expect.objectContaining(hello)])
  })

  it('refuses whoever lacks the token', async () => {
    expect(await open(['ctscope.v1'], { origin: `http://${here}` })).toBe(401)
    expect(await open(['ctscope.v1', `ctscope.token.${TOKEN}x`], { origin: `http://${here}` })).toBe(401)
    expect(await open([], { authorization: 'Bearer something-else-entirely' })).toBe(401)
  })

  it('refuses another origin, with the token too', async () => {
    expect(await open(PAGE, {})).toBe(403)
    for (const origin of ['http://evil.example', 'null', `https://${here}`, `http://${here}0`, 'http://localhost:1']) {
      expect(await open(PAGE, { origin }), origin).toBe(403)
      expect(await open([], { origin, authorization: `Bearer ${TOKEN}` }), origin).toBe(403)
    }
  })

  it('refuses another host name, as after DNS rebinding', async () => {
    expect(await open(PAGE, { host: 'evil.example', origin: 'http://evil.example' })).toBe(403)
  })

  it('refuses clients beyond the limit', async () => {
    const one = await testApp({ limits: { clients: 1 } })
    const first = await openStream(one)
    expect((await first.next()).type).toBe('hello')
    const second = await openStream(one)
    const code = await new Promise((resolve) => second.socket.on('close', resolve))
    expect(code).toBe(4029)
    expect(one.app.ctscope.hub.stats().limits['clients.refused']).toBe(1)
    await one.app.close()
  })
})

describe('messages that are wrong', () => {
  it.each([
    ['{', /not JSON/, null],
    ['{"type":"subscribe"}', /not understood/, null],
    ['{"type":"subscribe","sub":3,"subscription":{"topic":"nothing"}}', /not understood/, 3],
    ['{"type":"freeze","sub":9,"frozen":true}', /no subscription 9/, 9],
    ['{"type":"subscribe","sub":1,"subscription":{"topic":"packets","filter":"port == x"}}', /Column 9/, 1],
    ['{"type":"subscribe","sub":1,"subscription":{"topic":"connection","id":99}}', /no connection 99/, 1],
    ['{"type":"subscribe","sub":1,"subscription":{"topic":"ftp-session","id":99}}', /no FTP session 99/, 1],
  ])('are answered: %s', async (text, message, sub) => {
    const client = await openStream(test)
    client.socket.send(text)
    const answer = await client.next(({ type }) => type === 'error')
    expect(answer).toMatchObject({ sub, error: { message: expect.stringMatching(message) as string } })
    // The socket goes on.
    client.subscribe(2, { topic: 'stats' })
    await client.next(({ type }) => type === 'snapshot')
  })

  it('has a bound on subscriptions', async () => {
    const client = await openStream(test)
    for (let sub = 0; sub < 17; sub++) client.subscribe(sub, { topic: 'ftp' })
    expect(await client.next(({ type }) => type === 'error')).toMatchObject({ sub: 16, error: { code: 'ERR_TOO_MANY' } })
  })

  it('closes on a message that is too long, and on far too many', async () => {
    const closing = (client: StreamClient) => new Promise((resolve) => client.socket.on('close', resolve))
    const long = await openStream(test)
    const longClosed = closing(long)
    long.socket.send('x'.repeat(20_000))
    expect(await longClosed).toBe(1009)
    const many = await openStream(test)
    const manyClosed = closing(many)
    for (let i = 0; i < 600; i++) many.socket.send('{}')
    expect(await manyClosed).toBe(4029)
  })
})

/** Connections that come, answer, close and end, as a busy network's do; the same every time. */
class Traffic {
  readonly #live: ConnectionRecord[] = []
  #nextId = 1
  #seq = 0

  /** One batch: `births` new ones, changes to some, the end of the oldest beyond `most`. */
  batch(births: number, most: number): void {
    const born: ConnectionRecord[] = []
    const transitions = []
    for (let i = 0; i < births; i++) {
      const id = this.#nextId++
      const record = connection(id, { dport: id % 7 === 0 ? 21 : 80 })
      born.push(record)
      this.#live.push(record)
      transitions.push(transition(++this.#seq, id))
    }
    const changed: ConnectionRecord[] = []
    for (let i = this.#nextId % 3; i < this.#live.length; i += 5) {
      const before = this.#live[i]!
      const record: ConnectionRecord = {
        ...before,
        ctState: CtState.Established,
        protoState: TcpState.Established,
        status: before.status | Status.SeenReply,
        packets: [before.packets[0] + 1, before.packets[1] + 1],
        bytes: [before.bytes[0] + 100, before.bytes[1] + 1500],
        lastSeenUs: before.lastSeenUs + 1000,
      }
      this.#live[i] = record
      changed.push(record)
      if (before.ctState === CtState.New) {
        transitions.push(
          transition(++this.#seq, record.id, {
            kind: EventKind.Update,
            bits: EventBit.Reply | EventBit.Protoinfo,
            fromCtState: CtState.New,
            toCtState: CtState.Established,
            fromProtoState: TcpState.SynSent,
            toProtoState: TcpState.Established,
          }),
        )
      }
    }
    const ended = this.#live.splice(0, Math.max(0, this.#live.length - most))
    for (const record of ended)
      transitions.push(transition(++this.#seq, record.id, { kind: EventKind.Destroy, bits: EventBit.Destroy, cause: EndCause.Timeout }))
    const atUs = ended.at(-1)?.lastSeenUs ?? 0
    test.host.feed({ born, changed, transitions, ended: ended.map((record) => ({ record, cause: EndCause.Timeout, atUs })) })
  }

  get transitions(): number {
    return this.#seq
  }
}

async function allOfRest(query: string): Promise<Connection[]> {
  const items: Connection[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const answer = await test.get(`/api/v1/connections?limit=1000&${cursor === '' ? query : `cursor=${cursor}`}`)
    const page = answer.json<{ items: Connection[]; cursor: string | null }>()
    items.push(...page.items)
    ;({ cursor } = page)
  }
  return items
}

/** Seconds that run down are a matter of when one asks. */
function timeless({ timeout, ...rest }: Connection): object {
  expect(timeout).not.toBeUndefined()
  return rest
}

// Ten batches a second of 200 births each, so five seconds of it.
describe('at 2,000 births a second', { timeout: 60_000 }, () => {
  it.each([
    ['newest first', {}, ''],
    ['by bytes', { sort: 'bytes' }, 'sort=bytes'],
    ['filtered by what changes', { filter: 'ct.state == NEW' }, 'filter=ct.state == NEW'],
    ['with ended ones, by port', { ended: true, sort: 'dport', order: 'asc' }, 'ended=true&sort=dport&order=asc'],
  ] as const)('snapshot and deltas end as REST does: %s', async (_what, query, rest) => {
    const client = await openStream(test)
    const traffic = new Traffic()
    traffic.batch(200, 5000)
    client.subscribe(1, { ...DEFAULT_QUERY, ...query })
    await client.next(({ type }) => type === 'snapshot')
    for (let i = 0; i < 50; i++) {
      traffic.batch(200, 5000)
      tick()
    }
    // Orders that move with traffic settle once a second.
    await new Promise((resolve) => setTimeout(resolve, 1100))
    tick()
    await client.settle()
    const expected = await allOfRest(rest)
    expect(expected.length).toBeGreaterThan(500)
    expect(client.total).toBe(expected.length)
    const seen: object[] = []
    for (let offset = 0; offset < client.total; offset += 500) {
      client.say({ type: 'window', sub: 1, window: { offset, limit: Math.min(500, client.total - offset), anchor: null } })
      tick()
      await client.settle()
      for (const id of client.ids) {
        const { depth, last, ...connection } = client.rows.get(id)!
        expect([depth, last]).toEqual([0, false])
        seen.push(timeless(connection))
      }
    }
    expect(seen).toEqual(expected.map(timeless))
  })

  it('sends every transition, in order, to one who was there and to one who comes back', async () => {
    const early = await openStream(test)
    early.subscribe(1, { topic: 'transitions', filter: '', since: null })
    await early.next(({ type }) => type === 'snapshot')
    const traffic = new Traffic()
    for (let i = 0; i < 50; i++) {
      traffic.batch(200, 3000)
      tick()
      await early.settle()
    }
    expect(traffic.transitions).toBeGreaterThan(20_000)
    expect(early.transitions).toHaveLength(traffic.transitions)
    expect(early.transitions.findIndex(({ seq }, i) => seq !== i + 1)).toBe(-1)

    const late = await openStream(test)
    late.subscribe(1, { topic: 'transitions', filter: 'event == DESTROY', since: 10_000 })
    expect(await late.next(({ type }) => type === 'snapshot')).toMatchObject({ snapshot: { missed: 0 } })
    for (let i = 0; i < 20; i++) {
      tick()
      await late.settle()
    }
    expect(late.transitions).toEqual(early.transitions.filter(({ seq, event }) => seq > 10_000 && event === 'DESTROY'))
  })

  it('says how many transitions are no longer kept', async () => {
    const small = await testApp({ limits: { transitions: 100 } })
    small.host.begin()
    small.host.feed({ transitions: Array.from({ length: 250 }, (_, i) => transition(i + 1, 1)) })
    const client = await openStream(small)
    client.subscribe(1, { topic: 'transitions', filter: '', since: 50 })
    expect(await client.next(({ type }) => type === 'snapshot')).toMatchObject({ snapshot: { missed: 100 } })
    expect(client.transitions.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 151))
    expect(small.app.ctscope.hub.stats().limits['transitions']).toBe(150)
    await small.app.close()
  })
})

describe('a window', () => {
  const born = (from: number, to: number): ConnectionRecord[] => Array.from({ length: to - from + 1 }, (_, i) => connection(from + i))

  it('that is anchored stays on its rows while others come above, and counts them', async () => {
    test.host.feed({ born: born(1, 100) })
    const client = await openStream(test)
    client.subscribe(1, { ...DEFAULT_QUERY, window: { offset: 40, limit: 10, anchor: null } })
    await client.settle()
    expect(client.ids).toEqual([60, 59, 58, 57, 56, 55, 54, 53, 52, 51])
    client.say({ type: 'window', sub: 1, window: { offset: 40, limit: 10, anchor: { id: 58, index: 2 } } })
    await client.settle()
    test.host.feed({ born: born(101, 412) })
    tick()
    await client.settle()
    expect(client.ids).toEqual([60, 59, 58, 57, 56, 55, 54, 53, 52, 51])
    expect([client.offset, client.newAbove, client.total]).toEqual([352, 312, 412])

    // The anchor and its neighbours go: the nearest row left stays where it is.
    const gone = [58, 57, 59].map((id) => ({ record: connection(id), cause: EndCause.Timeout, atUs: 0 }))
    test.host.feed({ ended: gone })
    tick()
    await client.settle()
    expect(client.ids).toEqual([63, 62, 61, 60, 56, 55, 54, 53, 52, 51])
    expect(client.newAbove).toBe(312)

    client.say({ type: 'window', sub: 1, window: { offset: 0, limit: 3, anchor: null } })
    await client.settle()
    expect([client.ids, client.newAbove]).toEqual([[412, 411, 410], 0])
  })

  it('sends only what is new or changed in it', async () => {
    test.host.feed({ born: born(1, 100) })
    tick()
    const client = await openStream(test)
    client.subscribe(1, { ...DEFAULT_QUERY, order: 'asc', window: { offset: 0, limit: 10, anchor: null } })
    await client.settle()
    test.host.feed({ changed: [connection(3, { bytes: [5, 5] }), connection(50, { bytes: [5, 5] })] })
    tick()
    const delta = await client.next(({ type }) => type === 'delta')
    expect(delta).toMatchObject({ delta: { view: { rows: [{ id: 3, original: { bytes: 5 } }] } } })
    test.host.feed({ changed: [connection(51)] })
    tick()
    await client.settle()
    expect(client.messages.filter(({ type }) => type === 'delta')).toHaveLength(1)
  })

  it('beyond the end shows the last rows', async () => {
    test.host.feed({ born: born(1, 20) })
    const client = await openStream(test)
    client.subscribe(1, { ...DEFAULT_QUERY, window: { offset: 900, limit: 5, anchor: null } })
    await client.settle()
    expect([client.offset, client.ids]).toEqual([15, [5, 4, 3, 2, 1]])
  })

  it('shows children under their master, wherever the sort would put them', async () => {
    test.host.feed({
      born: [connection(1, { dport: 21 }), connection(2), connection(3, { master: 1 }), connection(4), connection(5, { master: 1 })],
    })
    const client = await openStream(test)
    client.subscribe(1, { ...DEFAULT_QUERY, tree: true })
    await client.settle()
    const shown = () => client.ids.map((id) => [id, client.rows.get(id)!.depth, client.rows.get(id)!.last])
    expect(shown()).toEqual([
      [4, 0, false],
      [2, 0, false],
      [1, 0, false],
      [3, 1, false],
      [5, 1, true],
    ])
    // The last child goes: the one before is the last now, though nothing else of it changed.
    test.host.feed({ ended: [{ record: connection(5, { master: 1 }), cause: EndCause.Timeout, atUs: 0 }] })
    tick()
    await client.settle()
    expect(shown().at(-1)).toEqual([3, 1, true])
    // Its master is filtered out: it stands for itself.
    client.subscribe(2, { ...DEFAULT_QUERY, tree: true, filter: 'master' })
    await client.settle()
    expect(shown()).toEqual([[3, 0, false]])
  })
})

describe('a frozen subscription', () => {
  it('holds order and values, lets one scroll, and goes on without losing anything', async () => {
    test.host.feed({ born: Array.from({ length: 50 }, (_, i) => connection(i + 1)) })
    const client = await openStream(test)
    client.subscribe(1, { ...DEFAULT_QUERY, window: { offset: 0, limit: 10, anchor: null } })
    client.subscribe(2, { topic: 'transitions', filter: '', since: 0 })
    client.say({ type: 'freeze', sub: 1, frozen: true })
    client.say({ type: 'freeze', sub: 2, frozen: true })
    await client.settle()
    const before = client.messages.length
    test.host.feed({
      born: [connection(51), connection(52)],
      changed: [connection(50, { bytes: [9, 9] }), connection(20, { bytes: [9, 9] })],
      ended: [{ record: connection(21), cause: EndCause.Timeout, atUs: 0 }],
      transitions: [transition(1, 51), transition(2, 52)],
    })
    tick()
    tick()
    await client.settle()
    expect(client.messages.slice(before).filter(({ type }) => type === 'delta' || type === 'snapshot')).toEqual([])

    client.say({ type: 'window', sub: 1, window: { offset: 25, limit: 10, anchor: null } })
    await client.settle()
    expect(client.ids).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16])
    expect(client.rows.get(20)?.original.bytes).toBe(60)
    expect(client.rows.get(21)?.ended).toBeNull()

    client.say({ type: 'window', sub: 1, window: { offset: 0, limit: 4, anchor: null } })
    client.say({ type: 'freeze', sub: 1, frozen: false })
    client.say({ type: 'freeze', sub: 2, frozen: false })
    tick()
    await client.settle()
    expect(client.ids).toEqual([52, 51, 50, 49])
    expect(client.rows.get(50)?.original.bytes).toBe(9)
    expect(client.total).toBe(51)
    expect(client.transitions.map(({ seq }) => seq)).toEqual([1, 2])
  })
})

describe('a freeze beyond its bound', () => {
  it('shows present values, and says so', async () => {
    const small = await testApp({ limits: { frozenRows: 1 } })
    small.host.begin()
    small.host.feed({ born: [connection(1), connection(2)] })
    const client = await openStream(small)
    client.subscribe(1, DEFAULT_QUERY)
    client.say({ type: 'freeze', sub: 1, frozen: true })
    await client.settle()
    small.host.feed({ changed: [connection(1, { bytes: [7, 7] }), connection(2, { bytes: [7, 7] })] })
    client.say({ type: 'window', sub: 1, window: { offset: 2, limit: 1, anchor: null } })
    client.say({ type: 'window', sub: 1, window: { offset: 0, limit: 2, anchor: null } })
    await client.settle()
    expect(client.rows.get(1)?.original.bytes).toBe(60)
    expect(small.app.ctscope.hub.stats().limits['freeze.rows']).toBe(1)
    await small.app.close()
  })
})

describe('the other topics', () => {
  it('packets: as they come, while somebody watches; too many are counted', async () => {
    const client = await openStream(test)
    client.subscribe(1, { topic: 'packets', filter: 'ct.state == INVALID' })
    await client.next(({ type }) => type === 'snapshot')
    expect(test.host.isWatching).toBe(true)
    test.host.feed({
      packets: Array.from({ length: 500 }, (_, i) => packet(i, { ctState: i % 2 === 0 ? CtState.Invalid : CtState.New, connection: 0 })),
      packetsSkipped: 7,
    })
    tick()
    const delta = await client.next(({ type }) => type === 'delta')
    expect(delta).toMatchObject({ delta: { topic: 'packets', skipped: 57 } })
    const { items } = (delta as unknown as { delta: { items: { index: number }[] } }).delta
    expect([items.length, items[0]?.index, items.at(-1)?.index]).toEqual([200, 100, 498])
    client.say({ type: 'unsubscribe', sub: 1 })
    await client.settle()
    expect(test.host.isWatching).toBe(false)
  })

  it('expectations: what changed of them', async () => {
    test.host.feed({ born: [connection(17, { dport: 21 })], expectationsRaised: [expectation(1, 17)] })
    const client = await openStream(test)
    client.subscribe(1, { topic: 'expectations' })
    expect(await client.next(({ type }) => type === 'snapshot')).toMatchObject({
      snapshot: { items: [{ id: 1, master: 17, ended: null }] },
    })
    test.host.feed({ expectationsRaised: [expectation(2, 17)], expectationsEnded: [{ id: 1, cause: 1, atUs: 0, child: 18, packet: 3 }] })
    tick()
    expect(await client.next(({ type }) => type === 'delta')).toMatchObject({
      delta: {
        items: [
          { id: 1, ended: { cause: 'met', child: 18 } },
          { id: 2, ended: null },
        ],
        removed: [],
      },
    })
  })

  it('connection: with its ladder, again when it changes', async () => {
    test.host.ring = [packet(0, { connection: 17 }), packet(1, { connection: 17 })]
    test.host.feed({ born: [connection(17, { lastPacket: 1 })], transitions: [transition(1, 17)] })
    const client = await openStream(test)
    client.subscribe(1, { topic: 'connection', id: 17 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    tick()
    expect(await client.next(({ type }) => type === 'snapshot')).toMatchObject({
      snapshot: {
        topic: 'connection',
        detail: { connection: { id: 17 }, packets: [{ index: 0 }, { index: 1 }], transitions: [{ seq: 1 }] },
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 320))
    test.host.feed({ changed: [connection(17, { lastPacket: 1, bytes: [77, 0] })] })
    tick()
    await new Promise((resolve) => setTimeout(resolve, 10))
    tick()
    expect(await client.next(({ type }) => type === 'delta')).toMatchObject({
      delta: { detail: { connection: { original: { bytes: 77 } } } },
    })
  })

  it('stats: at once when the capture changes', async () => {
    const client = await openStream(test)
    client.subscribe(1, { topic: 'stats' })
    expect(await client.next(({ type }) => type === 'snapshot')).toMatchObject({ snapshot: { capture: { running: true } } })
    await test.send('PUT', '/api/v1/capture', { running: false })
    tick()
    expect(await client.next(({ type }) => type === 'delta')).toMatchObject({ delta: { topic: 'stats', capture: { running: false } } })
  })

  it('ftp and ftp-session: again when a line comes', async () => {
    test.host.feed({ born: [connection(17, { dport: 21 })], ftp: [ftpLine(17, 0, 'command', 'USER anna')] })
    const client = await openStream(test)
    client.subscribe(1, { topic: 'ftp' })
    client.subscribe(2, { topic: 'ftp-session', id: 17 })
    expect(await client.next((message) => message.type === 'snapshot' && message.sub === 1)).toMatchObject({
      snapshot: { sessions: [{ id: 17, user: 'anna' }] },
    })
    expect(await client.next((message) => message.type === 'snapshot' && message.sub === 2)).toMatchObject({
      snapshot: { session: { id: 17, lines: [{ text: 'USER anna' }] } },
    })
    await new Promise((resolve) => setTimeout(resolve, 520))
    test.host.feed({ ftp: [ftpLine(17, 1, 'reply', '331 Please specify the password.')] })
    tick()
    expect(await client.next((message) => message.type === 'delta' && message.sub === 2)).toMatchObject({
      delta: { session: { lines: [{ text: 'USER anna' }, { direction: 'reply' }] } },
    })
  })
})
