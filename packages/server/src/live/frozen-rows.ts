/**
 * A view as it stood when it was frozen. Rows are copied only when the table is about to change them, so that a
 * freeze costs what happens during it and not the table's size.
 */
import { ColumnTable } from '../mirror/columns.ts'
import { CONNECTION_COLUMNS, type ConnectionColumns } from '../mirror/connection-columns.ts'
import type { ConnectionTable, RowKeeper } from '../mirror/connection-table.ts'
import type { ConnectionView } from '../mirror/connection-view.ts'
import type { EngineClock } from '../mirror/clock.ts'

export class FrozenRows implements RowKeeper {
  readonly rows: Int32Array
  readonly places: Uint8Array
  readonly ids: Float64Array
  readonly clocks: ReadonlyMap<number, EngineClock>
  readonly #table: ConnectionTable
  readonly #copies: ConnectionColumns = new ColumnTable(CONNECTION_COLUMNS, 256)
  readonly #copyOf = new Map<number, number>()
  readonly #isMember: Uint8Array
  readonly #limit: number
  readonly #onFull: () => void

  /** Beyond `limit` copies what changes shows its present values; `onFull` is told of each such row. */
  constructor(table: ConnectionTable, view: ConnectionView, clocks: ReadonlyMap<number, EngineClock>, limit: number, onFull: () => void) {
    this.#table = table
    this.#limit = limit
    this.#onFull = onFull
    this.clocks = clocks
    this.rows = view.rows.slice(0, view.total)
    this.places = Uint8Array.from(this.rows, (_, position) => view.placeAt(position))
    const { id } = table.columns.at
    this.ids = Float64Array.from(this.rows, (row) => id[row]!)
    this.#isMember = new Uint8Array(table.columns.capacity)
    for (const row of this.rows) this.#isMember[row] = 1
    table.keepers.add(this)
  }

  keep(row: number): void {
    if (this.#isMember[row] !== 1 || this.#copyOf.has(row)) return
    if (this.#copyOf.size >= this.#limit) {
      this.#onFull()
      return
    }
    const copy = this.#copyOf.size
    if (copy >= this.#copies.capacity) this.#copies.grow(this.#copies.capacity * 2)
    this.#copies.copyRow(this.#table.columns, row, copy)
    this.#copyOf.set(row, copy)
  }

  /** Where a position's values are; null: they are gone. */
  at(position: number): { columns: ConnectionColumns; row: number } | null {
    const row = this.rows[position]!
    const copy = this.#copyOf.get(row)
    if (copy !== undefined) return { columns: this.#copies, row: copy }
    return this.#table.columns.at.id[row] === this.ids[position] ? { columns: this.#table.columns, row } : null
  }

  release(): void {
    this.#table.keepers.delete(this)
  }
}
