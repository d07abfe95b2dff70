/** Expectations of all engines: those that wait, and a bounded number of those that ended lately. */
import type { ExpectationEnd, ExpectationRecord } from '@ctscope/engine/ipc'
import { EXP_END_CAUSE_NAMES, l4Name } from '@ctscope/engine/model'
import type { Expectation } from '../api/rest.ts'
import { formatAddressBytes } from '../formats/address.ts'
import { timeOfUs } from '../formats/time.ts'
import type { EngineSlot } from './capture-host.ts'
import type { EngineClock } from './clock.ts'
import { secondsLeft } from './connection-json.ts'

export type HeldExpectation = {
  readonly slot: EngineSlot
  readonly interfaceName: string
  record: ExpectationRecord
  ended: ExpectationEnd | null
  /** Number of the change that it went through last. */
  changedAt: number
}

/** Bits of `flags`, as `conntrack -L expect` prints them. */
const FLAG_NAMES = ['PERMANENT', 'INACTIVE', 'USERSPACE'] as const

export function expectationFlagNames(flags: number): string[] {
  return FLAG_NAMES.filter((_, bit) => (flags >>> bit) & 1)
}

export class ExpectationTable {
  /** Counts changes: what changed since a number has a greater `changedAt`. */
  changes = 0
  waiting = 0
  endedDropped = 0
  readonly #endedLimit: number
  /** In the order they were raised. */
  readonly #byId = new Map<number, HeldExpectation>()
  readonly #byMaster = new Map<number, Set<number>>()
  readonly #endedIds = new Set<number>()

  constructor(endedLimit: number) {
    this.#endedLimit = endedLimit
  }

  get(id: number): HeldExpectation | undefined {
    return this.#byId.get(id)
  }

  all(): IterableIterator<HeldExpectation> {
    return this.#byId.values()
  }

  /** Ids of those that wait for a master. */
  waitingOf(master: number): number[] {
    return this.ofMaster(master).flatMap((held) => (held.ended === null ? [held.record.id] : []))
  }

  /** All that are held of a master, oldest first. */
  ofMaster(master: number): HeldExpectation[] {
    return [...(this.#byMaster.get(master) ?? [])].flatMap((id) => this.#byId.get(id) ?? [])
  }

  /** A new one, or one that waits and that its helper has changed. */
  raise(slot: EngineSlot, interfaceName: string, record: ExpectationRecord): void {
    const held = this.#byId.get(record.id)
    if (held?.ended === null) {
      held.record = record
      held.changedAt = ++this.changes
      return
    }
    this.#remove(record.id)
    this.#byId.set(record.id, { slot, interfaceName, record, ended: null, changedAt: ++this.changes })
    this.waiting++
    const ofMaster = this.#byMaster.get(record.master)
    if (ofMaster === undefined) this.#byMaster.set(record.master, new Set([record.id]))
    else ofMaster.add(record.id)
  }

  end(end: ExpectationEnd): void {
    const held = this.#byId.get(end.id)
    if (held === undefined || held.ended !== null) return
    held.ended = end
    held.changedAt = ++this.changes
    this.waiting--
    this.#endedIds.add(end.id)
    if (this.#endedIds.size > this.#endedLimit) {
      const [oldest] = this.#endedIds
      this.endedDropped++
      if (oldest !== undefined) this.#remove(oldest)
    }
  }

  /** Those of a slot that wait. */
  allWaitingOf(slot: EngineSlot): HeldExpectation[] {
    return [...this.#byId.values()].filter((held) => held.slot === slot && held.ended === null)
  }

  /** Forgets all of a slot, as if they had never been. */
  forgetAllOf(slot: EngineSlot): void {
    for (const held of [...this.#byId.values()]) if (held.slot === slot) this.#remove(held.record.id)
    this.changes++
  }

  #remove(id: number): void {
    const held = this.#byId.get(id)
    if (held === undefined) return
    this.#byId.delete(id)
    this.#endedIds.delete(id)
    if (held.ended === null) this.waiting--
    const ofMaster = this.#byMaster.get(held.record.master)
    ofMaster?.delete(id)
    if (ofMaster?.size === 0) this.#byMaster.delete(held.record.master)
  }
}

export function expectationJson({ record, interfaceName, ended }: HeldExpectation, clock: EngineClock): Expectation {
  return {
    id: record.id,
    interface: interfaceName,
    zone: record.zone,
    master: record.master,
    helper: record.helper,
    l4: l4Name(record.l4),
    tuple: { src: formatAddressBytes(record.src), sport: record.sport, dst: formatAddressBytes(record.dst), dport: record.dport },
    mask: { src: formatAddressBytes(record.maskSrc), sport: record.maskSport },
    class: record.class,
    flags: expectationFlagNames(record.flags),
    raised: timeOfUs(record.raisedUs),
    packet: record.packet,
    timeout: ended === null ? secondsLeft(record.deadlineMs, clock.nowMs) : null,
    timeoutFull: record.timeoutS,
    ended:
      ended === null
        ? null
        : {
            at: timeOfUs(ended.atUs),
            cause: EXP_END_CAUSE_NAMES[ended.cause] ?? '',
            child: ended.child || null,
            packet: ended.packet < 0 ? null : ended.packet,
          },
  }
}
