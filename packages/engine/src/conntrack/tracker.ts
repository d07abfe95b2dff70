/**
 * Connection tracking: from a packet to its verdict (CONNTRACK.md 2.1, 3). Look up or create, run the protocol's
 * tracker, then what the kernel does at its confirm step: helper, insertion, events. Reads no clock: time is handed in.
 */
import { HelperRegistry } from '../helpers/registry.ts'
import {
  CtState,
  Dir,
  DropCause,
  EndCause,
  EventBit,
  EventKind,
  type HelperAssignment,
  L4,
  Reason,
  type Settings,
  Status,
} from '../model/index.ts'
import { isExtension, NextHeader } from '../wire/ipv6-ext.ts'
import type { Packet } from '../wire/packet.ts'
import { DecodeStatus } from '../wire/status.ts'
import { ConnTable } from './conn-table.ts'
import { EarlyDrop } from './early-drop.ts'
import { endOfTime } from './end-cause.ts'
import { EventReporter } from './event-reporter.ts'
import { Expecting } from './expecting.ts'
import { icmpCourse, IcmpCourse, icmpErrorTuple } from './icmp-error.ts'
import type { TrackerListener } from './listener.ts'
import { trackSctp } from './proto/sctp.ts'
import { trackGeneric, trackGre, trackIcmp, trackIcmpv6 } from './proto/simple.ts'
import { trackTcp } from './proto/tcp.ts'
import { Outcome, type ProtoTracker, type TrackContext } from './proto/tracker.ts'
import { trackUdp, trackUdpLite } from './proto/udp.ts'
import { TimerWheel } from './timer-wheel.ts'
import { compileTimeouts, type Timeouts } from './timeouts.ts'
import { invertTuple, isIcmpRequest, packetTuple } from './tuple.ts'
import { TupleKey } from './tuple-key.ts'
import { Verdict } from './verdict.ts'

export type TrackerOptions = {
  settings: Readonly<Settings>
  helpers: readonly HelperAssignment[]
  /** The first connection's id is one more; the same for expectations. Default 0. */
  idBase?: number
  /** Keeps a sender from choosing its hash bucket; default: fixed, for a file's ids and order to be the same every time. */
  hashSeed?: number
}

const PROTO_TRACKERS = new Array<ProtoTracker>(256).fill(trackGeneric)
PROTO_TRACKERS[L4.Tcp] = trackTcp
PROTO_TRACKERS[L4.Udp] = trackUdp
PROTO_TRACKERS[L4.UdpLite] = trackUdpLite
PROTO_TRACKERS[L4.Icmp] = trackIcmp
PROTO_TRACKERS[L4.Icmpv6] = trackIcmpv6
PROTO_TRACKERS[L4.Sctp] = trackSctp
PROTO_TRACKERS[L4.Gre] = trackGre

/** Reasons of segments that the tracker took no notice of, and yet a helper reads. */
const IGNORED = new Set<number>([
  Reason.TCP_IGNORED_SYN,
  Reason.TCP_IGNORED_SYNACK,
  Reason.TCP_IGNORED_ACK,
  Reason.TCP_IGNORED_NO_REOPEN,
  Reason.TCP_IGNORED_OVERSHOOT,
  Reason.TCP_IGNORED_OLD_SEQ,
  Reason.TCP_IGNORED_OLD_ACK,
  Reason.TCP_CHALLENGE_ACK,
])

const DEFAULT_HASH_SEED = 0x5bd1e995

export class Tracker implements TrackContext {
  readonly table: ConnTable
  readonly settings: Readonly<Settings>
  readonly timeouts: Timeouts
  readonly helpers: HelperRegistry
  readonly expecting: Expecting
  /** Of the packet tracked last; reused. */
  readonly verdict = new Verdict()
  nowMs = 0
  /** Entries that early drop took. */
  earlyDrops = 0
  /** Packets that found the table full. */
  tableFullDrops = 0

  private readonly wheel: TimerWheel
  private readonly events: EventReporter
  private readonly earlyDrop: EarlyDrop
  private readonly $key = new TupleKey()
  private readonly $other = new TupleKey()
  /** The packet's own time. */
  private packetUs = 0
  /** State of the entry that this packet deleted. */
  private endedState = 0

  constructor(options: TrackerOptions) {
    const { settings } = options
    const idBase = options.idBase ?? 0
    this.settings = settings
    this.timeouts = compileTimeouts(settings)
    this.table = new ConnTable(settings.nf_conntrack_max, idBase, options.hashSeed ?? DEFAULT_HASH_SEED)
    this.wheel = new TimerWheel(this.table)
    this.helpers = new HelperRegistry(options.helpers)
    this.events = new EventReporter(this.table)
    this.expecting = new Expecting(this, this.helpers, this.events, idBase)
    this.earlyDrop = new EarlyDrop(this.table)
  }

  /** Who is told of events from now on, synchronously and in the kernel's order. */
  listen(listener: TrackerListener): void {
    this.events.listen(listener)
  }

  /** Tracks a decoded, reassembled packet and leaves what it found in `verdict`. */
  track(packet: Packet, nowMs: number, zone = 0): void {
    const { verdict } = this
    verdict.reset()
    this.nowMs = nowMs
    if (packet.status !== DecodeStatus.Ok || packet.l3 === 0) return
    this.events.packet = packet.index
    this.packetUs = packet.seconds * 1e6 + Math.floor(packet.nanoseconds / 1000)
    verdict.state = CtState.Invalid
    if (packet.l4 < 0) {
      noProtocol(packet, verdict)
      return
    }
    const key = this.$key
    key.zone = zone
    if (packet.l4 === L4.Icmp || packet.l4 === L4.Icmpv6) {
      const course = icmpCourse(packet, this.settings.nf_conntrack_checksum !== 0, verdict)
      if (course === IcmpCourse.Untracked) verdict.state = CtState.Untracked
      if (course === IcmpCourse.Error) this.trackIcmpError(packet)
      if (course !== IcmpCourse.Lookup) return
    }
    if (!packetTuple(packet, key, this.expecting.greKeys.sourceOf, verdict)) return
    while (this.trackTuple(packet, key) === Outcome.Repeat);
  }

  /**
   * Removes what has run out until `nowMs`: expectations, and at most `budget` entries. False: there is more to do.
   * To be called at every turn of the clock; a lookup treats what has run out as absent without it.
   */
  expire(nowMs: number, budget: number): boolean {
    this.nowMs = nowMs
    this.events.packet = -1
    this.expecting.expire(nowMs)
    const isDone = this.wheel.advance(nowMs, budget, this.endByTime)
    this.earlyDrop.sweep(budget, this.endByEviction)
    return isDone
  }

  /** Ends every entry and expectation: the engine stops, or begins anew. */
  endAll(): void {
    this.events.packet = -1
    this.verdict.clearReason()
    for (let slot = 0; slot < this.table.highWater; slot++) {
      if (this.table.id(slot) !== 0 && this.table.status(slot) & Status.Confirmed) this.destroy(slot, EndCause.Lost)
    }
  }

  // ---- TrackContext

  refresh(slot: number, dir: Dir, timeoutS: number): void {
    this.setRemaining(slot, timeoutS)
    this.count(slot, dir)
  }

  setRemaining(slot: number, timeoutS: number): void {
    const { table, nowMs } = this
    const deadlineMs = nowMs + timeoutS * 1000
    const isNearer = deadlineMs < table.deadlineMs(slot)
    table.setTimeout(slot, timeoutS, deadlineMs)
    if (isNearer) this.wheel.schedule(slot, nowMs)
  }

  count(slot: number, dir: Dir): void {
    if (this.settings.nf_conntrack_acct !== 0) this.table.countPacket(slot, dir, this.events.packetLen)
  }

  destroy(slot: number, cause: EndCause): void {
    const { table } = this
    const state = table.protoState(slot)
    table.setStatus(slot, Status.Dying)
    this.events.entry(EventKind.Destroy, slot, EventBit.Destroy, this.nowMs, this.verdict, cause)
    table.index.remove(slot)
    this.wheel.remove(slot)
    this.expecting.endOfMaster(slot)
    // The keys of a PPTP call go with its GRE connection, too.
    if (table.l4(slot) === L4.Gre && table.masters.has(slot)) this.expecting.greKeys.forget(table.masterId(slot))
    table.free(slot)
    this.endedState = state
  }

  destroyByItsPacket(slot: number, cause: EndCause): void {
    const { table, verdict, events } = this
    table.setReason(slot, verdict.reason, verdict.args)
    table.setSeen(slot, this.packetUs)
    verdict.endedAfter = table.lastPacket(slot)
    table.setLastPacket(slot, events.packet)
    this.destroy(slot, cause)
  }

  destroySibling(slot: number): void {
    this.withReason(Reason.MASTER_ENDED, 0, () => this.destroy(slot, EndCause.Master))
  }

  // ---- the steps of CONNTRACK.md 2.1

  private trackTuple(packet: Packet, key: TupleKey): Outcome {
    const { table, verdict } = this
    const hash = table.index.hash(key)
    let found = table.index.find(key, hash)
    while (found >= 0 && table.deadlineMs(found >>> 1) <= this.nowMs) {
      this.endByTime(found >>> 1)
      found = table.index.find(key, hash)
    }
    const isNew = found < 0
    let slot: number
    if (isNew) {
      slot = this.create(key, hash)
      if (slot < 0) return Outcome.Invalid
    } else slot = found >>> 1
    const dir = (isNew ? Dir.Original : found & 1) as Dir

    // By the entry as it was before this packet (CONNTRACK.md 3.2).
    const state = dir === Dir.Reply ? CtState.Established : table.ctState(slot)
    const id = table.id(slot)
    this.events.packetLen = packet.l3Len
    this.events.dir = dir
    const outcome = PROTO_TRACKERS[key.l4]!(this, packet, slot, dir, isNew)
    if (outcome === Outcome.Repeat) return outcome
    if (outcome === Outcome.Invalid) {
      this.detach(slot, id, isNew)
      return outcome
    }
    verdict.state = state
    verdict.dir = dir
    verdict.connection = id
    if (!table.isLive(slot, id)) {
      verdict.protoStateAfter = this.endedState
      return outcome
    }
    if (isNew && table.status(slot) & Status.Expected) this.expecting.explain(slot, key.l4, verdict)
    if (dir === Dir.Reply && !(table.status(slot) & Status.SeenReply)) {
      table.setStatus(slot, Status.SeenReply)
      table.addPending(slot, EventBit.Reply)
      if (verdict.reason === 0) verdict.because(Reason.FIRST_REPLY)
    }
    table.setSeen(slot, this.packetUs)
    verdict.protoStateAfter = table.protoState(slot)
    this.confirm(packet, slot, key, isNew)
    return outcome
  }

  /** A new entry, not confirmed; -1: none can be made (`verdict` says why). */
  private create(key: TupleKey, hash: number): number {
    const { table, verdict } = this
    const isIcmp = key.l4 === L4.Icmp || key.l4 === L4.Icmpv6
    const inverse = this.$other
    if (!invertTuple(key, inverse) || (isIcmp && !isIcmpRequest(key))) {
      verdict.because(key.l4 === L4.Icmp ? Reason.ICMP_NO_REQUEST : Reason.ICMPV6_NO_REQUEST, key.dport >>> 8, key.dport & 0xff)
      return -1
    }
    if (table.count >= table.capacity) this.earlyDrop.makeRoom(hash, this.endByEviction)
    const slot = table.allocate(key, inverse.sport, inverse.dport)
    if (slot < 0) {
      this.tableFullDrops++
      verdict.state = CtState.None
      verdict.wouldDrop = DropCause.TableFull
      verdict.because(Reason.TABLE_FULL, table.capacity)
      return -1
    }
    this.events.dir = Dir.Original
    this.expecting.meet(slot, key)
    return slot
  }

  /** INVALID: the packet goes on without its entry. */
  private detach(slot: number, id: number, isNew: boolean): void {
    const { table, verdict } = this
    verdict.state = CtState.Invalid
    if (isNew) {
      table.free(slot)
      return
    }
    table.countInvalid(slot)
    table.setReason(slot, verdict.reason, verdict.args)
    verdict.connection = id
    verdict.touchedSlot = slot
    verdict.protoStateAfter = table.protoState(slot)
  }

  /** The confirm step (CONNTRACK.md 3.6): helper, insertion, events. */
  private confirm(packet: Packet, slot: number, key: TupleKey, isNew: boolean): void {
    const { table, verdict } = this
    if (isNew && verdict.state === CtState.New) {
      const assigned = this.helpers.assigned(key.l3, key.l4, key.dport)
      if (assigned !== 0) {
        table.setHelper(slot, assigned)
        table.setStatus(slot, Status.Helper)
      }
    }
    if (table.helper(slot) !== 0) {
      this.help(packet, slot)
      if (verdict.wouldDrop !== DropCause.None) {
        if (isNew) this.forgetUnconfirmed(slot)
        else this.keepVerdict(slot)
        return
      }
    }
    if (isNew) {
      const status = table.status(slot)
      table.setStatus(slot, Status.Confirmed)
      table.takeId(slot)
      table.index.insert(slot)
      this.wheel.schedule(slot, this.nowMs)
      table.addPending(
        slot,
        (status & Status.Expected ? EventBit.Related : EventBit.New) | (table.helper(slot) !== 0 ? EventBit.Helper : 0),
      )
    }
    this.keepVerdict(slot)
    this.deliver(slot)
  }

  /** The helper's turn. Why a segment was ignored stays its reason: what the helper found is told with the announcement. */
  private help(packet: Packet, slot: number): void {
    const { verdict } = this
    const { reason } = verdict
    const [a, b, c, d] = verdict.args
    verdict.wouldDrop = this.expecting.help(slot, packet, verdict, this.nowMs)
    if (IGNORED.has(reason) && verdict.wouldDrop === DropCause.None) verdict.because(reason, a, b, c, d)
  }

  private keepVerdict(slot: number): void {
    const { verdict } = this
    verdict.slot = slot
    verdict.touchedSlot = slot
    if (verdict.reason !== 0) this.table.setReason(slot, verdict.reason, verdict.args)
  }

  /** The events collected since the last packet that got here (CONNTRACK.md 9.2). */
  private deliver(slot: number): void {
    const { table } = this
    const bits = table.pending(slot)
    if (bits === 0) return
    table.clearPending(slot)
    const kind = bits & (EventBit.New | EventBit.Related) ? EventKind.New : EventKind.Update
    this.events.entry(kind, slot, bits, this.nowMs, this.verdict, EndCause.None)
    table.markReported(slot)
  }

  /** The kernel would have dropped the packet that made this entry: the entry never was. */
  private forgetUnconfirmed(slot: number): void {
    const { table, verdict } = this
    this.expecting.endOfMaster(slot)
    table.free(slot)
    verdict.connection = 0
    verdict.protoStateAfter = 0
  }

  private trackIcmpError(packet: Packet): void {
    const { table, verdict } = this
    const key = this.$key
    const b = packet.bytes
    const type = b[packet.l4At]!
    if (!icmpErrorTuple(packet, key, this.$other, this.expecting.greKeys.sourceOf, verdict)) return
    const hash = table.index.hash(key)
    let found = table.index.find(key, hash)
    while (found >= 0 && table.deadlineMs(found >>> 1) <= this.nowMs) {
      this.endByTime(found >>> 1)
      found = table.index.find(key, hash)
    }
    if (found < 0) {
      verdict.because(Reason.ICMP_ERROR_UNKNOWN_CONNECTION, type, b[packet.l4At + 1], key.l4)
      return
    }
    const slot = found >>> 1
    for (let word = 4; word < 8; word++) {
      if (packet.address[word] === key.address[word]) continue
      verdict.because(Reason.ICMP_ERROR_WRONG_ADDRESSEE, type)
      return
    }
    verdict.state = CtState.Related
    verdict.dir = (found & 1) as Dir
    verdict.connection = table.id(slot)
    verdict.protoStateAfter = table.protoState(slot)
    verdict.because(Reason.ICMP_ERROR, type, b[packet.l4At + 1], verdict.connection)
    this.events.dir = verdict.dir
    if (table.helper(slot) !== 0) this.help(packet, slot)
    this.keepVerdict(slot)
    if (verdict.wouldDrop === DropCause.None) this.deliver(slot)
  }

  private readonly endByTime = (slot: number): void => {
    const { table } = this
    this.withReason(Reason.TIMED_OUT, table.timeoutS(slot), () => this.destroy(slot, endOfTime(table, slot)))
  }

  /** An end in which what the packet at hand is told has no part. */
  private withReason(ofEnd: number, arg: number, end: () => void): void {
    const { verdict } = this
    const { reason } = verdict
    const args = verdict.args.slice()
    verdict.because(ofEnd, arg)
    end()
    verdict.because(reason, args[0], args[1], args[2], args[3])
  }

  private readonly endByEviction = (slot: number): void => {
    this.earlyDrops++
    this.verdict.because(Reason.EVICTED)
    this.destroy(slot, EndCause.Evicted)
    this.verdict.clearReason()
  }
}

/** Why a packet has no L4 protocol (CONNTRACK.md 2.3, 2.4). */
function noProtocol(packet: Packet, verdict: Verdict): void {
  if (packet.fragOffset !== 0) verdict.because(Reason.FRAGMENT_NOT_FIRST, packet.fragOffset)
  else if (packet.l3 === 4) verdict.because(Reason.IPV4_HEADER_PAST_END, packet.l4At - packet.l3At, packet.l3Len)
  else verdict.because(endsInNoNextHeader(packet) ? Reason.IPV6_NO_NEXT_HEADER : Reason.IPV6_CHAIN_TRUNCATED)
}

const IPV6_FIRST_HEADER_AT = 40
const IPV6_NEXT_HEADER_AT = 6

function endsInNoNextHeader(packet: Packet): boolean {
  const b = packet.bytes
  let next = b[packet.l3At + IPV6_NEXT_HEADER_AT]!
  let at = packet.l3At + IPV6_FIRST_HEADER_AT
  while (isExtension(next) && next !== NextHeader.None && at + 2 <= packet.l4End) {
    const size = b[at + 1]!
    const length = next === NextHeader.Fragment ? 8 : next === NextHeader.Authentication ? (size + 2) << 2 : (size + 1) << 3
    next = b[at]!
    at += length
  }
  return next === NextHeader.None
}
