import { CtState, Status } from '../model/index.ts'
import { Losses } from './losses.ts'
import { TupleIndex } from './tuple-index.ts'
import type { TupleKey } from './tuple-key.ts'

/**
 * The entries: one record of 42 words each in one buffer, addressed by slot. The buffer is reserved for `capacity`
 * entries and the system gives memory page by page as slots are used, so the table never copies itself to grow.
 *
 *     word  0  source, 1 destination (IPv4; IPv6 addresses lie in `v6`, eight words a slot)
 *           2  original sport << 16 | dport      3  reply sport << 16 | dport
 *           4  zone << 16 | l4 << 8 | l3
 *           5  status bits << 0 | helper number << 16 | has-reason-numbers << 24
 *           6  bytes: proto state, last class << 1 | last dir, retrans counter, pending event bits
 *           7  reason (16) | reported proto state << 16 | reported ct state << 24
 *           8  timeout in s    9  invalid packets    10 wheel next   11 wheel previous   12, 13 packets by direction
 *          14  id (f64)   16 deadline (f64)  18, 20 bytes by direction (f64)  22 first seen (f64)  24 last seen (f64)
 *          26  number of the latest packet (f64)
 *          28  the protocol's own 13 words (proto/*.ts says what)
 *          41  the tick that the entry waits for in the timer wheel, and the wheel's level
 *
 * The reply tuple is the original's inverse: same addresses swapped, identifiers in word 3.
 */
export const ENTRY_WORDS = 42
export const ENTRY_BYTES = ENTRY_WORDS * 4
/** First of the words that belong to the entry's protocol tracker. */
export const PROTO_AT = 28

const SRC = 0
const DST = 1
const PORTS = 2
const REPLY_PORTS = 3
const KIND = 4
const FLAGS = 5
const REASON = 7
const TIMEOUT = 8
const INVALID = 9
const WHEEL_NEXT = 10
const WHEEL_PREV = 11
const PACKETS = 12
const WHEEL_TICK = 41
// Float64 fields, in 8-byte words.
const ENTRY_DOUBLES = ENTRY_WORDS / 2
const ID = 7
const DEADLINE = 8
const BYTES = 9
const FIRST_SEEN = 11
const LAST_SEEN = 12
const LAST_PACKET = 13
// Byte fields.
const PROTO_STATE = 24
const LAST_CLASS = 25
const RETRANS = 26
const PENDING = 27

const HAS_REASON_ARGS = 1 << 24
const WORD = 0x1_0000_0000

/** What an expected connection keeps of its master, which may be gone from the table (CONNTRACK.md 3.9). */
export type MasterRef = {
  readonly id: number
  /** Its slot then; still its slot only while `ConnTable.id(slot)` is `id`. */
  readonly slot: number
  readonly key: TupleKey
  /** The expectation's id. */
  readonly expectation: number
  /** The packet that raised it. */
  readonly raisedBy: number
}

/** Reserved at most: what one Int32Array index can reach with ENTRY_WORDS words a slot. */
const MAX_CAPACITY = 1 << 23

/**
 * Storage and lookup of entries. Rules live in tracker.ts and proto/; here is only where things are. A slot is
 * reused after its entry ended: (slot, id) names an entry for good.
 */
export class ConnTable {
  /** Number of slots. */
  readonly capacity: number
  /** All of the same memory. Hot code (proto/) reads and writes these directly; everyone else uses the accessors. */
  readonly u32: Uint32Array
  readonly i32: Int32Array
  readonly f64: Float64Array
  readonly u8: Uint8Array
  /** IPv6 addresses, eight words a slot; untouched (no memory) while no IPv6 entry uses the page. */
  readonly v6: Uint32Array
  readonly index: TupleIndex
  /** Entries in use, unconfirmed ones included (CONNTRACK.md 3.8). */
  count = 0
  /** One more than the highest slot ever used: sweeps go up to here. */
  highWater = 0
  /** Masters of expected connections, by slot. */
  readonly masters = new Map<number, MasterRef>()
  /** When packets were lost before they got here. */
  readonly losses = new Losses()

  private freeHead = -1
  private nextId: number
  /** Numbers of reasons that have any, by slot. */
  private readonly args = new Map<number, readonly [number, number, number, number]>()
  /** 2³² packets each, by slot * 2 + dir. */
  private readonly packetCarry = new Map<number, number>()

  /**
   * @param limit most entries; 0: as many as fit
   * @param idBase the first entry's id is one more
   */
  constructor(limit: number, idBase: number, hashSeed: number) {
    this.capacity = Math.min(limit > 0 ? limit : MAX_CAPACITY, MAX_CAPACITY)
    const memory = new ArrayBuffer(this.capacity * ENTRY_BYTES)
    this.u32 = new Uint32Array(memory)
    this.i32 = new Int32Array(memory)
    this.f64 = new Float64Array(memory)
    this.u8 = new Uint8Array(memory)
    this.v6 = new Uint32Array(this.capacity * 8)
    this.index = new TupleIndex(this, hashSeed)
    this.nextId = idBase + 1
  }

  /** A zeroed slot with the key as its original tuple and the given reply identifiers, or -1 when all are in use. Not in the index yet. */
  allocate(key: TupleKey, replySport: number, replyDport: number): number {
    let slot = this.freeHead
    if (slot >= 0) {
      this.freeHead = this.i32[slot * ENTRY_WORDS + WHEEL_NEXT]!
      this.u32.fill(0, slot * ENTRY_WORDS, (slot + 1) * ENTRY_WORDS)
    } else {
      if (this.highWater >= this.capacity) return -1
      slot = this.highWater++
    }
    this.count++
    const at = slot * ENTRY_WORDS
    const w = this.u32
    if (key.l3 === 4) {
      w[at + SRC] = key.address[0]!
      w[at + DST] = key.address[4]!
    } else {
      for (let i = 0; i < 8; i++) this.v6[slot * 8 + i] = key.address[i]!
    }
    w[at + PORTS] = (key.sport << 16) | key.dport
    w[at + REPLY_PORTS] = (replySport << 16) | replyDport
    w[at + KIND] = (key.zone << 16) | (key.l4 << 8) | key.l3
    this.i32[at + WHEEL_NEXT] = -1
    this.i32[at + WHEEL_PREV] = -1
    this.f64[slot * ENTRY_DOUBLES + ID] = this.nextId
    this.f64[slot * ENTRY_DOUBLES + LAST_PACKET] = -1
    return slot
  }

  /** Makes the entry's id its own. Until then it is only the next one, so that entries that never were leave no gap. */
  takeId(slot: number): number {
    const id = this.id(slot)
    if (id === this.nextId) this.nextId++
    return id
  }

  /** Gives a slot back. It must be out of the index and of the wheel. */
  free(slot: number): void {
    this.f64[slot * ENTRY_DOUBLES + ID] = 0
    this.i32[slot * ENTRY_WORDS + WHEEL_NEXT] = this.freeHead
    this.freeHead = slot
    this.count--
    if (this.u32[slot * ENTRY_WORDS + FLAGS]! & HAS_REASON_ARGS) this.args.delete(slot)
    if (this.masters.size > 0) this.masters.delete(slot)
    if (this.packetCarry.size > 0) {
      this.packetCarry.delete(slot * 2)
      this.packetCarry.delete(slot * 2 + 1)
    }
  }

  /** Whether the entry that was known as (slot, id) is still in the table. */
  isLive(slot: number, id: number): boolean {
    return id !== 0 && this.f64[slot * ENTRY_DOUBLES + ID] === id
  }

  /** 0: the slot is free. */
  id(slot: number): number {
    return this.f64[slot * ENTRY_DOUBLES + ID]!
  }

  // ---- tuple

  /** Fills `key` with the tuple of that direction. */
  tupleOf(slot: number, dir: number, key: TupleKey): void {
    const at = slot * ENTRY_WORDS
    const kind = this.u32[at + KIND]!
    key.zone = kind >>> 16
    key.l4 = (kind >>> 8) & 0xff
    key.l3 = (kind & 0xff) as 4 | 6
    const ports = this.u32[at + PORTS + dir]!
    key.sport = ports >>> 16
    key.dport = ports & 0xffff
    const a = key.address
    if (key.l3 === 4) {
      a.fill(0)
      a[0] = this.u32[at + dir]!
      a[4] = this.u32[at + 1 - dir]!
      return
    }
    const from = slot * 8
    const swap = dir << 2
    for (let i = 0; i < 8; i++) a[i ^ swap] = this.v6[from + i]!
  }

  /** Whether the tuple of that direction is the key. */
  matches(slot: number, dir: number, key: TupleKey): boolean {
    const at = slot * ENTRY_WORDS
    const w = this.u32
    if (w[at + PORTS + dir] !== ((key.sport << 16) | key.dport) >>> 0) return false
    if (w[at + KIND] !== ((key.zone << 16) | (key.l4 << 8) | key.l3) >>> 0) return false
    const a = key.address
    if (key.l3 === 4) return w[at + dir] === a[0] && w[at + 1 - dir] === a[4]
    const from = slot * 8
    const swap = dir << 2
    for (let i = 0; i < 8; i++) if (this.v6[from + i] !== a[i ^ swap]) return false
    return true
  }

  l3(slot: number): 4 | 6 {
    return (this.u32[slot * ENTRY_WORDS + KIND]! & 0xff) as 4 | 6
  }
  l4(slot: number): number {
    return (this.u32[slot * ENTRY_WORDS + KIND]! >>> 8) & 0xff
  }
  zone(slot: number): number {
    return this.u32[slot * ENTRY_WORDS + KIND]! >>> 16
  }
  sport(slot: number, dir: number): number {
    return this.u32[slot * ENTRY_WORDS + PORTS + dir]! >>> 16
  }
  dport(slot: number, dir: number): number {
    return this.u32[slot * ENTRY_WORDS + PORTS + dir]! & 0xffff
  }
  /** Writes the source (`end` 0) or destination (`end` 1) address of the original tuple, 4 or 16 bytes, network order. */
  copyAddress(slot: number, end: 0 | 1, into: Uint8Array, at: number): void {
    if (this.l3(slot) === 4) {
      putWord(into, at, this.u32[slot * ENTRY_WORDS + end]!)
      return
    }
    for (let i = 0; i < 4; i++) putWord(into, at + i * 4, this.v6[slot * 8 + end * 4 + i]!)
  }

  // ---- state

  status(slot: number): number {
    return this.u32[slot * ENTRY_WORDS + FLAGS]! & 0xffff
  }
  setStatus(slot: number, bits: number): void {
    this.u32[slot * ENTRY_WORDS + FLAGS] = this.u32[slot * ENTRY_WORDS + FLAGS]! | bits
  }
  /** Number in the helper registry; 0: none. */
  helper(slot: number): number {
    return (this.u32[slot * ENTRY_WORDS + FLAGS]! >>> 16) & 0xff
  }
  setHelper(slot: number, helper: number): void {
    const at = slot * ENTRY_WORDS + FLAGS
    this.u32[at] = (this.u32[at]! & ~0xff0000) | (helper << 16)
  }
  /** TCP or SCTP state number. */
  protoState(slot: number): number {
    return this.u8[slot * ENTRY_BYTES + PROTO_STATE]!
  }
  setProtoState(slot: number, state: number): void {
    this.u8[slot * ENTRY_BYTES + PROTO_STATE] = state
  }
  /** Class of the last packet that the TCP tracker remembered, and its direction. */
  lastClass(slot: number): number {
    return this.u8[slot * ENTRY_BYTES + LAST_CLASS]! >>> 1
  }
  lastDir(slot: number): number {
    return this.u8[slot * ENTRY_BYTES + LAST_CLASS]! & 1
  }
  setLast(slot: number, lastClass: number, dir: number): void {
    this.u8[slot * ENTRY_BYTES + LAST_CLASS] = (lastClass << 1) | dir
  }
  retrans(slot: number): number {
    return this.u8[slot * ENTRY_BYTES + RETRANS]!
  }
  setRetrans(slot: number, count: number): void {
    this.u8[slot * ENTRY_BYTES + RETRANS] = count
  }
  /** EventBit's collected since the entry's last event. */
  pending(slot: number): number {
    return this.u8[slot * ENTRY_BYTES + PENDING]!
  }
  addPending(slot: number, bits: number): void {
    this.u8[slot * ENTRY_BYTES + PENDING] = this.u8[slot * ENTRY_BYTES + PENDING]! | bits
  }
  clearPending(slot: number): void {
    this.u8[slot * ENTRY_BYTES + PENDING] = 0
  }

  /** What the next packet in the original direction would be (CONNTRACK.md 3.2). */
  ctState(slot: number): CtState {
    const status = this.u32[slot * ENTRY_WORDS + FLAGS]!
    if (status & Status.SeenReply) return CtState.Established
    return status & Status.Expected ? CtState.Related : CtState.New
  }
  /** State and ct state that the latest event showed. */
  reportedProtoState(slot: number): number {
    return (this.u32[slot * ENTRY_WORDS + REASON]! >>> 16) & 0xff
  }
  reportedCtState(slot: number): CtState {
    return (this.u32[slot * ENTRY_WORDS + REASON]! >>> 24) as CtState
  }
  markReported(slot: number): void {
    const at = slot * ENTRY_WORDS + REASON
    this.u32[at] = (this.u32[at]! & 0xffff) | (this.protoState(slot) << 16) | (this.ctState(slot) << 24)
  }

  /** Reason of the latest packet on it that had one. */
  reason(slot: number): number {
    return this.u32[slot * ENTRY_WORDS + REASON]! & 0xffff
  }
  reasonArgs(slot: number): readonly [number, number, number, number] {
    return (this.u32[slot * ENTRY_WORDS + FLAGS]! & HAS_REASON_ARGS && this.args.get(slot)) || NO_ARGS
  }
  setReason(slot: number, reason: number, args: Uint32Array): void {
    const at = slot * ENTRY_WORDS
    this.u32[at + REASON] = (this.u32[at + REASON]! & 0xffff0000) | reason
    // Kept beside the entry: most have none, and 16 bytes each would be a tenth of it.
    if (args[0] || args[1] || args[2] || args[3]) {
      this.args.set(slot, [args[0]!, args[1]!, args[2]!, args[3]!])
      this.u32[at + FLAGS] = this.u32[at + FLAGS]! | HAS_REASON_ARGS
    } else if (this.u32[at + FLAGS]! & HAS_REASON_ARGS) {
      this.args.delete(slot)
      this.u32[at + FLAGS] = this.u32[at + FLAGS]! & ~HAS_REASON_ARGS
    }
  }

  // ---- time and counters

  /** The timeout set at the last refresh, s. */
  timeoutS(slot: number): number {
    return this.u32[slot * ENTRY_WORDS + TIMEOUT]!
  }
  deadlineMs(slot: number): number {
    return this.f64[slot * ENTRY_DOUBLES + DEADLINE]!
  }
  setTimeout(slot: number, timeoutS: number, deadlineMs: number): void {
    this.u32[slot * ENTRY_WORDS + TIMEOUT] = timeoutS
    this.f64[slot * ENTRY_DOUBLES + DEADLINE] = deadlineMs
  }
  packets(slot: number, dir: number): number {
    const low = this.u32[slot * ENTRY_WORDS + PACKETS + dir]!
    return this.packetCarry.size === 0 ? low : low + (this.packetCarry.get(slot * 2 + dir) ?? 0) * WORD
  }
  bytes(slot: number, dir: number): number {
    return this.f64[slot * ENTRY_DOUBLES + BYTES + dir]!
  }
  countPacket(slot: number, dir: number, lenBytes: number): void {
    const at = slot * ENTRY_WORDS + PACKETS + dir
    this.u32[at] = this.u32[at]! + 1
    if (this.u32[at] === 0) this.packetCarry.set(slot * 2 + dir, (this.packetCarry.get(slot * 2 + dir) ?? 0) + 1)
    this.f64[slot * ENTRY_DOUBLES + BYTES + dir]! += lenBytes
  }
  invalidPackets(slot: number): number {
    return this.u32[slot * ENTRY_WORDS + INVALID]!
  }
  countInvalid(slot: number): void {
    this.u32[slot * ENTRY_WORDS + INVALID]!++
  }
  /** µs of the packets' own clock. */
  firstSeenUs(slot: number): number {
    return this.f64[slot * ENTRY_DOUBLES + FIRST_SEEN]!
  }
  lastSeenUs(slot: number): number {
    return this.f64[slot * ENTRY_DOUBLES + LAST_SEEN]!
  }
  setSeen(slot: number, us: number): void {
    const at = slot * ENTRY_DOUBLES
    if (this.f64[at + FIRST_SEEN] === 0) this.f64[at + FIRST_SEEN] = us
    this.f64[at + LAST_SEEN] = us
  }
  /** Since when loss may have hidden packets of it, µs of the packets' own clock; 0: never. */
  uncertainSinceUs(slot: number): number {
    return this.losses.firstSince(this.firstSeenUs(slot))
  }
  /** Number of its latest packet in the packet ring, -1: none. Kept for the ring; tracking never reads it. */
  lastPacket(slot: number): number {
    return this.f64[slot * ENTRY_DOUBLES + LAST_PACKET]!
  }
  setLastPacket(slot: number, packet: number): void {
    this.f64[slot * ENTRY_DOUBLES + LAST_PACKET] = packet
  }

  /** Id of the master, 0: none. */
  masterId(slot: number): number {
    return this.u32[slot * ENTRY_WORDS + FLAGS]! & Status.Expected ? (this.masters.get(slot)?.id ?? 0) : 0
  }

  // ---- links of the timer wheel (timer-wheel.ts)

  wheelNext(slot: number): number {
    return this.i32[slot * ENTRY_WORDS + WHEEL_NEXT]!
  }
  setWheelNext(slot: number, next: number): void {
    this.i32[slot * ENTRY_WORDS + WHEEL_NEXT] = next
  }
  wheelPrev(slot: number): number {
    return this.i32[slot * ENTRY_WORDS + WHEEL_PREV]!
  }
  setWheelPrev(slot: number, prev: number): void {
    this.i32[slot * ENTRY_WORDS + WHEEL_PREV] = prev
  }
  wheelTick(slot: number): number {
    return this.u32[slot * ENTRY_WORDS + WHEEL_TICK]!
  }
  setWheelTick(slot: number, tick: number): void {
    this.u32[slot * ENTRY_WORDS + WHEEL_TICK] = tick
  }

  /** Calls `visit` with every confirmed entry's slot, in order of slot. The table must not change meanwhile. */
  forEach(visit: (slot: number) => void): void {
    for (let slot = 0; slot < this.highWater; slot++) {
      if (this.id(slot) !== 0 && this.status(slot) & Status.Confirmed) visit(slot)
    }
  }
}

const NO_ARGS = [0, 0, 0, 0] as const

function putWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24
  into[at + 1] = word >>> 16
  into[at + 2] = word >>> 8
  into[at + 3] = word
}
