import { FragmentQueue } from './fragment-queue.ts'
import type { DefragCounters } from './result.ts'

/**
 * Limit on what waits, for each family: net.ipv4.ipfrag_high_thresh, net.netfilter.nf_conntrack_frag6_high_thresh.
 * Above it every fragment is dropped, also of datagrams that are being waited for, until some time out.
 */
export const FRAGMENT_MEMORY_LEN = 4 * 1024 * 1024

/** What the kernel counts for a fragment beside its bytes (measured on 6.18 with frames from a tap device). */
const FRAGMENT_OVERHEAD_LEN = 640
const LINK_HEADER_LEN = 14
const CACHE_LINE_LEN = 64

/** What the kernel counts for a fragment of an IP packet of `l3Len` bytes. */
export function fragmentMemory(l3Len: number): number {
  return FRAGMENT_OVERHEAD_LEN + Math.ceil((l3Len + LINK_HEADER_LEN) / CACHE_LINE_LEN) * CACHE_LINE_LEN
}

/** The datagrams of one family that are being waited for, oldest first. */
export class QueueTable {
  readonly #queues = new Map<string, FragmentQueue>()
  readonly #timeoutMs: number
  readonly #queueOverheadLen: number
  readonly #counters: DefragCounters
  readonly #onRemove: (queue: FragmentQueue) => void
  #memoryLen = 0

  /** `queueOverheadLen`: what the kernel counts for a queue beside its fragments. */
  constructor(
    timeoutMs: number,
    queueOverheadLen: number,
    counters: DefragCounters,
    onRemove: (queue: FragmentQueue) => void = () => undefined,
  ) {
    this.#onRemove = onRemove
    this.#timeoutMs = timeoutMs
    this.#queueOverheadLen = queueOverheadLen
    this.#counters = counters
  }

  get size(): number {
    return this.#queues.size
  }

  /** Against FRAGMENT_MEMORY_LEN. */
  get memoryLen(): number {
    return this.#memoryLen
  }

  /** The queue of `key`, begun if there is none; undefined: over the limit. */
  find(key: string, nowMs: number): FragmentQueue | undefined {
    this.expire(nowMs)
    if (this.#memoryLen > FRAGMENT_MEMORY_LEN) {
      this.#counters.overLimit++
      return undefined
    }
    let queue = this.#queues.get(key)
    if (queue === undefined) {
      queue = new FragmentQueue(key, nowMs + this.#timeoutMs, this.#queueOverheadLen)
      this.#queues.set(key, queue)
      this.#memoryLen += this.#queueOverheadLen
    }
    return queue
  }

  /** Counts a fragment that `queue` has taken. */
  charge(queue: FragmentQueue, memoryLen: number): void {
    queue.memoryLen += memoryLen
    this.#memoryLen += memoryLen
  }

  /** Empties `queue` and gives it its whole time again. */
  restart(queue: FragmentQueue, nowMs: number): void {
    queue.clear()
    this.#memoryLen -= queue.memoryLen - this.#queueOverheadLen
    queue.memoryLen = this.#queueOverheadLen
    queue.deadlineMs = nowMs + this.#timeoutMs
    // To the end: all have the same timeout, so the order of the map is that of the deadlines.
    this.#queues.delete(queue.key)
    this.#queues.set(queue.key, queue)
  }

  remove(queue: FragmentQueue): void {
    this.#queues.delete(queue.key)
    this.#memoryLen -= queue.memoryLen
    this.#onRemove(queue)
  }

  expire(nowMs: number): void {
    for (const queue of this.#queues.values()) {
      if (queue.deadlineMs > nowMs) return
      this.remove(queue)
      this.#counters.timedOut++
    }
  }
}
