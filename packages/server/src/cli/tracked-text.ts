/** What an engine of this process holds, as conntrack's text. */
import { addressText, type Engine, type EntryEvent, type Expectation, TupleKey } from '@ctscope/engine'
import { Dir, EventBit, EventKind, L4, l4Name, SCTP_STATE_NAMES, Status, TCP_STATE_NAMES } from '@ctscope/engine/model'
import { eventLine, expectationLine, listLine, type TextEntry, type TextTuple } from '../formats/conntrack-text.ts'

const EXPECTATION_FLAGS = ['PERMANENT', 'INACTIVE', 'USERSPACE'] as const

/** `conntrack -L -o extended`, as it stands at `nowMs`. */
export function* entryLines(engine: Engine, nowMs: number): Generator<string> {
  const { table } = engine.tracker
  const slots: number[] = []
  table.forEach((slot) => slots.push(slot))
  for (const slot of slots) {
    const timeout = secondsLeft(table.deadlineMs(slot), nowMs)
    if (timeout > 0) yield listLine({ ...entryOf(engine, slot), timeout })
  }
}

/** A line of `conntrack -E`. For a DESTROY the entry still stands in its slot. */
export function entryEventLine(engine: Engine, event: EntryEvent): string {
  const entry = entryOf(engine, event.slot)
  const isDestroy = event.kind === EventKind.Destroy
  const kind = isDestroy ? 'DESTROY' : event.kind === EventKind.New ? 'NEW' : 'UPDATE'
  return eventLine(kind, {
    ...entry,
    timeout: isDestroy && event.leftS === 0 ? null : event.leftS,
    state: isDestroy || event.bits & EventBit.Protoinfo ? entry.state : null,
    counters: isDestroy ? entry.counters : null,
    isReplied: (event.status & Status.SeenReply) !== 0,
    isAssured: (event.status & Status.Assured) !== 0,
    helper: isDestroy ? null : entry.helper,
  })
}

/** `conntrack -L expect`, as it stands at `nowMs`. */
export function* expectationLines(engine: Engine, nowMs: number): Generator<string> {
  for (const expectation of engine.tracker.expecting.expectations) {
    const timeout = secondsLeft(expectation.deadlineMs, nowMs)
    if (timeout > 0) yield expectationText(engine, expectation, timeout)
  }
}

function expectationText(engine: Engine, expectation: Expectation, timeout: number): string {
  const { tuple, maskSrc, maskSport } = expectation
  const { table, helpers } = engine.tracker
  const master = new TupleKey()
  table.tupleOf(expectation.master, Dir.Original, master)
  const mask = new Uint32Array(4).fill(maskSrc ? 0xffff_ffff : 0)
  return expectationLine({
    timeout,
    l4: l4Name(tuple.l4),
    tuple: textTuple(tuple),
    mask: { src: addressText(mask, 0, tuple.l3), sport: maskSport },
    master: textTuple(master),
    flags: EXPECTATION_FLAGS.filter((_, bit) => (expectation.flags >>> bit) & 1),
    class: expectation.class,
    helper: helpers.name(expectation.helper),
    zone: tuple.zone,
  })
}

function entryOf({ tracker }: Engine, slot: number): TextEntry {
  const { table, helpers } = tracker
  const [original, reply] = [new TupleKey(), new TupleKey()]
  table.tupleOf(slot, Dir.Original, original)
  table.tupleOf(slot, Dir.Reply, reply)
  const l4 = table.l4(slot)
  const state = table.protoState(slot)
  const helper = table.helper(slot)
  const counters = (dir: Dir) => ({ packets: table.packets(slot, dir), bytes: table.bytes(slot, dir) })
  return {
    l3: original.l3 === 4 ? 'ipv4' : 'ipv6',
    l4: l4Name(l4),
    timeout: null,
    state: (l4 === L4.Tcp ? TCP_STATE_NAMES[state] : l4 === L4.Sctp ? SCTP_STATE_NAMES[state] : null) ?? null,
    original: textTuple(original),
    reply: textTuple(reply),
    counters: tracker.settings.nf_conntrack_acct === 0 ? null : [counters(Dir.Original), counters(Dir.Reply)],
    isReplied: (table.status(slot) & Status.SeenReply) !== 0,
    isAssured: (table.status(slot) & Status.Assured) !== 0,
    zone: original.zone,
    helper: helper === 0 ? null : helpers.name(helper),
  }
}

function textTuple({ address, l3, sport, dport }: TupleKey): TextTuple {
  return { src: addressText(address, 0, l3), dst: addressText(address, 4, l3), sport, dport }
}

function secondsLeft(deadlineMs: number, nowMs: number): number {
  return Math.floor((deadlineMs - nowMs) / 1000)
}
