import type { ConnTable } from './conn-table.ts'
import { hashKey, TupleKey } from './tuple-key.ts'

const FIRST_CELLS = 1 << 10
/** Cells of the old array moved at each insertion while the index grows. */
const MOVE_STEP = 8
/** Cells inspected as one "bucket" by early drop: about two tuples, as in the kernel's table when it is full. */
const BUCKET_CELLS = 4

const EMPTY = 0
/** In the old array only: was here, look on. */
const MOVED = 1

/**
 * Open addressing from tuple to entry, both tuples of each. A cell is two words: the hash, and a reference
 * (slot + 1) * 2 + dir, so that a probe touches no entry but the one that fits. Grows to twice the size a few
 * cells an insertion: no insertion pauses. Deletion closes the gap (no tombstones) but in the array being left.
 */
export class TupleIndex {
  private cells: Int32Array = new Int32Array(FIRST_CELLS * 2)
  private mask = FIRST_CELLS - 1
  private used = 0
  /** The array being left, while growing. */
  private old: Int32Array | null = null
  private oldMask = 0
  private moveAt = 0
  private readonly table: ConnTable
  private readonly seed: number
  private readonly $key = new TupleKey()

  constructor(table: ConnTable, seed: number) {
    this.table = table
    this.seed = seed
  }

  hash(key: TupleKey): number {
    return hashKey(key, this.seed)
  }

  /** slot * 2 + dir of the tuple that is the key, or -1. `hash` is `hash(key)`. */
  find(key: TupleKey, hash: number): number {
    const found = this.probe(this.cells, this.mask, key, hash)
    if (found >= 0 || this.old === null) return found
    return this.probe(this.old, this.oldMask, key, hash)
  }

  /** Adds both tuples of an entry. */
  insert(slot: number): void {
    if (this.old === null && (this.used + 2) * 8 > (this.mask + 1) * 5) this.grow()
    if (this.old !== null) this.move(MOVE_STEP)
    // The reply tuple first: where both are equal (a packet from an address to itself), it is the one found.
    for (let dir = 1; dir >= 0; dir--) {
      this.table.tupleOf(slot, dir, this.$key)
      this.place(this.cells, this.mask, this.hash(this.$key), (slot + 1) * 2 + dir)
      this.used++
    }
  }

  /** Takes both tuples of an entry out. */
  remove(slot: number): void {
    for (let dir = 0; dir < 2; dir++) {
      this.table.tupleOf(slot, dir, this.$key)
      const hash = this.hash(this.$key)
      const ref = (slot + 1) * 2 + dir
      if (!this.removeFrom(hash, ref)) this.removeFromOld(hash, ref)
    }
  }

  /**
   * References in the `n`th bucket after the one that `hash` falls in, for early drop: fills `into` with slots and
   * returns how many.
   */
  bucket(hash: number, n: number, into: Int32Array): number {
    const first = ((hash & this.mask & ~(BUCKET_CELLS - 1)) + n * BUCKET_CELLS) & this.mask
    let count = 0
    for (let i = 0; i < BUCKET_CELLS; i++) {
      const ref = this.cells[((first + i) & this.mask) * 2 + 1]!
      if (ref > MOVED) into[count++] = (ref >>> 1) - 1
    }
    return count
  }

  private probe(cells: Int32Array, mask: number, key: TupleKey, hash: number): number {
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const ref = cells[i * 2 + 1]!
      if (ref === EMPTY) return -1
      if (cells[i * 2] === hash && ref !== MOVED && this.table.matches((ref >>> 1) - 1, ref & 1, key)) return ref - 2
    }
  }

  private place(cells: Int32Array, mask: number, hash: number, ref: number): void {
    let i = hash & mask
    while (cells[i * 2 + 1] !== EMPTY) i = (i + 1) & mask
    cells[i * 2] = hash
    cells[i * 2 + 1] = ref
  }

  private removeFrom(hash: number, ref: number): boolean {
    const { cells, mask } = this
    let hole = hash & mask
    while (cells[hole * 2 + 1] !== ref) {
      if (cells[hole * 2 + 1] === EMPTY) return false
      hole = (hole + 1) & mask
    }
    // Close the gap: move back each follower whose home is not between the hole and itself.
    for (let i = (hole + 1) & mask; cells[i * 2 + 1] !== EMPTY; i = (i + 1) & mask) {
      const home = cells[i * 2]! & mask
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        cells[hole * 2] = cells[i * 2]!
        cells[hole * 2 + 1] = cells[i * 2 + 1]!
        hole = i
      }
    }
    cells[hole * 2 + 1] = EMPTY
    this.used--
    return true
  }

  private removeFromOld(hash: number, ref: number): void {
    const cells = this.old
    if (cells === null) return
    for (let i = hash & this.oldMask; cells[i * 2 + 1] !== EMPTY; i = (i + 1) & this.oldMask) {
      if (cells[i * 2 + 1] === ref) {
        cells[i * 2 + 1] = MOVED
        this.used--
        return
      }
    }
  }

  private grow(): void {
    this.old = this.cells
    this.oldMask = this.mask
    this.moveAt = 0
    this.mask = this.mask * 2 + 1
    this.cells = new Int32Array((this.mask + 1) * 2)
  }

  private move(count: number): void {
    const old = this.old!
    const end = Math.min(this.moveAt + count, this.oldMask + 1)
    for (let i = this.moveAt; i < end; i++) {
      const ref = old[i * 2 + 1]!
      if (ref > MOVED) this.place(this.cells, this.mask, old[i * 2]!, ref)
      if (ref !== EMPTY) old[i * 2 + 1] = MOVED
    }
    this.moveAt = end
    if (end > this.oldMask) this.old = null
  }
}
