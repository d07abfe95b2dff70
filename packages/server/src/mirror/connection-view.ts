/**
 * Connections that match a filter, in order, kept up to date tick by tick. A tick costs one pass over the order and
 * what has changed, not a sort: new rows are merged in; values that change with traffic move rows at most once a
 * second. Children stand under their master where a tree is asked for.
 */
import type { Predicate } from '../filter/compile.ts'
import { Life } from './connection-columns.ts'
import type { ConnectionOrder } from './connection-fields.ts'
import type { ConnectionTable } from './connection-table.ts'

export type ViewQuery = {
  readonly predicate: Predicate<number>
  readonly order: ConnectionOrder
  readonly isDescending: boolean
  readonly withEnded: boolean
  readonly isTree: boolean
  /** The filter's answer changes with time alone. */
  readonly dependsOnClock: boolean
}

/** How often rows whose values move are put in order, and clocks are looked at. */
export const REORDER_MS = 1000

/** Where a row stands in the tree. */
export const Place = { Top: 0, Child: 1, LastChild: 2 } as const

/** New: it came in this tick and is not in its place yet. */
const Presence = { Out: 0, In: 1, New: 2 } as const

export class ConnectionView {
  readonly #table: ConnectionTable
  readonly #query: ViewQuery
  /** The rows of the filter in the sort's order; the first `#count` are filled. */
  #sorted = new Int32Array(1024)
  /** What `#sorted` was before the last merge: the next one writes there. */
  #spare = new Int32Array(1024)
  #count = 0
  /** The same with children under their masters, where a tree is asked for. */
  #tree = new Int32Array(0)
  #places = new Uint8Array(0)
  /** By row: whether it is in `#sorted`. */
  #isIn = new Uint8Array(1024)
  #mustReorder = false
  #reorderedMs = -Infinity
  #checkedMs = -Infinity

  constructor(table: ConnectionTable, query: ViewQuery, nowMs: number) {
    this.#table = table
    this.#query = query
    this.#rebuild(nowMs)
  }

  get total(): number {
    return this.#count
  }

  /** The rows in order. Borrowed: valid until the next update; only the first `total` count. */
  get rows(): Int32Array {
    return this.#query.isTree ? this.#tree : this.#sorted
  }

  placeAt(position: number): number {
    return this.#query.isTree ? this.#places[position]! : Place.Top
  }

  /** Position of a row; -1 when it is not in the view. */
  positionOf(row: number): number {
    if (this.#isIn[row] !== Presence.In) return -1
    const at = this.rows.indexOf(row)
    return at < this.#count ? at : -1
  }

  /** Takes over the table's changes of this tick. To be called once in each tick, before the table's `endTick`. */
  update(nowMs: number): void {
    const table = this.#table
    const dirty = table.dirtyRows
    if (this.#query.dependsOnClock && nowMs - this.#checkedMs >= REORDER_MS) {
      this.#rebuild(nowMs)
      return
    }
    if (dirty.length > 0) this.#applyDirty(dirty)
    if (this.#query.order.isVolatile && this.#mustReorder && nowMs - this.#reorderedMs >= REORDER_MS) this.#reorder(nowMs)
    else if (dirty.length === 0) return
    if (this.#query.isTree) this.#layTree()
  }

  #applyDirty(dirty: readonly number[]): void {
    this.#fitRows()
    const isIn = this.#isIn
    const added: number[] = []
    let removed = 0
    for (const row of dirty) {
      const matches = this.#matches(row)
      if (matches && isIn[row] === Presence.Out) {
        isIn[row] = Presence.New
        added.push(row)
      } else if (!matches && isIn[row] === Presence.In) {
        isIn[row] = Presence.Out
        removed++
      } else if (matches) {
        this.#mustReorder = true
      }
    }
    if (added.length > 0 || removed > 0) this.#merge(added)
  }

  #matches(row: number): boolean {
    const life = this.#table.columns.at.life[row]
    if (life === Life.Free || (life === Life.Ended && !this.#query.withEnded)) return false
    return this.#query.predicate(row)
  }

  readonly #compare = (a: number, b: number): number => {
    const { born } = this.#table.columns.at
    const difference = this.#query.order.compare(a, b) || born[a]! - born[b]!
    return this.#query.isDescending ? -difference : difference
  }

  /** One pass: leaves out rows that no longer match and puts the new ones in their places. */
  #merge(added: number[]): void {
    added.sort(this.#compare)
    const old = this.#sorted
    const isIn = this.#isIn
    const needed = this.#count + added.length
    const merged = needed > this.#spare.length ? new Int32Array(needed * 2) : this.#spare
    let count = 0
    let next = 0
    for (let i = 0; i < this.#count; i++) {
      const row = old[i]!
      if (isIn[row] !== Presence.In) continue
      while (next < added.length && this.#compare(added[next]!, row) < 0) merged[count++] = added[next++]!
      merged[count++] = row
    }
    while (next < added.length) merged[count++] = added[next++]!
    for (const row of added) isIn[row] = Presence.In
    this.#spare = old
    this.#sorted = merged
    this.#count = count
  }

  #reorder(nowMs: number): void {
    this.#sorted.subarray(0, this.#count).sort(this.#compare)
    this.#mustReorder = false
    this.#reorderedMs = nowMs
  }

  #rebuild(nowMs: number): void {
    this.#fitRows()
    const { rowLimit } = this.#table
    if (this.#sorted.length < rowLimit) this.#sorted = new Int32Array(this.#table.columns.capacity)
    this.#count = 0
    for (let row = 0; row < rowLimit; row++) {
      const matches = this.#matches(row)
      this.#isIn[row] = matches ? Presence.In : Presence.Out
      if (matches) this.#sorted[this.#count++] = row
    }
    this.#reorder(nowMs)
    this.#checkedMs = nowMs
    if (this.#query.isTree) this.#layTree()
  }

  #fitRows(): void {
    const { capacity } = this.#table.columns
    if (this.#isIn.length >= capacity) return
    const larger = new Uint8Array(capacity)
    larger.set(this.#isIn)
    this.#isIn = larger
  }

  #layTree(): void {
    if (this.#tree.length < this.#count) {
      this.#tree = new Int32Array(this.#sorted.length)
      this.#places = new Uint8Array(this.#sorted.length)
    }
    const { master, id } = this.#table.columns.at
    let count = 0
    const put = (row: number, place: number): void => {
      this.#tree[count] = row
      this.#places[count] = place
      count++
    }
    for (let i = 0; i < this.#count; i++) {
      const row = this.#sorted[i]!
      if (master[row] !== 0 && this.#isShown(master[row]!)) continue
      put(row, Place.Top)
      const family = this.#familyOf(id[row]!)
      for (let child = 0; child < family.length; child++) put(family[child]!, child === family.length - 1 ? Place.LastChild : Place.Child)
    }
    // Masters that name each other in a ring would hide one another: none such exists, but none may be lost either.
    if (count !== this.#count) {
      this.#tree.set(this.#sorted.subarray(0, this.#count))
      this.#places.fill(Place.Top)
    }
  }

  #isShown(id: number): boolean {
    const row = this.#table.rowOf(id)
    return row !== undefined && this.#isIn[row] === Presence.In
  }

  /** Children in the view and theirs, all on one level, oldest first. */
  #familyOf(id: number): readonly number[] {
    const children = this.#table.childrenOf(id)
    if (children.length === 0) return NONE
    const rows: number[] = []
    for (const child of children) {
      const row = this.#table.rowOf(child)
      if (row === undefined || this.#isIn[row] !== Presence.In) continue
      rows.push(row, ...this.#familyOf(child))
    }
    return rows
  }
}

const NONE: readonly number[] = []
