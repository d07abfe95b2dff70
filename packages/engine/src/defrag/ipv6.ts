/** Reassembly of IPv6 (CONNTRACK.md 2.2). */
import { L4 } from '../model/l4proto.ts'
import { ICMP_HEADER_LEN } from '../wire/icmp.ts'
import { decodeIpv6, IPV6_PAYLOAD_LENGTH } from '../wire/ipv6.ts'
import { FRAGMENT_HEADER_LEN, IPV6_HEADER_LEN, MAX_PAYLOAD_LENGTH } from '../wire/ipv6-ext.ts'
import type { Packet } from '../wire/packet.ts'
import { TCP_HEADER_LEN } from '../wire/tcp.ts'
import { UDP_HEADER_LEN } from '../wire/udp.ts'
import { type FragmentQueue, Insertion } from './fragment-queue.ts'
import { fragmentMemory, QueueTable } from './queue-table.ts'
import { type DefragCounters, DefragResult } from './result.ts'

/** What the kernel counts for a queue (measured on 6.18). */
const QUEUE_OVERHEAD_LEN = 184
/** The ECN field in the second byte of the header, whose upper half is the lower one of the traffic class. */
const ECN_SHIFT = 4
const ECN_MASK = 3

export class Ipv6Defragmenter {
  readonly queues: QueueTable
  readonly #counters: DefragCounters
  /** The datagram completed last. */
  readonly #datagram: Buffer

  constructor(timeoutMs: number, counters: DefragCounters, datagram: Buffer) {
    this.queues = new QueueTable(timeoutMs, QUEUE_OVERHEAD_LEN, counters)
    this.#counters = counters
    this.#datagram = datagram
  }

  take(p: Packet, zone: number, nowMs: number): DefragResult {
    if (p.fragOffset === 0 && lacksL4Header(p)) return DefragResult.Unchanged
    const packetEnd = p.l3At + p.l3Len
    const dataAt = p.fragHeaderAt + FRAGMENT_HEADER_LEN
    if (dataAt > packetEnd) return this.#reject('inconsistent')

    const queue = this.queues.find(queueKey(p, zone), nowMs)
    if (queue === undefined) return DefragResult.Rejected
    const offset = p.fragOffset
    // The limit is set as if what stands before the fragment header were not there.
    const end = offset + packetEnd - dataAt
    if (end > MAX_PAYLOAD_LENGTH) return this.#reject('inconsistent')
    if (p.fragMore) {
      if ((end & 7) !== 0) {
        this.#destroy(queue, 'inconsistent')
        return DefragResult.Unchanged
      }
      if (end > queue.length) {
        if (queue.hasLast) return this.#reject('inconsistent')
        queue.length = end
      }
    } else {
      if (end < queue.length || (queue.hasLast && end !== queue.length)) return this.#reject('inconsistent')
      queue.hasLast = true
      queue.length = end
    }
    if (end === offset) return this.#reject('inconsistent')

    const ecn = (p.bytes[p.l3At + 1]! >>> ECN_SHIFT) & ECN_MASK
    const insertion = queue.insert(offset, p.bytes, dataAt, packetEnd, p.capEnd, ecn)
    if (insertion === Insertion.Duplicate) {
      this.#counters.duplicates++
      return DefragResult.Duplicate
    }
    if (insertion === Insertion.Overlap) return this.#destroy(queue, 'overlaps')
    this.queues.charge(queue, fragmentMemory(p.l3Len))
    if (offset === 0) {
      const data = new Uint8Array(p.fragHeaderAt - p.l3At)
      data.set(p.bytes.subarray(p.l3At, p.fragHeaderAt))
      const capturedLen = Math.min(p.capEnd, p.fragHeaderAt) - p.l3At
      queue.header = { data, capturedLen, nextHeader: p.bytes[p.fragHeaderAt]!, nextHeaderAt: p.fragLinkAt - p.l3At }
    }
    return queue.isComplete ? this.#complete(p, queue) : DefragResult.Held
  }

  #complete(p: Packet, queue: FragmentQueue): DefragResult {
    const header = queue.header!
    const payloadLen = header.data.length - IPV6_HEADER_LEN + queue.length
    if (queue.isEcnMixed) return this.#destroy(queue, 'ecnMixed')
    if (payloadLen > MAX_PAYLOAD_LENGTH) return this.#destroy(queue, 'inconsistent')
    const b = this.#datagram
    const capEnd = queue.assemble(header, b)
    this.queues.remove(queue)
    b.writeUInt16BE(payloadLen, IPV6_PAYLOAD_LENGTH)
    decodeIpv6(p, b, 0, IPV6_HEADER_LEN + payloadLen)
    p.capEnd = capEnd
    this.#counters.completed++
    return DefragResult.Complete
  }

  /** Drops the fragment alone; what waits for it goes on waiting. */
  #reject(cause: keyof DefragCounters): DefragResult {
    this.#counters[cause]++
    return DefragResult.Rejected
  }

  #destroy(queue: FragmentQueue, cause: keyof DefragCounters): DefragResult {
    this.queues.remove(queue)
    return this.#reject(cause)
  }
}

/** Whether a first fragment ends before its L4 header does. Where none can be found, that is not so. */
function lacksL4Header(p: Packet): boolean {
  return p.l4 >= 0 && p.l4At + l4HeaderLen(p.l4) > p.l4End
}

function l4HeaderLen(l4: number): number {
  switch (l4) {
    case L4.Tcp:
      return TCP_HEADER_LEN
    case L4.Udp:
      return UDP_HEADER_LEN
    case L4.Icmpv6:
      return ICMP_HEADER_LEN
    default:
      return 1
  }
}

function queueKey(p: Packet, zone: number): string {
  const a = p.address
  const key = `${zone} ${p.fragId} ${a[0]!} ${a[1]!} ${a[2]!} ${a[3]!} ${a[4]!} ${a[5]!} ${a[6]!} ${a[7]!}`
  // The same address on two links is two destinations only where it is multicast (ff00::/8) or link-local (fe80::/10).
  const isOfOneLink = a[4]! >>> 24 === 0xff || a[4]! >>> 22 === 0x3fa
  return isOfOneLink ? `${key} ${p.ifIndex}` : key
}
