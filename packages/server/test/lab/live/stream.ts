/** A client of the WebSocket stream: checks that messages come in `seq` order without gaps, and keeps them. */
import { once } from 'node:events'
import WebSocket from 'ws'
import type { Delta, ServerMessage, Snapshot, Subscription } from '../../../src/api/live.ts'
import type { Expectation, Transition } from '../../../src/api/rest.ts'
import type { Ctscope } from './ctscope.ts'

export type Hello = Extract<ServerMessage, { type: 'hello' }>

export class Stream {
  readonly hello: Hello
  readonly #socket: WebSocket
  readonly #parts = new Map<number, Part>()
  #subscriptions = 0
  /** Errors, lag reports and breaches of order: a test ends with none. */
  readonly complaints: string[] = []

  private constructor(socket: WebSocket, hello: Hello) {
    this.#socket = socket
    this.hello = hello
    socket.on('message', (data) => this.#take(JSON.parse((data as Buffer).toString()) as ServerMessage))
  }

  static async open(ctscope: Ctscope): Promise<Stream> {
    const protocols = ['ctscope.v1', `ctscope.token.${ctscope.token}`]
    const socket = new WebSocket(`ws://${ctscope.host}/api/v1/stream`, protocols, {
      origin: `http://${ctscope.host}`,
      createConnection: () => ctscope.connect(),
    })
    const [first] = (await once(socket, 'message')) as [Buffer]
    return new Stream(socket, JSON.parse(first.toString()) as Hello)
  }

  subscribe(subscription: Subscription): Part {
    const sub = ++this.#subscriptions
    const part = new Part()
    this.#parts.set(sub, part)
    this.#socket.send(JSON.stringify({ type: 'subscribe', sub, subscription }))
    return part
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  close(): void {
    this.#socket.close()
  }

  #take(message: ServerMessage): void {
    if (message.type === 'snapshot' || message.type === 'delta') {
      const part = this.#parts.get(message.sub)
      const problem = part ? part.take(message) : `a message for subscription ${message.sub}, which nobody made`
      if (problem !== null) this.complaints.push(problem)
    } else {
      this.complaints.push(JSON.stringify(message))
    }
  }
}

type PartMessage = Extract<ServerMessage, { type: 'snapshot' | 'delta' }>

/** What one subscription has brought. */
export class Part {
  readonly messages: PartMessage[] = []
  #seq: number | null = null

  /** Null, or what is wrong with the message. */
  take(message: PartMessage): string | null {
    this.messages.push(message)
    const expected = this.#seq === null ? message.seq : this.#seq + 1
    this.#seq = message.seq
    if (message.seq !== expected) return `subscription ${message.sub}: message ${message.seq} instead of ${expected}`
    if (this.messages.length === 1 && message.type !== 'snapshot') return `subscription ${message.sub} begins with a delta`
    return null
  }

  contents(): (Snapshot | Delta)[] {
    return this.messages.map((message) => (message.type === 'snapshot' ? message.snapshot : message.delta))
  }

  /** Every form of every one, in the order of arrival. */
  expectations(): Expectation[] {
    return this.contents().flatMap((content) => (content.topic === 'expectations' ? content.items : []))
  }

  transitions(): Transition[] {
    return this.contents().flatMap((content) => (content.topic === 'transitions' ? content.items : []))
  }
}
