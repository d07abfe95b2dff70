/**
 * Gathers what happened since the last batch and makes a Batch of it. The tracker never waits for it, and it never
 * grows without bound: what is above a bound goes with a later batch, or, where even that is full, is counted by name.
 *
 * Never left out: the end of a connection that was announced, and the latest state of one that lives.
 */
import type { ConnTable } from '../conntrack/conn-table.ts'
import type { Expectation } from '../conntrack/expectation.ts'
import type { EntryEvent, ExpectationEvent, FtpNegotiation } from '../conntrack/listener.ts'
import type { EngineListener } from '../engine.ts'
import type { FtpLine } from '../helpers/ftp/dialogue.ts'
import type {
  Batch,
  ConnectionEnd,
  ConnectionRecord,
  EngineStats,
  ExpectationEnd,
  ExpectationRecord,
  FtpRecord,
  PacketRecord,
  TransitionRecord,
} from '../ipc/records.ts'
import { EventKind } from '../model/index.ts'
import {
  connectionRecord,
  entryTransition,
  expectationRecord,
  expectationTransition,
  type HelperName,
  microseconds,
  type PacketTime,
} from './records-of.ts'
import type { PacketRing } from './packet-ring.ts'
import { SlotQueue } from './slot-queue.ts'

/** Bounds of one batch, and of what waits for the next ones. Each has a counter of its own in `limits`. */
export const BATCH_LIMITS = {
  /** Records of new and of changed connections, each; the others go next time, the longest waiting first. */
  connections: 20_000,
  /** Ended ones, as above. */
  ended: 20_000,
  transitions: 20_000,
  /** Transitions that may wait; more are not kept, and their numbers are missing. */
  waitingTransitions: 100_000,
  /** Ends of connections that were never announced (born and ended meanwhile) that may wait; more are only counted. */
  waitingShortLived: 40_000,
  /** Expectations raised, ended, and FTP lines that may wait, each. */
  waitingRare: 10_000,
  /** While packets are watched: the newest. */
  packets: 1_000,
} as const
export type BatchLimits = { [K in keyof typeof BATCH_LIMITS]: number }

/** Per slot: what the server knows of the entry in it. */
const Known = { Nothing: 0, Waits: 1, Announced: 2, Stale: 3 } as const

export class Batcher implements EngineListener {
  /** Bounds that were hit, by name. */
  readonly limits: Record<string, number> = {}
  watchesPackets = false

  /** What events are dated by. */
  private readonly now: PacketTime = { seconds: 0, nanoseconds: 0 }
  private packetUs = 0
  private readonly table: ConnTable
  private readonly helperName: HelperName
  private readonly ring: PacketRing
  private readonly bounds: BatchLimits
  private readonly known: Uint8Array
  private readonly born: SlotQueue
  private readonly changed: SlotQueue
  private ended: (ConnectionEnd & { wasAnnounced: boolean })[] = []
  /** Of `ended`, those never announced. */
  private shortLived = 0
  private transitions: TransitionRecord[] = []
  private raised: ExpectationRecord[] = []
  private expectationsEnded: ExpectationEnd[] = []
  private ftp: FtpRecord[] = []
  private transitionSeq = 0
  private batchSeq = 0
  /** Packets below this number were told of, or were not to be. */
  private packetsFrom = 0

  constructor(table: ConnTable, helperName: HelperName, ring: PacketRing, bounds: BatchLimits = BATCH_LIMITS) {
    this.table = table
    this.helperName = helperName
    this.ring = ring
    this.bounds = bounds
    this.known = new Uint8Array(table.capacity)
    this.born = new SlotQueue(table.capacity)
    this.changed = new SlotQueue(table.capacity)
  }

  /** Transitions so far. */
  get transitionCount(): number {
    return this.transitionSeq
  }

  /** To be called before each packet is tracked. */
  packetAt(seconds: number, nanoseconds: number): void {
    this.now.seconds = seconds
    this.now.nanoseconds = nanoseconds
    this.packetUs = microseconds(this.now)
  }

  /** To be called before timers are looked at without a packet. */
  timeIs(wallMs: number): void {
    this.now.seconds = Math.floor(wallMs / 1000)
    this.now.nanoseconds = Math.round((wallMs % 1000) * 1e6)
  }

  onEvent(event: EntryEvent): void {
    const seq = ++this.transitionSeq
    if (this.hasRoomForTransition()) this.transitions.push(entryTransition(event, seq, this.now))
    if (event.kind === EventKind.New) this.bear(event.slot)
    else if (event.kind === EventKind.Destroy) this.end(event)
    else this.touch(event.slot)
  }

  onExpectation(event: ExpectationEvent): void {
    const seq = ++this.transitionSeq
    if (this.hasRoomForTransition()) this.transitions.push(expectationTransition(event, seq, this.now))
    const { expectation, cause, child, packet } = event
    if (event.kind === EventKind.ExpNew) {
      this.keepRare(this.raised, expectationRecord(expectation, this.helperName), 'expectations-dropped')
    } else {
      const end = { id: expectation.id, cause, atUs: microseconds(this.now), child, packet }
      this.keepRare(this.expectationsEnded, end, 'expectations-dropped')
    }
  }

  onExpectationChanged(expectation: Expectation): void {
    this.keepRare(this.raised, expectationRecord(expectation, this.helperName), 'expectations-dropped')
  }

  onFtp(told: FtpNegotiation): void {
    const { mode, address, port, expectation, reason, args } = told
    this.addFtp({
      connection: told.connection,
      seconds: this.now.seconds,
      nanoseconds: this.now.nanoseconds,
      packet: told.packet,
      dir: told.dir,
      kind: 'negotiation',
      text: '',
      negotiation: { mode, address, port, expectation, reason, reasonArgs: [...args] },
    })
  }

  onFtpLine(line: FtpLine): void {
    this.addFtp({ ...line, seconds: this.now.seconds, nanoseconds: this.now.nanoseconds })
  }

  private addFtp(record: FtpRecord): void {
    this.keepRare(this.ftp, record, 'ftp-lines-dropped')
  }

  /** A packet was counted on the entry in this slot: its record is to be sent again. */
  touch(slot: number): void {
    // One that waits to be announced will be told as it is then.
    if (this.known[slot] !== Known.Announced) return
    this.known[slot] = Known.Stale
    this.changed.push(slot)
  }

  private bear(slot: number): void {
    this.known[slot] = Known.Waits
    this.born.push(slot)
  }

  private end(event: EntryEvent): void {
    const { slot, cause } = event
    const wasAnnounced = this.known[slot]! >= Known.Announced
    this.known[slot] = Known.Nothing
    if (!wasAnnounced) {
      if (this.shortLived >= this.bounds.waitingShortLived) {
        this.count('short-lived-dropped')
        return
      }
      this.shortLived++
    }
    const record = connectionRecord(this.table, slot, this.helperName)
    this.ended.push({ record, cause, atUs: microseconds(this.now), wasAnnounced })
  }

  /** All that waits, up to the bounds. `stats` are the engine's as of now. */
  take(clockMs: number, wallUs: number, stats: EngineStats): Batch {
    const { bounds } = this
    const ended = this.ended.splice(0, bounds.ended)
    const shortLived = ended.filter((end) => !end.wasAnnounced).map((end) => end.record)
    this.shortLived -= shortLived.length
    const born = this.takeRecords(this.born, Known.Waits)
    const changed = this.takeRecords(this.changed, Known.Stale)
    const transitions = this.transitions.splice(0, bounds.transitions)
    if (this.hasMore) this.count('batches-full')
    return {
      seq: ++this.batchSeq,
      clockMs,
      packetUs: this.packetUs,
      wallUs,
      born: [...born, ...shortLived],
      changed,
      ended: ended.map(({ record, cause, atUs }) => ({ record, cause, atUs })),
      transitions,
      expectationsRaised: this.raised.splice(0),
      expectationsEnded: this.expectationsEnded.splice(0),
      ftp: this.ftp.splice(0),
      ...this.takePackets(),
      stats,
    }
  }

  /** Whether something waits that a batch has not taken yet. */
  private get hasMore(): boolean {
    return this.born.length + this.changed.length + this.ended.length + this.transitions.length > 0
  }

  /** Whether a whole batch waits: a file stops to be read then, since nothing of it may be left out. */
  get isFull(): boolean {
    const { connections, ended, transitions } = this.bounds
    return this.born.length >= connections || this.ended.length >= ended || this.transitions.length >= transitions
  }

  /** Records of the slots that still hold what they were queued for; the rest of the queue waits for the next time. */
  private takeRecords(queue: SlotQueue, what: number): ConnectionRecord[] {
    const records: ConnectionRecord[] = []
    while (records.length < this.bounds.connections) {
      const slot = queue.shift()
      if (slot < 0) break
      if (this.known[slot] !== what) continue
      this.known[slot] = Known.Announced
      records.push(connectionRecord(this.table, slot, this.helperName))
    }
    return records
  }

  /** The newest packets since the last batch, oldest first. */
  private takePackets(): { packets: PacketRecord[]; packetsSkipped: number } {
    const count = this.ring.next - this.packetsFrom
    this.packetsFrom = this.ring.next
    if (!this.watchesPackets) return { packets: [], packetsSkipped: 0 }
    const packets = this.ring.latest(Infinity, Math.min(count, this.bounds.packets)).reverse()
    return { packets, packetsSkipped: count - packets.length }
  }

  private hasRoomForTransition(): boolean {
    const hasRoom = this.transitions.length < this.bounds.waitingTransitions
    if (!hasRoom) this.count('transitions-dropped')
    return hasRoom
  }

  private keepRare<T>(list: T[], item: T, limit: string): void {
    if (list.length < this.bounds.waitingRare) list.push(item)
    else this.count(limit)
  }

  private count(limit: string): void {
    this.limits[limit] = (this.limits[limit] ?? 0) + 1
  }
}
