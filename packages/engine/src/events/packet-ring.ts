import type { Verdict } from '../conntrack/verdict.ts'
import type { PacketRecord } from '../ipc/records.ts'
import { type CtState, type Dir, type DropCause, L4 } from '../model/index.ts'
import { u16, u32 } from '../wire/bytes.ts'
import type { Packet } from '../wire/packet.ts'

/** Packets that a ring holds unless said otherwise: 65,536 of 120 bytes are 7.5 MiB. */
export const DEFAULT_RING_PACKETS = 65_536

/**
 * Summaries of the latest packets, each in 30 words of one buffer; the packet numbered n stands in place n modulo the
 * capacity. A connection's packets are a chain from its latest one back, which ends where a link leads to a packet
 * that is no longer there. Holds no payload byte.
 *
 *     f64    0 number + 1 (0: empty)   1 connection's id   2 number + 1 of its packet before this one (0: none)
 *     u32    6 seconds   7 nanoseconds   8 wire length   9 captured length   10 interface index
 *           11 seq   12 ack   13 window | TCP flags << 16   14 payload length   15 sport << 16 | dport
 *           16 l3 | l4 << 8 | ct state << 16 | dir << 20 | drop cause << 24
 *           17 state after | reason << 16   18 … 21 its numbers   22 … 29 addresses, source first
 */
const WORDS = 30
const DOUBLES = WORDS / 2
const NUMBER = 0
const CONNECTION = 1
const BEFORE = 2

const PORT_PROTOCOLS = new Set<number>([L4.Tcp, L4.Udp, L4.Sctp, L4.Dccp, L4.UdpLite])

export class PacketRing {
  readonly capacity: number
  private readonly u32: Uint32Array
  private readonly f64: Float64Array
  /** One more than the newest packet's number. */
  private end = 0
  /** Packets that newer ones took the place of. */
  overwritten = 0

  constructor(capacity: number = DEFAULT_RING_PACKETS) {
    this.capacity = capacity
    const memory = new ArrayBuffer(capacity * WORDS * 4)
    this.u32 = new Uint32Array(memory)
    this.f64 = new Float64Array(memory)
  }

  /** One more than the newest packet's number. */
  get next(): number {
    return this.end
  }

  /**
   * Keeps a packet; numbers rise by one.
   * @param capturedLen bytes of the frame that were captured
   * @param before number of the same connection's packet before this one, -1: none
   */
  add(packet: Packet, capturedLen: number, verdict: Verdict, before: number): void {
    const place = packet.index % this.capacity
    const w = this.u32
    const at = place * WORDS
    const doubles = place * DOUBLES
    if (this.f64[doubles + NUMBER] !== 0) this.overwritten++
    this.f64[doubles + NUMBER] = packet.index + 1
    this.f64[doubles + CONNECTION] = verdict.connection
    this.f64[doubles + BEFORE] = before + 1
    w[at + 6] = packet.seconds
    w[at + 7] = packet.nanoseconds
    w[at + 8] = packet.wireLen
    w[at + 9] = capturedLen
    w[at + 10] = packet.ifIndex
    const l4 = packet.l4 < 0 ? 0 : packet.l4
    w[at + 16] = packet.l3 | (l4 << 8) | (verdict.state << 16) | (verdict.dir << 20) | (verdict.wouldDrop << 24)
    w[at + 17] = verdict.protoStateAfter | (verdict.reason << 16)
    for (let i = 0; i < 4; i++) w[at + 18 + i] = verdict.args[i]!
    for (let i = 0; i < 8; i++) w[at + 22 + i] = packet.address[i]!
    this.addL4(packet, at)
    this.end = packet.index + 1
  }

  /** What the ladder shows of the protocol's header; zeros where there is none to read. */
  private addL4(packet: Packet, at: number): void {
    const w = this.u32
    w.fill(0, at + 11, at + 16)
    const { bytes: b, l4At } = packet
    const len = packet.l4End - l4At
    if (packet.l3 === 0 || packet.l4 < 0 || len <= 0) return
    w[at + 14] = len
    if (packet.l4 === L4.Tcp && len >= 20) {
      w[at + 11] = u32(b, l4At + 4)
      w[at + 12] = u32(b, l4At + 8)
      w[at + 13] = u16(b, l4At + 14) | (b[l4At + 13]! << 16)
      w[at + 14] = Math.max(0, len - ((b[l4At + 12]! >>> 4) << 2))
      w[at + 15] = u32(b, l4At)
    } else if (PORT_PROTOCOLS.has(packet.l4) && len >= 8) {
      w[at + 14] = len - 8
      w[at + 15] = u32(b, l4At)
    } else if ((packet.l4 === L4.Icmp || packet.l4 === L4.Icmpv6) && len >= 8) {
      w[at + 14] = len - 8
      w[at + 15] = (u16(b, l4At + 4) << 16) | u16(b, l4At)
    }
  }

  /**
   * The newest `limit` of a connection's packets that are still here, oldest first.
   * @param last number of its latest packet
   */
  ofConnection(connection: number, last: number, limit: number): PacketRecord[] {
    const records: PacketRecord[] = []
    for (let number = last; records.length < limit && this.holds(number);) {
      const doubles = (number % this.capacity) * DOUBLES
      if (this.f64[doubles + CONNECTION] !== connection) break
      records.push(this.read(number))
      const before = this.f64[doubles + BEFORE]! - 1
      if (before >= number) break
      number = before
    }
    return records.reverse()
  }

  /** The newest `limit` packets with a number below `before`, newest first. */
  latest(before: number, limit: number): PacketRecord[] {
    const records: PacketRecord[] = []
    let number = Math.min(before, this.end) - 1
    while (records.length < limit && this.holds(number)) records.push(this.read(number--))
    return records
  }

  /** Whether the packet of this number is still here. */
  private holds(number: number): boolean {
    return number >= 0 && this.f64[(number % this.capacity) * DOUBLES + NUMBER] === number + 1
  }

  private read(number: number): PacketRecord {
    const w = this.u32
    const place = number % this.capacity
    const at = place * WORDS
    const kind = w[at + 16]!
    const l3 = (kind & 0xff) as 0 | 4 | 6
    return {
      index: number,
      seconds: w[at + 6]!,
      nanoseconds: w[at + 7]!,
      wireLen: w[at + 8]!,
      capLen: w[at + 9]!,
      ifIndex: w[at + 10]!,
      l3,
      l4: (kind >>> 8) & 0xff,
      src: this.address(at + 22, l3),
      dst: this.address(at + 26, l3),
      sport: w[at + 15]! >>> 16,
      dport: w[at + 15]! & 0xffff,
      connection: this.f64[place * DOUBLES + CONNECTION]!,
      ctState: ((kind >>> 16) & 0xf) as CtState,
      dir: ((kind >>> 20) & 1) as Dir,
      protoStateAfter: w[at + 17]! & 0xffff,
      tcpFlags: w[at + 13]! >>> 16,
      seq: w[at + 11]!,
      ack: w[at + 12]!,
      window: w[at + 13]! & 0xffff,
      payloadLen: w[at + 14]!,
      wouldDrop: (kind >>> 24) as DropCause,
      reason: w[at + 17]! >>> 16,
      reasonArgs: [w[at + 18]!, w[at + 19]!, w[at + 20]!, w[at + 21]!],
    }
  }

  private address(at: number, l3: 0 | 4 | 6): Uint8Array {
    const address = new Uint8Array(l3 === 4 ? 4 : l3 === 6 ? 16 : 0)
    for (let i = 0; i < address.length; i++) address[i] = this.u32[at + (i >>> 2)]! >>> (24 - (i & 3) * 8)
    return address
  }
}
