import { DropCause } from '../model/index.ts'
import { ExpectFlag, type Expectation } from './expectation.ts'
import type { TupleKey } from './tuple-key.ts'

/** What a helper asks for. */
export type ExpectRequest = Omit<Expectation, 'id' | 'deadlineMs' | 'timeoutS' | 'packet' | 'raisedUs'>

/** A class's limits (CONNTRACK.md 6.3). */
export type ExpectPolicy = { readonly maxExpected: number; readonly timeoutS: number }

/** The expectations that stand, newest first within a destination. Events and timers are the tracker's. */
export class ExpectationTable {
  /** By `destinationHash`; a list may hold several destinations. */
  private readonly byDestination = new Map<number, Expectation[]>()
  /** No expectation's deadline is before this, ms. */
  private earliestMs = Infinity
  /** By the master's id, newest first. */
  private readonly byMaster = new Map<number, Expectation[]>()
  private readonly all = new Set<Expectation>()

  get size(): number {
    return this.all.size
  }

  [Symbol.iterator](): Iterator<Expectation> {
    return this.all.values()
  }

  add(expectation: Expectation): void {
    const key = destinationHash(expectation.tuple)
    const sameDestination = this.byDestination.get(key)
    if (sameDestination === undefined) this.byDestination.set(key, [expectation])
    else sameDestination.unshift(expectation)
    const ofMaster = this.byMaster.get(expectation.masterId)
    if (ofMaster === undefined) this.byMaster.set(expectation.masterId, [expectation])
    else ofMaster.unshift(expectation)
    this.all.add(expectation)
    this.earliestMs = Math.min(this.earliestMs, expectation.deadlineMs)
  }

  remove(expectation: Expectation): void {
    if (!this.all.delete(expectation)) return
    take(this.byDestination, destinationHash(expectation.tuple), expectation)
    take(this.byMaster, expectation.masterId, expectation)
  }

  /** Of one master, newest first. */
  ofMaster(masterId: number): readonly Expectation[] {
    return this.byMaster.get(masterId) ?? NONE
  }

  /** The latest that a packet of this tuple meets (CONNTRACK.md 6.4). */
  match(key: TupleKey): Expectation | undefined {
    return this.byDestination
      .get(destinationHash(key))
      ?.find((e) => !(e.flags & ExpectFlag.Inactive) && isSameDestination(e.tuple, key) && hasSource(e, key, e.maskSrc, e.maskSport))
  }

  /** As `match`, but an inactive one counts too. */
  find(key: TupleKey): Expectation | undefined {
    return this.byDestination
      .get(destinationHash(key))
      ?.find((e) => isSameDestination(e.tuple, key) && hasSource(e, key, e.maskSrc, e.maskSport))
  }

  /** Changes when an expectation runs out. */
  renew(expectation: Expectation, deadlineMs: number): void {
    expectation.deadlineMs = deadlineMs
    this.earliestMs = Math.min(this.earliestMs, deadlineMs)
  }

  /**
   * Looks for an equal one of the same master (or of any), which the new one replaces, or one that clashes
   * (CONNTRACK.md 6.2).
   */
  compare(wanted: ExpectRequest, anyMaster: boolean): { replaced: Expectation | null; refused: DropCause; isThere: boolean } {
    for (const e of this.byDestination.get(destinationHash(wanted.tuple)) ?? NONE) {
      if (!isSameDestination(e.tuple, wanted.tuple)) continue
      const isSameMask = e.maskSrc === wanted.maskSrc && e.maskSport === wanted.maskSport
      if ((anyMaster || e.masterId === wanted.masterId) && isSameMask && hasSource(e, wanted.tuple, true, 0xffff)) {
        if (e.class !== wanted.class || e.masterId !== wanted.masterId)
          return { replaced: null, refused: DropCause.ExpectClash, isThere: true }
        return { replaced: e, refused: DropCause.None, isThere: false }
      }
      if (hasSource(e, wanted.tuple, e.maskSrc && wanted.maskSrc, e.maskSport & wanted.maskSport))
        return { replaced: null, refused: DropCause.ExpectClash, isThere: false }
    }
    return { replaced: null, refused: DropCause.None, isThere: false }
  }

  /** Those whose time is over at `nowMs`. */
  expired(nowMs: number): readonly Expectation[] {
    if (nowMs < this.earliestMs) return NONE
    this.earliestMs = Infinity
    for (const e of this.all) if (e.deadlineMs > nowMs) this.earliestMs = Math.min(this.earliestMs, e.deadlineMs)
    return [...this.all].filter((e) => e.deadlineMs <= nowMs)
  }
}

const NONE: readonly Expectation[] = []

function hasSource(e: Expectation, key: TupleKey, maskSrc: boolean, maskSport: number): boolean {
  if (((e.tuple.sport ^ key.sport) & maskSport) !== 0) return false
  return !maskSrc || e.tuple.sameAddress(0, key, 0)
}

function destinationHash(tuple: TupleKey): number {
  const a = tuple.address
  const address = a[4]! ^ a[5]! ^ a[6]! ^ a[7]!
  return Math.imul(address, 0x9e3779b1) ^ ((tuple.dport << 8) | tuple.l4)
}

function isSameDestination(a: TupleKey, b: TupleKey): boolean {
  return a.dport === b.dport && a.l4 === b.l4 && a.l3 === b.l3 && a.zone === b.zone && a.sameAddress(4, b, 4)
}

function take(map: Map<number, Expectation[]>, key: number, expectation: Expectation): void {
  const list = map.get(key)
  if (list === undefined) return
  const at = list.indexOf(expectation)
  if (at >= 0) list.splice(at, 1)
  if (list.length === 0) map.delete(key)
}
