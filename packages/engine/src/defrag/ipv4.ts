/** Reassembly of IPv4 (CONNTRACK.md 2.2). */
import { IPV4_FRAGMENT, IPV4_PROTOCOL, IPV4_TOTAL_LENGTH, decodeIpv4 } from '../wire/ipv4.ts'
import type { Packet } from '../wire/packet.ts'
import { type FragmentQueue, Insertion, type SourceCount } from './fragment-queue.ts'
import { fragmentMemory, QueueTable } from './queue-table.ts'
import { type DefragCounters, DefragResult } from './result.ts'

const TYPE_OF_SERVICE = 1
const ECN_MASK = 3
const MAX_DATAGRAM_LEN = 0xffff
/** What the kernel counts for a queue (measured on 6.18). */
const QUEUE_OVERHEAD_LEN = 200
/** net.ipv4.ipfrag_max_dist: how many fragments a source may send between two of one datagram. */
const MAX_DISTANCE = 64

export class Ipv4Defragmenter {
  readonly queues: QueueTable
  readonly #counters: DefragCounters
  /** The datagram completed last. */
  readonly #datagram: Buffer
  /** Of sources that have a queue. */
  readonly #sources = new Map<string, SourceCount>()

  constructor(timeoutMs: number, counters: DefragCounters, datagram: Buffer) {
    this.queues = new QueueTable(timeoutMs, QUEUE_OVERHEAD_LEN, counters, (queue) => this.#releaseSource(queue))
    this.#counters = counters
    this.#datagram = datagram
  }

  take(p: Packet, zone: number, nowMs: number): DefragResult {
    const source = `${zone} ${p.address[0]!}`
    const queue = this.queues.find(`${source} ${p.address[4]!} ${p.fragId} ${p.bytes[p.l3At + IPV4_PROTOCOL]!}`, nowMs)
    if (queue === undefined) return DefragResult.Rejected
    this.#countSource(queue, source, nowMs)

    const offset = p.fragOffset
    let end = offset + p.l4End - p.l4At
    if (p.fragMore) {
      // A fragment that is not the last ends at a multiple of 8; what is more of it is cut off.
      end &= ~7
      if (end > queue.length) {
        if (queue.hasLast) return this.#destroy(queue, 'inconsistent')
        queue.length = end
      }
    } else {
      if (end < queue.length || (queue.hasLast && end !== queue.length)) return this.#destroy(queue, 'inconsistent')
      queue.hasLast = true
      queue.length = end
    }
    if (end <= offset) return this.#destroy(queue, 'inconsistent')

    const ecn = p.bytes[p.l3At + TYPE_OF_SERVICE]! & ECN_MASK
    const insertion = queue.insert(offset, p.bytes, p.l4At, p.l4At + end - offset, p.capEnd, ecn)
    if (insertion === Insertion.Duplicate) {
      this.#counters.duplicates++
      return DefragResult.Duplicate
    }
    if (insertion === Insertion.Overlap) return this.#destroy(queue, 'overlaps')
    this.queues.charge(queue, fragmentMemory(p.l3Len))
    if (offset === 0) {
      const data = new Uint8Array(p.l4At - p.l3At)
      data.set(p.bytes.subarray(p.l3At, p.l4At))
      queue.header = { data, capturedLen: Math.min(p.capEnd, p.l4At) - p.l3At, nextHeader: 0, nextHeaderAt: 0 }
    }
    return queue.isComplete ? this.#complete(p, queue) : DefragResult.Held
  }

  /** Begins a queue anew if its source sent too much else: an identification may have come round by then. */
  #countSource(queue: FragmentQueue, source: string, nowMs: number): void {
    let count = queue.sourceCount
    if (count === undefined) {
      count = this.#sources.get(source)
      if (count === undefined) {
        count = { source, fragments: 0, queues: 0 }
        this.#sources.set(source, count)
      }
      count.queues++
      queue.sourceCount = count
    }
    count.fragments++
    const distance = count.fragments - queue.lastSourceFragment
    queue.lastSourceFragment = count.fragments
    if (!queue.isEmpty && distance > MAX_DISTANCE) {
      this.#counters.tooFar++
      this.queues.restart(queue, nowMs)
    }
  }

  #releaseSource(queue: FragmentQueue): void {
    const count = queue.sourceCount
    if (count !== undefined && --count.queues === 0) this.#sources.delete(count.source)
  }

  #complete(p: Packet, queue: FragmentQueue): DefragResult {
    const header = queue.header!
    const length = header.data.length + queue.length
    if (queue.isEcnMixed) return this.#destroy(queue, 'ecnMixed')
    if (length > MAX_DATAGRAM_LEN) return this.#destroy(queue, 'inconsistent')
    const b = this.#datagram
    const capEnd = queue.assemble(header, b)
    this.queues.remove(queue)
    b.writeUInt16BE(length, IPV4_TOTAL_LENGTH)
    b.writeUInt16BE(0, IPV4_FRAGMENT)
    decodeIpv4(p, b, 0, length, false)
    p.capEnd = capEnd
    this.#counters.completed++
    return DefragResult.Complete
  }

  #destroy(queue: FragmentQueue, cause: keyof DefragCounters): DefragResult {
    this.queues.remove(queue)
    this.#counters[cause]++
    return DefragResult.Rejected
  }
}
