/** A client of the stream that keeps what it is told, and applies it as the page does. */
import type { WebSocket } from 'ws'
import type { ClientMessage, ConnectionRow, ConnectionsQuery, ServerMessage, Subscription } from '../../src/api/live.ts'
import type { Transition } from '../../src/api/rest.ts'
import { BEARER, type TestApp } from './test-app.ts'

export class StreamClient {
  readonly socket: WebSocket
  readonly messages: ServerMessage[] = []
  /** The rows of each connections subscription by id, and its window. */
  readonly rows = new Map<number, ConnectionRow>()
  ids: readonly number[] = []
  total = 0
  offset = 0
  newAbove = 0
  readonly transitions: Transition[] = []
  #seen = 0
  readonly #seqs = new Map<number, number>()

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.#take(JSON.parse(data.toString()) as ServerMessage)
    })
  }

  #take(message: ServerMessage): void {
    this.messages.push(message)
    if (message.type !== 'snapshot' && message.type !== 'delta') return
    const before = this.#seqs.get(message.sub) ?? 0
    if (message.seq !== before + 1) throw new Error(`sub ${message.sub}: ${message.seq} came after ${before}`)
    this.#seqs.set(message.sub, message.seq)
    const body = message.type === 'snapshot' ? message.snapshot : message.delta
    if (body.topic === 'connections') {
      const { view } = body
      if (message.type === 'snapshot') this.rows.clear()
      for (const row of view.rows) this.rows.set(row.id, row)
      for (const id of [...this.rows.keys()]) if (!view.ids.includes(id)) this.rows.delete(id)
      this.ids = view.ids
      this.total = view.total
      this.offset = view.offset
      this.newAbove = view.newAbove
    } else if (body.topic === 'transitions') this.transitions.push(...body.items)
  }

  say(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message))
  }

  subscribe(sub: number, subscription: Subscription): void {
    this.#seqs.delete(sub)
    this.say({ type: 'subscribe', sub, subscription })
  }

  /** The messages that came since it was asked last, once there is at least one that `is` it. */
  async next(is: (message: ServerMessage) => boolean = () => true): Promise<ServerMessage> {
    const deadline = performance.now() + 5000
    for (;;) {
      while (this.#seen < this.messages.length) {
        const message = this.messages[this.#seen++]!
        if (is(message)) return message
      }
      if (performance.now() > deadline)
        throw new Error(`no such message came; the last was ${JSON.stringify(this.messages.at(-1)).slice(0, 300)}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  /** Waits until everything that was sent has come: the answer to a message that is not understood is the last. */
  async settle(): Promise<void> {
    this.socket.send('settle')
    await this.next((message) => message.type === 'error' && message.error.message.includes('not JSON'))
  }
}

export const DEFAULT_QUERY: { topic: 'connections' } & ConnectionsQuery = {
  topic: 'connections',
  filter: '',
  sort: 'born',
  order: 'desc',
  ended: false,
  tree: false,
  window: { offset: 0, limit: 500, anchor: null },
}

export async function openStream({ app }: TestApp, headers: Record<string, string> = BEARER): Promise<StreamClient> {
  const holder: { client?: StreamClient } = {}
  await app.injectWS(
    '/api/v1/stream',
    { headers },
    {
      onInit: (socket) => {
        holder.client = new StreamClient(socket)
      },
    },
  )
  const { client } = holder
  if (client === undefined) throw new Error('the socket did not open')
  return client
}
