/** Topics that are streams of things that happened: transitions and packets. */
import type { Transition, Packet } from '../api/rest.ts'
import type { PacketRecord } from '@ctscope/engine/ipc'
import type { Limits } from '../config.ts'
import type { Predicate } from '../filter/index.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { PACKET_ACCESSOR, packetJson, type SeenPacket } from '../mirror/packet-json.ts'
import { predicateOf, seenPacket } from '../mirror/queries.ts'
import type { Topic, TopicMessage } from './topic.ts'

/** The newest that a client without `since` begins with. */
const FIRST_TRANSITIONS = 500
/** Transitions looked at for one message, so that a filter that picks few costs no more than one that picks all. */
const MAX_SCANNED = 50_000

/** Every transition that matches, in order. */
export class TransitionsTopic implements Topic {
  readonly #mirror: Mirror
  readonly #perMessage: number
  readonly #predicate: Predicate<number>
  #since: number | null
  #nextSeq = 0
  #isFirst = true

  /** @throws FilterError */
  constructor(mirror: Mirror, filter: string, since: number | null, limits: Limits) {
    this.#mirror = mirror
    this.#perMessage = limits.transitionsPerMessage
    this.#predicate = predicateOf(filter, mirror.transitionAccessor)
    this.#since = since
  }

  poll(): TopicMessage | null {
    const ring = this.#mirror.transitions
    if (this.#isFirst) {
      this.#isFirst = false
      if (this.#since === null) return { type: 'snapshot', snapshot: { topic: 'transitions', items: this.#newest(), missed: 0 } }
      this.#nextSeq = Math.min(this.#since, ring.lastSeq) + 1
      return this.#caughtUp()
    }
    if (this.#nextSeq < ring.firstSeq) return this.#caughtUp()
    const items = this.#take()
    return items.length === 0 ? null : { type: 'delta', delta: { topic: 'transitions', items } }
  }

  /** Transitions are kept: a slow client still gets each, as long as the ring has it. */
  reset(): void {
    this.#since = this.#nextSeq - 1
  }

  close(): void {
    this.#nextSeq = Infinity
  }

  /** A snapshot that says how many were no longer kept. */
  #caughtUp(): TopicMessage {
    const first = this.#mirror.transitions.firstSeq
    const missed = Math.max(0, first - this.#nextSeq)
    this.#nextSeq = Math.max(this.#nextSeq, first)
    return { type: 'snapshot', snapshot: { topic: 'transitions', items: this.#take(), missed } }
  }

  #take(): Transition[] {
    const ring = this.#mirror.transitions
    const items: Transition[] = []
    const end = Math.min(ring.lastSeq, this.#nextSeq + MAX_SCANNED - 1)
    while (this.#nextSeq <= end && items.length < this.#perMessage) {
      const seq = this.#nextSeq++
      if (this.#predicate(seq)) items.push(ring.json(seq))
    }
    return items
  }

  #newest(): Transition[] {
    const ring = this.#mirror.transitions
    const seqs: number[] = []
    for (let seq = ring.lastSeq; seq >= ring.firstSeq && seqs.length < FIRST_TRANSITIONS; seq--) if (this.#predicate(seq)) seqs.push(seq)
    this.#nextSeq = ring.lastSeq + 1
    return seqs.reverse().map((seq) => ring.json(seq))
  }
}

/** The newest packets that match, as they come; what is too much for a message is counted. */
export class PacketsTopic implements Topic {
  readonly #mirror: Mirror
  readonly #perMessage: number
  readonly #predicate: Predicate<SeenPacket>
  readonly #unwatch: () => void
  #waiting: SeenPacket[] = []
  #skipped = 0
  #isFirst = true

  /** `watch` begins the packets and returns what ends them. @throws FilterError */
  constructor(mirror: Mirror, filter: string, limits: Limits, watch: (topic: PacketsTopic) => () => void) {
    this.#mirror = mirror
    this.#perMessage = limits.packetsPerMessage
    this.#predicate = predicateOf(filter, PACKET_ACCESSOR)
    this.#unwatch = watch(this)
  }

  take(slot: number, records: readonly PacketRecord[], skipped: number): void {
    this.#skipped += skipped
    for (const record of records) {
      const seen = seenPacket(this.#mirror, slot, record)
      if (this.#predicate(seen)) this.#waiting.push(seen)
    }
    const tooMany = this.#waiting.length - this.#perMessage
    if (tooMany <= 0) return
    this.#waiting.splice(0, tooMany)
    this.#skipped += tooMany
  }

  poll(): TopicMessage | null {
    const items: Packet[] = this.#waiting.map(packetJson)
    const skipped = this.#skipped
    this.#waiting = []
    this.#skipped = 0
    if (this.#isFirst) {
      this.#isFirst = false
      return { type: 'snapshot', snapshot: { topic: 'packets', items } }
    }
    return items.length === 0 && skipped === 0 ? null : { type: 'delta', delta: { topic: 'packets', items, skipped } }
  }

  reset(): void {
    this.#skipped += this.#waiting.length
    this.#waiting = []
  }

  close(): void {
    this.#unwatch()
  }
}
