/** What became of a fragment's bytes in its queue. */
export const Insertion = {
  Taken: 0,
  /** Wholly inside one run of bytes already received: discarded, the queue lives on. */
  Duplicate: 1,
  /** Overlaps in part: the queue must be destroyed. */
  Overlap: 2,
} as const
export type Insertion = (typeof Insertion)[keyof typeof Insertion]

interface Part {
  readonly offset: number
  readonly data: Uint8Array
  /** How many of its bytes were captured; the others are zeros. */
  readonly capturedLen: number
}

/** What precedes a datagram's fragmentable part, taken from its first fragment. */
export interface DatagramHeader {
  readonly data: Uint8Array
  readonly capturedLen: number
  /** IPv6: the protocol that the fragment header named, and where in `data` it goes. */
  readonly nextHeader: number
  readonly nextHeaderAt: number
}

/** An IPv4 source that has queues, and how many fragments it sent since it first had one. */
export interface SourceCount {
  readonly source: string
  fragments: number
  queues: number
}

/**
 * The fragments of one datagram. Offsets are bytes from the start of its fragmentable part.
 *
 * Received bytes are kept as runs, as in the kernel, because its overlap rule speaks of them: a run grows only at the
 * datagram's highest end; two runs that come to touch are not joined. So a copy of bytes that lie in two touching runs
 * is an overlap, not a duplicate.
 */
export class FragmentQueue {
  readonly key: string
  deadlineMs: number
  /** Counted against the family's limit. */
  memoryLen: number
  /** End of the datagram so far as is known; for good once `hasLast`. */
  length = 0
  hasLast = false
  header: DatagramHeader | undefined
  /** IPv4: where the source's count stood at the last fragment. */
  sourceCount: SourceCount | undefined
  lastSourceFragment = 0

  #receivedLen = 0
  /** Bit n: a fragment came with ECN field n. */
  #ecnSeen = 0
  readonly #parts: Part[] = []
  /** Start and end of each run, in order. */
  readonly #runs: number[] = []

  constructor(key: string, deadlineMs: number, memoryLen: number) {
    this.key = key
    this.deadlineMs = deadlineMs
    this.memoryLen = memoryLen
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0
  }

  get isComplete(): boolean {
    return this.header !== undefined && this.hasLast && this.#receivedLen === this.length
  }

  /** Fragments that were in an ECN-capable transport and others in one datagram are a forgery (RFC 3168 5.3). */
  get isEcnMixed(): boolean {
    return (this.#ecnSeen & 1) !== 0 && this.#ecnSeen !== 1
  }

  /** Takes a copy of the bytes [at, end) of `b`, unless they overlap. `capEnd`: end of those that were captured. */
  insert(offset: number, b: Uint8Array, at: number, end: number, capEnd: number, ecn: number): Insertion {
    const place = this.#place(offset, offset + end - at)
    if (place !== Insertion.Taken) return place
    const data = new Uint8Array(end - at)
    data.set(b.subarray(at, end))
    this.#parts.push({ offset, data, capturedLen: Math.max(0, Math.min(end, capEnd) - at) })
    this.#receivedLen += end - at
    this.#ecnSeen |= 1 << ecn
    return Insertion.Taken
  }

  #place(start: number, end: number): Insertion {
    const runs = this.#runs
    const highestEnd = runs.length === 0 ? -1 : runs[runs.length - 1]!
    if (end > highestEnd) {
      if (start < highestEnd) return Insertion.Overlap
      if (start === highestEnd) runs[runs.length - 1] = end
      else runs.push(start, end)
      return Insertion.Taken
    }
    let low = 0
    let high = runs.length / 2
    while (low < high) {
      const middle = (low + high) >>> 1
      const runStart = runs[2 * middle]!
      const runEnd = runs[2 * middle + 1]!
      if (end <= runStart) high = middle
      else if (start >= runEnd) low = middle + 1
      else return start >= runStart && end <= runEnd ? Insertion.Duplicate : Insertion.Overlap
    }
    runs.splice(2 * low, 0, start, end)
    return Insertion.Taken
  }

  /** Forgets what was received, as if the next fragment were the first. */
  clear(): void {
    this.length = 0
    this.hasLast = false
    this.header = undefined
    this.#receivedLen = 0
    this.#ecnSeen = 0
    this.#parts.length = 0
    this.#runs.length = 0
  }

  /**
   * Writes the datagram to the start of `into`.
   * @returns end of its captured bytes: from there on zeros stand among those that were.
   */
  assemble(header: DatagramHeader, into: Uint8Array): number {
    const headerLen = header.data.length
    into.set(header.data)
    if (header.nextHeaderAt > 0) into[header.nextHeaderAt] = header.nextHeader
    let capEnd = header.capturedLen < headerLen ? header.capturedLen : headerLen + this.length
    for (const part of this.#parts) {
      into.set(part.data, headerLen + part.offset)
      if (part.capturedLen < part.data.length) capEnd = Math.min(capEnd, headerLen + part.offset + part.capturedLen)
    }
    return capEnd
  }
}
