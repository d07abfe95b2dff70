/** One client's socket: its subscriptions, and what is done when it cannot keep up. */
import type { WebSocket } from 'ws'
import { CLOSE_TOO_MANY, CLOSE_TOO_SLOW, type ClientMessage, type ServerMessage, type Subscription } from '../api/live.ts'
import type { Stats } from '../api/rest.ts'
import { ApiFault } from '../api-fault.ts'
import type { Limits } from '../config.ts'
import { reportDefect } from '../defects.ts'
import { failureOf } from '../plugins/error-handler.ts'
import { readClientMessage, subOfBadMessage } from './client-message.ts'
import { ConnectionsTopic } from './connections-topic.ts'
import type { Topic } from './topic.ts'

/** The WebSocket's own code for an error of the server (RFC 6455 section 7.4.1). */
const CLOSE_DEFECT = 1011

/** Messages of one client in one tick that are answered at once; more wait for the tick. */
const PROMPT_MESSAGES = 20
/** Messages of one client in one tick: beyond it is no page of ours. */
const MAX_MESSAGES = 500

type Held = { topic: Topic; seq: number; isFrozen: boolean }

export type SessionHost = {
  readonly limits: Limits
  now(): string
  nowMs(): number
  /** @throws FilterError, ApiFault */
  openTopic(subscription: Subscription): Topic
}

export class Session {
  readonly id: number
  readonly #socket: WebSocket
  readonly #host: SessionHost
  readonly #held = new Map<number, Held>()
  #messages = 0
  /** Since when updates are merged; null: the client keeps up. */
  #behindSinceMs: number | null = null
  #needsSnapshot = false
  #merged = 0
  #snapshots = 0
  isAlive = true

  constructor(id: number, socket: WebSocket, host: SessionHost) {
    this.id = id
    this.#socket = socket
    this.#host = host
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  receive(text: string): void {
    if (++this.#messages > MAX_MESSAGES) {
      this.#socket.close(CLOSE_TOO_MANY, 'too many messages')
      return
    }
    let sub: number | null = null
    try {
      const message = readClientMessage(text)
      sub = message.sub
      this.#handle(message)
    } catch (error) {
      const { error: told } = failureOf(error)
      if (told.code === 'ERR_INTERNAL') reportDefect('a message of a client', error)
      this.send({ type: 'error', sub: sub ?? subOfBadMessage(text), error: told })
    }
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case 'subscribe': {
        this.#drop(message.sub)
        const { subscriptionsPerClient } = this.#host.limits
        if (this.#held.size >= subscriptionsPerClient) {
          throw new ApiFault('ERR_TOO_MANY', `more than ${subscriptionsPerClient} subscriptions`, 'End one that is no longer looked at.')
        }
        const held = { topic: this.#host.openTopic(message.subscription), seq: 0, isFrozen: false }
        this.#held.set(message.sub, held)
        this.#pollPromptly(message.sub, held)
        return
      }
      case 'window': {
        const held = this.#heldOf(message.sub)
        if (!(held.topic instanceof ConnectionsTopic)) throw new ApiFault('ERR_MESSAGE', 'only connections have a window', '')
        held.topic.moveTo(message.window)
        this.#pollPromptly(message.sub, held)
        return
      }
      case 'freeze': {
        const held = this.#heldOf(message.sub)
        held.topic.freeze?.(message.frozen)
        held.isFrozen = message.frozen
        this.#pollPromptly(message.sub, held)
        return
      }
      case 'unsubscribe':
        this.#drop(message.sub)
    }
  }

  #heldOf(sub: number): Held {
    const held = this.#held.get(sub)
    if (held === undefined) throw new ApiFault('ERR_NOT_FOUND', `there is no subscription ${sub}`, 'Subscribe first.')
    return held
  }

  #drop(sub: number): void {
    this.#held.get(sub)?.topic.close()
    this.#held.delete(sub)
  }

  /** Whoever subscribes or scrolls need not wait for the tick. */
  #pollPromptly(sub: number, held: Held): void {
    if (this.#behindSinceMs === null && this.#messages <= PROMPT_MESSAGES) this.#poll(sub, held)
  }

  /** To be called in each tick. */
  tick(nowMs: number): void {
    this.#messages = 0
    if (!this.#keepsUp(nowMs)) return
    try {
      for (const [sub, held] of this.#held) this.#poll(sub, held)
    } catch (error) {
      // One client's misfortune is not the others'.
      reportDefect('a client’s tick', error)
      this.#socket.close(CLOSE_DEFECT, 'something went wrong inside ctscope')
    }
  }

  #poll(sub: number, held: Held): void {
    // A frozen window may still be moved over what is held.
    if (held.isFrozen && !(held.topic instanceof ConnectionsTopic)) return
    const message = held.topic.poll(this.#host.nowMs())
    if (message === null) return
    const { asOf = this.#host.now() } = message
    const seq = ++held.seq
    if (message.type === 'snapshot') this.send({ type: 'snapshot', sub, seq, asOf, snapshot: message.snapshot })
    else this.send({ type: 'delta', sub, seq, asOf, delta: message.delta })
  }

  /**
   * A client whose socket fills up is first sent nothing until it has read (what happened meanwhile comes merged),
   * then gets a fresh picture, then is closed. It counts as keeping up again only when its socket is nearly empty.
   */
  #keepsUp(nowMs: number): boolean {
    const { mergeAboveBytes, mergeBelowBytes, snapshotAfterMs, closeAfterMs } = this.#host.limits
    const buffered = this.#socket.bufferedAmount
    if (this.#behindSinceMs === null) {
      if (buffered <= mergeAboveBytes) return true
      this.#behindSinceMs = nowMs
    } else if (buffered <= mergeBelowBytes) {
      this.#behindSinceMs = null
      if (this.#needsSnapshot) {
        this.#needsSnapshot = false
        this.#snapshots++
        for (const { topic } of this.#held.values()) topic.reset()
      }
      this.#tellLag()
      return true
    }
    this.#merged++
    const behindMs = nowMs - this.#behindSinceMs
    if (behindMs >= snapshotAfterMs) this.#needsSnapshot = true
    if (behindMs >= closeAfterMs) this.#socket.close(CLOSE_TOO_SLOW, 'too slow')
    return false
  }

  #tellLag(): void {
    this.send({ type: 'lag', merged: this.#merged, snapshots: this.#snapshots, bufferedBytes: this.#socket.bufferedAmount })
  }

  stats(): Stats['clients'][number] {
    return {
      id: this.id,
      subscriptions: this.#held.size,
      lagBytes: this.#socket.bufferedAmount,
      merged: this.#merged,
      snapshots: this.#snapshots,
    }
  }

  /** Asks for a sign of life; a client that gave none since the last time is cut off. */
  ping(): void {
    if (!this.isAlive) {
      this.#socket.terminate()
      return
    }
    this.isAlive = false
    this.#socket.ping()
  }

  close(): void {
    for (const sub of [...this.#held.keys()]) this.#drop(sub)
  }

  terminate(): void {
    this.#socket.terminate()
  }
}
