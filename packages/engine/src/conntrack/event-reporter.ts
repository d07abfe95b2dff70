import { Dir, EndCause, EventKind, type ExpEndCause } from '../model/index.ts'
import type { ConnTable } from './conn-table.ts'
import type { Expectation } from './expectation.ts'
import type { EntryEvent, ExpectationEvent, FtpNegotiation, TrackerListener } from './listener.ts'
import type { Verdict } from './verdict.ts'

/** Fills the reused event objects and hands them to the listener. */
export class EventReporter {
  /** About the packet at hand: its number (-1: none), direction and IP length. */
  packet = -1
  dir: Dir = Dir.Original
  packetLen = 0

  private readonly table: ConnTable
  private listener: TrackerListener = SILENT
  private readonly $entry: EntryEvent
  private $expectation: ExpectationEvent | null = null

  constructor(table: ConnTable) {
    this.table = table
    this.$entry = {
      kind: EventKind.New,
      slot: 0,
      id: 0,
      bits: 0,
      packet: -1,
      dir: Dir.Original,
      fromCtState: 0,
      toCtState: 0,
      fromProtoState: 0,
      toProtoState: 0,
      status: 0,
      timeoutS: 0,
      leftS: 0,
      reason: 0,
      args: new Uint32Array(4),
      cause: EndCause.None,
    }
  }

  listen(listener: TrackerListener): void {
    this.listener = listener
  }

  entry(kind: EventKind, slot: number, bits: number, nowMs: number, verdict: Verdict, cause: EndCause): void {
    const { table } = this
    const e = this.$entry
    e.kind = kind
    e.slot = slot
    e.id = table.id(slot)
    e.bits = bits
    e.packet = this.packet
    e.dir = this.dir
    e.fromCtState = table.reportedCtState(slot)
    e.toCtState = table.ctState(slot)
    e.fromProtoState = table.reportedProtoState(slot)
    e.toProtoState = table.protoState(slot)
    e.status = table.status(slot)
    e.timeoutS = table.timeoutS(slot)
    e.leftS = Math.max(0, Math.floor((table.deadlineMs(slot) - nowMs) / 1000))
    e.reason = verdict.reason
    e.args.set(verdict.args)
    e.cause = cause
    this.listener.onEvent(e)
  }

  expectation(kind: EventKind, expectation: Expectation, cause: ExpEndCause, child: number): void {
    const e = (this.$expectation ??= { kind, expectation, packet: -1, dir: Dir.Original, cause, child })
    e.kind = kind
    e.expectation = expectation
    e.packet = this.packet
    e.dir = this.dir
    e.cause = cause
    e.child = child
    this.listener.onExpectation(e)
  }

  expectationChanged(expectation: Expectation): void {
    this.listener.onExpectationChanged?.(expectation)
  }

  ftp(negotiation: FtpNegotiation): void {
    this.listener.onFtp(negotiation)
  }
}

const SILENT: TrackerListener = { onEvent() {}, onExpectation() {}, onFtp() {} }
