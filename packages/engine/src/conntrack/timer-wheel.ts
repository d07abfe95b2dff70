import type { ConnTable } from './conn-table.ts'

const TICK_MS = 250
const LEVELS = 4
const LEVEL_BITS = 8
const BUCKETS = 1 << LEVEL_BITS
const MASK = BUCKETS - 1
const NONE = -1
/** Ticks that a level reaches ahead. */
const SPAN = [2 ** 8, 2 ** 16, 2 ** 24, 2 ** 32]
/** Ticks; a longer timeout is looked at once in between. Four years: half of what 30 bits tell apart. */
const LONGEST = 2 ** 29 - 1

/**
 * When entries are to be looked at again: four wheels of 256 buckets, of 250 ms, 64 s, 4.5 h and 48 days. Lazy: a
 * refresh that puts the deadline off does not touch the wheel; the entry is put further when its bucket comes up.
 * Doubly linked through the entries, so taking one out costs nothing.
 */
export class TimerWheel {
  private readonly table: ConnTable
  private readonly heads = new Int32Array(LEVELS * BUCKETS).fill(NONE)
  private readonly levelCount = new Int32Array(LEVELS)
  private baseMs = Number.NaN
  private tick = 0

  constructor(table: ConnTable) {
    this.table = table
  }

  /** Puts an entry in for its deadline, or further forward when the deadline has come nearer. */
  schedule(slot: number, nowMs: number): void {
    if (Number.isNaN(this.baseMs)) this.baseMs = nowMs
    const tick = this.tickOf(this.table.deadlineMs(slot))
    if (this.table.wheelPrev(slot) !== NONE) {
      if (!isBefore(tick, this.table.wheelTick(slot))) return
      this.remove(slot)
    }
    this.link(slot, tick)
  }

  /** Takes an entry out, if it is in. */
  remove(slot: number): void {
    const table = this.table
    const prev = table.wheelPrev(slot)
    if (prev === NONE) return
    const next = table.wheelNext(slot)
    // A negative predecessor is the bucket itself.
    if (prev < NONE) this.heads[bucketOf(prev)] = next
    else table.setWheelNext(prev, next)
    if (next !== NONE) table.setWheelPrev(next, prev)
    this.levelCount[table.wheelTick(slot) & 3]!--
    table.setWheelNext(slot, NONE)
    table.setWheelPrev(slot, NONE)
  }

  /**
   * Turns the wheel to `nowMs` and calls `expired` for each entry whose deadline has passed (taken out of the wheel
   * already). Looks at `budget` entries at most; returns false when there is more to do, and goes on at the next call.
   */
  advance(nowMs: number, budget: number, expired: (slot: number) => void): boolean {
    if (Number.isNaN(this.baseMs)) return true
    const target = Math.floor((nowMs - this.baseMs) / TICK_MS)
    let left = budget
    while (this.tick < target) {
      const next = this.nextTick(target)
      for (let level = LEVELS - 1; level > 0; level--) {
        const shift = level * LEVEL_BITS
        if (next % 2 ** shift !== 0) continue
        const bucket = level * BUCKETS + (Math.floor(next / 2 ** shift) & MASK)
        for (let slot = this.heads[bucket]!; slot !== NONE; slot = this.heads[bucket]!) {
          if (left-- <= 0) return false
          this.settle(slot, next - 1, nowMs, expired)
        }
      }
      const bucket = next & MASK
      for (let slot = this.heads[bucket]!; slot !== NONE; slot = this.heads[bucket]!) {
        if (left-- <= 0) return false
        this.settle(slot, next, nowMs, expired)
      }
      this.tick = next
    }
    return true
  }

  /** Skips ticks at which nothing can be due. */
  private nextTick(target: number): number {
    let step = 1
    for (let level = 0; level < LEVELS && this.levelCount[level] === 0; level++) step *= BUCKETS
    const next = step === 1 ? this.tick + 1 : (Math.floor(this.tick / step) + 1) * step
    return Math.min(next, target)
  }

  private settle(slot: number, tick: number, nowMs: number, expired: (slot: number) => void): void {
    this.remove(slot)
    const deadlineMs = this.table.deadlineMs(slot)
    if (deadlineMs <= nowMs) expired(slot)
    else this.link(slot, this.tickOf(deadlineMs), tick)
  }

  /** `done`: the last tick whose buckets are finished with. */
  private link(slot: number, tick: number, done: number = this.tick): void {
    const { table, heads } = this
    let due = Math.min(Math.max(tick, done + 1), done + LONGEST)
    let level = 0
    while (due - done >= SPAN[level]!) level++
    // Exactly a whole turn would fall into the bucket that is being emptied: a tick early does no harm.
    if (level > 0 && due - done === SPAN[level - 1]) {
      level--
      due--
    }
    const bucket = level * BUCKETS + (Math.floor(due / 2 ** (level * LEVEL_BITS)) & MASK)
    const head = heads[bucket]!
    table.setWheelNext(slot, head)
    table.setWheelPrev(slot, bucketLink(bucket))
    if (head !== NONE) table.setWheelPrev(head, slot)
    heads[bucket] = slot
    table.setWheelTick(slot, packTick(due, level))
    this.levelCount[level]!++
  }

  private tickOf(deadlineMs: number): number {
    return Math.ceil((deadlineMs - this.baseMs) / TICK_MS)
  }
}

function bucketLink(bucket: number): number {
  return -bucket - 2
}
function bucketOf(link: number): number {
  return -link - 2
}
/** 30 bits of the tick, 2 of the level: ticks are compared serially, so a clock may run for ever. */
function packTick(tick: number, level: number): number {
  return ((tick << 2) | level) >>> 0
}
function isBefore(tick: number, packed: number): boolean {
  return ((tick << 2) - (packed & ~3)) << 0 < 0
}
