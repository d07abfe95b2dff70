/**
 * Verdicts, entries and expectations as JSON lines, one object a line, in the form that the kernel's own answers are
 * recorded in: so that the two can be compared.
 */
import { addressText } from './conntrack/address-text.ts'
import type { ConnTable } from './conntrack/conn-table.ts'
import type { Expectation } from './conntrack/expectation.ts'
import type { EntryEvent, ExpectationEvent } from './conntrack/listener.ts'
import { TupleKey } from './conntrack/tuple-key.ts'
import type { Engine, EngineListener } from './engine.ts'
import {
  CT_STATE_NAMES,
  CtState,
  Dir,
  DROP_CAUSE_NAMES,
  EVENT_KIND_NAMES,
  EventBit,
  EventKind,
  L4,
  l4Name,
  REASONS,
  reasonText,
  SCTP_STATE_NAMES,
  statusNames,
  TCP_STATE_NAMES,
} from './model/index.ts'

/** Source, its identifier, destination, its identifier, protocol (a number where it has no name). */
type TupleJson = [string, number, string, number, string | number]

const EXPECT_FLAG_NAMES = ['PERMANENT', 'INACTIVE', 'USERSPACE'] as const

/** Collects what an engine tells about each frame and writes it. Listens to the engine it is made with. */
export class VerdictWriter implements EngineListener {
  private readonly engine: Engine
  private events: Record<string, unknown>[] = []
  private readonly $key = new TupleKey()

  constructor(engine: Engine) {
    this.engine = engine
    engine.listen(this)
  }

  onEvent(event: EntryEvent): void {
    this.events.push({ event: EVENT_KIND_NAMES[event.kind], ...this.entryEvent(event) })
  }

  onExpectation(event: ExpectationEvent): void {
    const { expectation } = event
    this.events.push({ event: EVENT_KIND_NAMES[event.kind], ...this.expectation(expectation, expectation.timeoutS) })
  }

  onFtp(): void {
    // Not part of the form.
  }

  onFtpLine(): void {
    // Not part of the form.
  }

  /** The line of the frame that the engine took last. */
  packetLine(): string {
    const { packet, verdict } = this.engine
    const hasDir = verdict.state === CtState.New || verdict.state === CtState.Established || verdict.state === CtState.Related
    const line: Record<string, unknown> = {
      kind: 'packet',
      i: packet.index,
      ts: packet.seconds + packet.nanoseconds / 1e9,
      state: CT_STATE_NAMES[verdict.state],
      dir: hasDir ? (verdict.dir === Dir.Reply ? 'reply' : 'orig') : null,
    }
    if (verdict.reason !== 0) {
      const [a, b, c, d] = verdict.args as unknown as [number, number, number, number]
      line['why'] = [`${REASONS[verdict.reason]!.code}: ${reasonText(verdict.reason, [a, b, c, d])}`]
    }
    if (verdict.wouldDrop !== 0) line['wouldDrop'] = DROP_CAUSE_NAMES[verdict.wouldDrop]
    if (this.events.length > 0) {
      line['events'] = this.events
      this.events = []
    }
    return JSON.stringify(line)
  }

  /** A line with what happened by time alone after frame `after`, or null when nothing did. */
  timerLine(after: number): string | null {
    if (this.events.length === 0) return null
    const line = JSON.stringify({ kind: 'timer', after, events: this.events })
    this.events = []
    return line
  }

  /** The table's entries, then the expectations, as they stand at `nowMs`. */
  *tableLines(nowMs: number): Generator<string> {
    const { table, expecting } = this.engine.tracker
    const slots: number[] = []
    table.forEach((slot) => slots.push(slot))
    for (const slot of slots) {
      if (table.deadlineMs(slot) <= nowMs) continue
      yield JSON.stringify({ kind: 'entry', ...this.entry(table, slot, nowMs) })
    }
    for (const expectation of expecting.expectations) {
      const left = Math.floor((expectation.deadlineMs - nowMs) / 1000)
      if (left > 0) yield JSON.stringify({ kind: 'expect', ...this.expectation(expectation, left) })
    }
  }

  private entryEvent(event: EntryEvent): Record<string, unknown> {
    const { table } = this.engine.tracker
    const { slot, kind } = event
    const isDestroy = kind === EventKind.Destroy
    const out = this.identity(table, slot)
    out['status'] = statusNames(event.status)
    if (!isDestroy || event.leftS > 0) out['timeout'] = event.leftS
    if (isDestroy || event.bits & EventBit.Protoinfo) Object.assign(out, protoState(table, slot))
    if (!isDestroy) this.addHelper(out, slot)
    if (event.bits & EventBit.Related) this.addMaster(out, slot)
    if (isDestroy) this.addCounters(out, table, slot)
    return out
  }

  private entry(table: ConnTable, slot: number, nowMs: number): Record<string, unknown> {
    const out = this.identity(table, slot)
    out['status'] = statusNames(table.status(slot))
    out['timeout'] = Math.floor((table.deadlineMs(slot) - nowMs) / 1000)
    Object.assign(out, protoState(table, slot))
    this.addHelper(out, slot)
    this.addMaster(out, slot)
    this.addCounters(out, table, slot)
    return out
  }

  private identity(table: ConnTable, slot: number): Record<string, unknown> {
    const key = this.$key
    table.tupleOf(slot, Dir.Original, key)
    const orig = tupleJson(key)
    table.tupleOf(slot, Dir.Reply, key)
    return { id: table.id(slot), orig, reply: tupleJson(key) }
  }

  private addHelper(out: Record<string, unknown>, slot: number): void {
    const { table, helpers } = this.engine.tracker
    const helper = table.helper(slot)
    if (helper !== 0) out['helper'] = helpers.name(helper)
  }

  private addMaster(out: Record<string, unknown>, slot: number): void {
    const master = this.engine.tracker.table.masters.get(slot)
    if (master !== undefined) out['master'] = tupleJson(master.key)
  }

  private addCounters(out: Record<string, unknown>, table: ConnTable, slot: number): void {
    if (this.engine.tracker.settings.nf_conntrack_acct === 0) return
    out['orig_packets'] = table.packets(slot, Dir.Original)
    out['orig_bytes'] = table.bytes(slot, Dir.Original)
    out['reply_packets'] = table.packets(slot, Dir.Reply)
    out['reply_bytes'] = table.bytes(slot, Dir.Reply)
  }

  private expectation(expectation: Expectation, timeoutS: number): Record<string, unknown> {
    const { tuple } = expectation
    const mask = new TupleKey()
    mask.l3 = tuple.l3
    mask.l4 = tuple.l4
    mask.address.fill(0xffffffff, 4)
    if (expectation.maskSrc) mask.address.fill(0xffffffff, 0, 4)
    mask.sport = expectation.maskSport
    mask.dport = 0xffff
    const { table, helpers } = this.engine.tracker
    // A master's end is told before its expectations', while its slot still holds it.
    table.tupleOf(expectation.master, Dir.Original, this.$key)
    return {
      id: expectation.id,
      tuple: tupleJson(tuple),
      mask: tupleJson(mask),
      master: tupleJson(this.$key),
      timeout: timeoutS,
      helper: helpers.name(expectation.helper),
      flags: EXPECT_FLAG_NAMES.filter((_, bit) => (expectation.flags >>> bit) & 1),
      class: expectation.class,
    }
  }
}

function tupleJson(key: TupleKey): TupleJson {
  const { address, l3, l4 } = key
  const name = l4Name(l4)
  return [addressText(address, 0, l3), key.sport, addressText(address, 4, l3), key.dport, name === String(l4) ? l4 : name]
}

function protoState(table: ConnTable, slot: number): Record<string, string> {
  const state = table.protoState(slot)
  if (table.l4(slot) === L4.Tcp) return { tcp: TCP_STATE_NAMES[state]! }
  if (table.l4(slot) === L4.Sctp) return { sctp: SCTP_STATE_NAMES[state]! }
  return {}
}
