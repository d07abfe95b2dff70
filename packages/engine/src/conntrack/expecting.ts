import type { ExpectResult, ExpectSpec, HelperCall } from '../helpers/helper.ts'
import type { HelperRegistry } from '../helpers/registry.ts'
import { CtState, Dir, DropCause, EventKind, ExpEndCause, L4, Reason, Status, TcpState } from '../model/index.ts'
import { Packet } from '../wire/packet.ts'
import type { ConnTable } from './conn-table.ts'
import type { EventReporter } from './event-reporter.ts'
import { ExpectFlag, type Expectation } from './expectation.ts'
import { type ExpectRequest, ExpectationTable } from './expectations.ts'
import { GreKeys } from './gre-keys.ts'
import type { FtpNegotiation } from './listener.ts'
import type { TrackContext } from './proto/tracker.ts'
import { TupleKey } from './tuple-key.ts'
import type { Verdict } from './verdict.ts'

/**
 * The life of expectations (CONNTRACK.md 6): helpers raise them, new connections meet them, time and their masters' ends
 * take them away. Each step with its event, in the kernel's order.
 */
export class Expecting {
  readonly expectations = new ExpectationTable()
  readonly greKeys = new GreKeys()

  private readonly table: ConnTable
  private readonly helpers: HelperRegistry
  private readonly events: EventReporter
  private readonly context: TrackContext
  private nextId: number
  private nowMs = 0
  private readonly call: Call
  private readonly $key = new TupleKey()

  constructor(context: TrackContext, helpers: HelperRegistry, events: EventReporter, idBase: number) {
    this.table = context.table
    this.context = context
    this.helpers = helpers
    this.events = events
    this.nextId = idBase + 1
    this.call = new Call(this, events)
  }

  /** Runs the entry's helper on the packet (7.2). What is not None: the kernel would drop it. */
  help(slot: number, packet: Packet, verdict: Verdict, nowMs: number): DropCause {
    if (verdict.state === CtState.Related && verdict.dir === Dir.Reply) return DropCause.None
    const helper = this.helpers.get(this.table.helper(slot))
    if (helper.help === undefined) return DropCause.None
    this.nowMs = nowMs
    const call = this.call
    call.packet = packet
    call.slot = slot
    call.connection = this.table.id(slot)
    call.state = verdict.state
    call.dir = verdict.dir
    call.noted = 0
    this.table.tupleOf(slot, Dir.Original, call.tuple[0])
    this.table.tupleOf(slot, Dir.Reply, call.tuple[1])
    const drop = helper.help(call)
    if (drop === DropCause.ExpectClash && !CLASHES.has(call.noted)) verdict.because(Reason.EXPECT_CLASH)
    else if (call.noted !== 0) verdict.because(call.noted, ...call.notedArgs)
    else if (drop === DropCause.HelperPartial) verdict.because(Reason.HELPER_PARTIAL)
    return drop
  }

  /** A new entry may be one that is waited for (6.4). */
  meet(slot: number, key: TupleKey): void {
    const { expectations, table } = this
    if (expectations.size === 0) return
    const expectation = expectations.match(key)
    if (expectation === undefined || !table.isLive(expectation.master, expectation.masterId)) return
    table.setStatus(slot, Status.Expected)
    // The expectation's end names its child: the id is the child's, even if the packet turns out INVALID.
    const child = table.takeId(slot)
    const master = new TupleKey()
    table.tupleOf(expectation.master, Dir.Original, master)
    table.masters.set(slot, {
      id: expectation.masterId,
      slot: expectation.master,
      key: master,
      expectation: expectation.id,
      raisedBy: expectation.packet,
    })
    if (expectation.assignHelper !== 0) table.setHelper(slot, expectation.assignHelper)
    if (!(expectation.flags & ExpectFlag.Permanent)) this.end(expectation, ExpEndCause.Met, child)
    if (!expectation.endsInverse) return
    this.$key.setSwapped(expectation.tuple)
    const inverse = expectations.find(this.$key)
    if (inverse !== undefined) this.end(inverse, ExpEndCause.Removed, 0)
  }

  /** Why the packet that made an expected entry is RELATED. */
  explain(slot: number, l4: number, verdict: Verdict): void {
    const id = this.table.masters.get(slot)!.expectation
    if (l4 !== L4.Tcp) verdict.because(Reason.EXPECTED, id)
    else verdict.because(this.table.protoState(slot) === TcpState.SynSent ? Reason.EXPECTED_TCP : Reason.EXPECTED_PICKUP, id)
  }

  /** Registers an expectation (6.2). */
  raise(slot: number, packet: Packet, spec: ExpectSpec): ExpectResult {
    const { expectations, table } = this
    const helper = table.helper(slot)
    const policy = this.helpers.policy(helper, spec.class)
    const tuple = new TupleKey()
    tuple.set(spec.tuple)
    const wanted: ExpectRequest = {
      tuple,
      maskSrc: spec.maskSrc,
      maskSport: spec.maskSport,
      class: spec.class,
      flags: spec.flags,
      master: slot,
      masterId: table.id(slot),
      helper,
      endsInverse: spec.endsInverse ?? false,
      assignHelper: spec.childHelper === undefined ? 0 : this.helpers.numberOf(spec.childHelper, tuple.l4),
    }
    const { replaced, refused, isThere } = expectations.compare(wanted, spec.anyMaster ?? false)
    if (refused !== DropCause.None) return { expectation: null, refused, isThere }
    if (replaced !== null) this.end(replaced, ExpEndCause.Replaced, 0)
    const ofClass = expectations.ofMaster(wanted.masterId).filter((e) => e.class === spec.class)
    if (policy.maxExpected > 0 && ofClass.length >= policy.maxExpected) this.end(ofClass.at(-1)!, ExpEndCause.Evicted, 0)
    if (expectations.size >= this.context.settings.nf_conntrack_expect_max)
      return { expectation: null, refused: DropCause.ExpectClash, isThere: false }
    const expectation: Expectation = {
      ...wanted,
      id: this.nextId++,
      timeoutS: policy.timeoutS,
      deadlineMs: this.nowMs + policy.timeoutS * 1000,
      packet: packet.index,
      raisedUs: packet.seconds * 1e6 + Math.floor(packet.nanoseconds / 1000),
    }
    expectations.add(expectation)
    this.events.expectation(EventKind.ExpNew, expectation, ExpEndCause.None, 0)
    return { expectation, refused: DropCause.None, isThere: false }
  }

  /** Its helper takes it back. */
  remove(expectation: Expectation): void {
    this.end(expectation, ExpEndCause.Removed, 0)
  }

  renew(expectation: Expectation, timeoutS: number): void {
    this.expectations.renew(expectation, this.nowMs + timeoutS * 1000)
    this.events.expectationChanged(expectation)
  }

  refreshMaster(slot: number, timeoutS: number): void {
    this.context.setRemaining(slot, timeoutS)
  }

  isHelperOf(slot: number, expectation: Expectation): boolean {
    return expectation.helper === this.table.helper(slot)
  }

  isExpected(slot: number): boolean {
    return (this.table.status(slot) & Status.Expected) !== 0
  }

  /** Deletes the entry of that tuple, or takes back the expectation that it would meet. */
  endSibling(tuple: TupleKey): void {
    const { context, table } = this
    const found = table.index.find(tuple, table.index.hash(tuple))
    if (found >= 0 && table.deadlineMs(found >>> 1) > context.nowMs) context.destroySibling(found >>> 1)
    else {
      const expectation = this.expectations.find(tuple)
      if (expectation !== undefined) this.end(expectation, ExpEndCause.Removed, 0)
    }
  }

  /** An entry with a helper ends, or never was: what its helper kept, then what it waited for (6.5). */
  endOfMaster(slot: number): void {
    const { table } = this
    const masterId = table.id(slot)
    const helper = table.helper(slot)
    if (helper !== 0) {
      const { call } = this
      call.slot = slot
      call.connection = masterId
      table.tupleOf(slot, Dir.Original, call.tuple[0])
      table.tupleOf(slot, Dir.Reply, call.tuple[1])
      this.helpers.get(helper).forget?.(masterId, call)
    }
    if (this.expectations.size === 0) return
    for (const e of [...this.expectations.ofMaster(masterId)]) this.end(e, ExpEndCause.Master, 0)
  }

  expire(nowMs: number): void {
    for (const e of this.expectations.expired(nowMs)) this.end(e, ExpEndCause.Expired, 0)
  }

  private end(expectation: Expectation, cause: ExpEndCause, child: number): void {
    this.expectations.remove(expectation)
    this.events.expectation(EventKind.ExpDestroy, expectation, cause, child)
  }
}

/** A packet that is dropped for one of these says so, whatever else its helper noted of it before. */
const CLASHES = new Set<number>([Reason.EXPECT_CLASH, Reason.EXPECT_TABLE_FULL, Reason.FTP_CLASH, Reason.FTP_LIMIT, Reason.PPTP_CLASH])

/** The one HelperCall of a tracker. */
class Call implements HelperCall {
  packet: Packet = NO_PACKET
  state: CtState = CtState.None
  dir: Dir = Dir.Original
  connection = 0
  slot = -1
  readonly tuple = [new TupleKey(), new TupleKey()] as const
  /** What the helper said of the packet, 0: nothing. */
  noted = 0
  notedArgs: [number, number, number, number] = [0, 0, 0, 0]
  private readonly expecting: Expecting
  private readonly events: EventReporter

  constructor(expecting: Expecting, events: EventReporter) {
    this.expecting = expecting
    this.events = events
  }

  expect(spec: ExpectSpec): ExpectResult {
    return this.expecting.raise(this.slot, this.packet, spec)
  }

  get isExpected(): boolean {
    return this.expecting.isExpected(this.slot)
  }

  get greKeys(): GreKeys {
    return this.expecting.greKeys
  }

  endSibling(tuple: TupleKey): void {
    this.expecting.endSibling(tuple)
  }

  own(): readonly Expectation[] {
    return this.expecting.expectations.ofMaster(this.connection)
  }

  waiting(tuple: TupleKey): Expectation | undefined {
    return this.expecting.expectations.find(tuple)
  }

  isSameHelper(expectation: Expectation): boolean {
    return this.expecting.isHelperOf(this.slot, expectation)
  }

  remove(expectation: Expectation): void {
    this.expecting.remove(expectation)
  }

  renew(expectation: Expectation, timeoutS: number): void {
    this.expecting.renew(expectation, timeoutS)
  }

  refresh(timeoutS: number): void {
    this.expecting.refreshMaster(this.slot, timeoutS)
  }

  note(reason: number, a = 0, b = 0, c = 0, d = 0): void {
    this.noted = reason
    this.notedArgs = [a, b, c, d]
  }

  report(negotiation: Omit<FtpNegotiation, 'slot' | 'connection' | 'packet' | 'dir'>): void {
    this.events.ftp({ slot: this.slot, connection: this.connection, packet: this.packet.index, dir: this.dir, ...negotiation })
  }
}

const NO_PACKET = new Packet()
