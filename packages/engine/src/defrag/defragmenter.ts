/**
 * Fragments to datagrams, as the kernel does it before it tracks (CONNTRACK.md 2.2). Time is handed in. Fragments
 * are rare, so this allocates: copies of what waits, bounded by FRAGMENT_MEMORY_LEN for each family.
 */
import type { Packet } from '../wire/packet.ts'
import { DecodeStatus } from '../wire/status.ts'
import { Ipv4Defragmenter } from './ipv4.ts'
import { Ipv6Defragmenter } from './ipv6.ts'
import { type DefragCounters, DefragResult, zeroCounters } from './result.ts'

/** The longest header and the longest payload together. */
const MAX_DATAGRAM_LEN = 40 + 0xffff

/** net.ipv4.ipfrag_time. */
export const IPV4_FRAGMENT_TIMEOUT_MS = 30_000
/** net.netfilter.nf_conntrack_frag6_timeout. */
export const IPV6_FRAGMENT_TIMEOUT_MS = 60_000

export interface DefragmenterOptions {
  ipv4TimeoutMs?: number
  ipv6TimeoutMs?: number
}

export class Defragmenter {
  readonly counters: DefragCounters = zeroCounters()
  readonly #ipv4: Ipv4Defragmenter
  readonly #ipv6: Ipv6Defragmenter

  constructor(options: DefragmenterOptions = {}) {
    // One for both: a packet borrows from it only until the next one is taken.
    const datagram = Buffer.alloc(MAX_DATAGRAM_LEN)
    this.#ipv4 = new Ipv4Defragmenter(options.ipv4TimeoutMs ?? IPV4_FRAGMENT_TIMEOUT_MS, this.counters, datagram)
    this.#ipv6 = new Ipv6Defragmenter(options.ipv6TimeoutMs ?? IPV6_FRAGMENT_TIMEOUT_MS, this.counters, datagram)
  }

  /**
   * Takes an Ok packet of zone `zone` at time `nowMs` (never less than before). After Complete, `p` is the whole
   * datagram, its bytes borrowed from here until the next call; after Held, Duplicate and Rejected its status is
   * FragmentHeld.
   */
  take(p: Packet, zone: number, nowMs: number): DefragResult {
    if (!p.isFragment) return DefragResult.NotFragment
    const result = p.l3 === 4 ? this.#ipv4.take(p, zone, nowMs) : this.#ipv6.take(p, zone, nowMs)
    if (result >= DefragResult.Held) p.status = DecodeStatus.FragmentHeld
    return result
  }

  /** Throws away what has waited too long. Only so that memory is given back: `take` looks at the time itself. */
  expire(nowMs: number): void {
    this.#ipv4.queues.expire(nowMs)
    this.#ipv6.queues.expire(nowMs)
  }

  /** Datagrams that are being waited for. */
  get waiting(): number {
    return this.#ipv4.queues.size + this.#ipv6.queues.size
  }

  /** What they take up, as the kernel counts it. */
  get memoryLen(): number {
    return this.#ipv4.queues.memoryLen + this.#ipv6.queues.memoryLen
  }
}
