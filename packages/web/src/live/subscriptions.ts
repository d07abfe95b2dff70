/**
 * Which topics the page follows. Every subscription is asked for again after a hello, with a number of its own each
 * time, so that a late message of an older one reaches nobody.
 */
import type { ClientMessage, Delta, RowWindow, ServerMessage, Snapshot, Subscription } from '@ctscope/server/api/live'
import type { ApiError } from '@ctscope/server/api/rest'

const NOT_ASKED = 0

type Topic = Subscription['topic']
export type SubscriptionOf<T extends Topic> = Extract<Subscription, { topic: T }>
export type SnapshotOf<T extends Topic> = Extract<Snapshot, { topic: T }>
export type DeltaOf<T extends Topic> = Extract<Delta, { topic: T }>

export type Handler<T extends Topic> = {
  snapshot: (snapshot: SnapshotOf<T>, asOf: string) => void
  delta: (delta: DeltaOf<T>, asOf: string) => void
  error: (error: ApiError) => void
}

type Entry = {
  sub: number
  subscription: Subscription
  isFreezable: boolean
  /** It has something to show. */
  isFilled: boolean
  handler: { snapshot: (s: never, asOf: string) => void; delta: (d: never, asOf: string) => void; error: (error: ApiError) => void }
}

/** A handle on one subscription, for as long as a view shows it. */
export type Followed<T extends Topic> = {
  /** Asks for something else in its place. */
  change: (subscription: SubscriptionOf<T>) => void
  /** Moves the window of `connections`. */
  move: (window: RowWindow) => void
  stop: () => void
}

export class Subscriptions {
  readonly #send: (message: ClientMessage) => boolean
  readonly #entries = new Set<Entry>()
  #lastSub = 0
  #frozen = false

  constructor(send: (message: ClientMessage) => boolean) {
    this.#send = send
  }

  follow<T extends Topic>(subscription: SubscriptionOf<T>, handler: Handler<T>): Followed<T> {
    const entry: Entry = { sub: NOT_ASKED, subscription, isFreezable: subscription.topic !== 'stats', isFilled: false, handler }
    this.#entries.add(entry)
    this.#ask(entry)
    return {
      change: (next) => {
        if (entry.sub !== NOT_ASKED) this.#send({ type: 'unsubscribe', sub: entry.sub })
        entry.subscription = next
        this.#ask(entry)
      },
      move: (window) => {
        if (entry.subscription.topic !== 'connections') return
        entry.subscription = { ...entry.subscription, window }
        if (entry.sub !== NOT_ASKED) this.#send({ type: 'window', sub: entry.sub, window })
      },
      stop: () => {
        this.#entries.delete(entry)
        if (entry.sub !== NOT_ASKED) this.#send({ type: 'unsubscribe', sub: entry.sub })
      },
    }
  }

  /** Holds all that is followed as it is now, but for the statistics: the capture goes on and they say so. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen
    for (const entry of this.#entries) {
      if (!entry.isFreezable) continue
      if (entry.sub === NOT_ASKED) this.#ask(entry)
      else this.#send({ type: 'freeze', sub: entry.sub, frozen })
    }
  }

  receive(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
        for (const entry of this.#entries) this.#askAfterHello(entry)
        return
      case 'snapshot': {
        const entry = this.#find(message.sub)
        if (entry === undefined) return
        entry.isFilled = true
        return entry.handler.snapshot(message.snapshot as never, message.asOf)
      }
      case 'delta':
        return this.#find(message.sub)?.handler.delta(message.delta as never, message.asOf)
      case 'error':
        return message.sub === null ? undefined : this.#find(message.sub)?.handler.error(message.error)
      case 'lag':
        return
    }
  }

  #find(sub: number): Entry | undefined {
    for (const entry of this.#entries) if (entry.sub === sub) return entry
    return undefined
  }

  /** What is frozen and has something to show stays as it is, also over a new connection, until it is let go. */
  #askAfterHello(entry: Entry): void {
    if (this.#frozen && entry.isFreezable && entry.isFilled) entry.sub = NOT_ASKED
    else this.#ask(entry)
  }

  #ask(entry: Entry): void {
    entry.sub = ++this.#lastSub
    this.#send({ type: 'subscribe', sub: entry.sub, subscription: entry.subscription })
    if (this.#frozen && entry.isFreezable) this.#send({ type: 'freeze', sub: entry.sub, frozen: true })
  }
}
