/**
 * The window on the server's table. Row objects are replaced, never changed, so that rows that did not change need
 * no drawing; `rows` is a fresh array after each message.
 *
 * A row has an absolute index, its place in the server's order, and a local one, its place in the page: rows that
 * come above an anchor raise `shift` instead of moving what is looked at. absolute = local + shift.
 */
import type { ConnectionRow, ConnectionsView } from '@ctscope/server/api/live'
import type { ApiError } from '@ctscope/server/api/rest'
import type { StateCreator } from 'zustand'
import { engineTime } from './engine-time.ts'
import type { Store } from './index.ts'

export type TableRow = {
  readonly row: ConnectionRow
  /** When its time runs out on the engine's clock (ms since 1970); null once it ended. */
  readonly expiresAt: number | null
}

/** The row that stays where it is, and its local index. */
export type Anchor = { id: number; local: number }

export type ConnectionsSlice = {
  table: TableWindow
  anchor: Anchor | null
  /** The order itself changes with traffic and someone reads: rows keep their places, only their values change. */
  holdsOrder: boolean
  tableError: ApiError | null
  setAnchor: (anchor: Anchor | null) => void
  setHoldsOrder: (holdsOrder: boolean) => void
  applyView: (view: ConnectionsView, asOf: string, isSnapshot: boolean) => void
  setTableError: (error: ApiError | null) => void
  /** Another filter or order: what was loaded is no longer the answer, but stays until the new one is here. */
  restartTable: () => void
  /** Counts local indices from the first row again, where fewer rows are above than at the anchor's time. */
  rebaseTable: () => void
}

export type TableWindow = {
  isLoaded: boolean
  offset: number
  total: number
  shift: number
  /** The window's rows in order; undefined where the server named an id that it has not sent. */
  rows: readonly (TableRow | undefined)[]
}

export const EMPTY_TABLE: TableWindow = { isLoaded: false, offset: 0, total: 0, shift: 0, rows: [] }

export const createConnectionsSlice: StateCreator<Store, [], [], ConnectionsSlice> = (set) => ({
  table: EMPTY_TABLE,
  anchor: null,
  holdsOrder: false,
  tableError: null,
  setAnchor: (anchor) => set({ anchor }),
  setHoldsOrder: (holdsOrder) => set({ holdsOrder }),
  setTableError: (tableError) => set({ tableError }),
  restartTable: () => set(({ table }) => ({ anchor: null, table: { ...table, shift: 0 } })),
  rebaseTable: () =>
    set(({ table, anchor }) => ({
      table: { ...table, shift: 0 },
      anchor: anchor === null ? null : { id: anchor.id, local: anchor.local + table.shift },
    })),
  applyView: (view, asOf, isSnapshot) =>
    set(({ table, anchor, holdsOrder, capture }) => ({
      // A snapshot has all its rows; what was known before is of no use, and may be of another epoch.
      table: mergeView(isSnapshot ? { ...table, rows: [] } : table, view, engineTime(capture, asOf), { anchor, holdsOrder }),
      tableError: null,
    })),
})

/** The window after a message: changed rows replaced, kept rows kept, placed so that the anchor stays. */
export function mergeView(
  table: TableWindow,
  view: ConnectionsView,
  /** On the engine's clock (ms since 1970). */
  asOfMs: number,
  { anchor, holdsOrder }: Pick<ConnectionsSlice, 'anchor' | 'holdsOrder'>,
): TableWindow {
  const known = new Map<number, TableRow>()
  for (const kept of table.rows) if (kept !== undefined) known.set(kept.row.id, kept)
  for (const row of view.rows) {
    known.set(row.id, { row, expiresAt: row.timeout === null ? null : asOfMs + row.timeout * 1000 })
  }
  const placed = view.ids.map((id, index) => {
    const before = holdsOrder ? table.rows[view.offset + index - table.offset] : undefined
    return known.get(before?.row.id ?? id)
  })
  return { isLoaded: true, offset: view.offset, total: view.total, shift: shiftFor(table, view, anchor), rows: placed }
}

/** How many rows stand above local index 0. */
function shiftFor(table: TableWindow, view: ConnectionsView, anchor: Anchor | null): number {
  // A message from before the anchor was let go still has the old window: it keeps its place.
  if (anchor === null) return view.offset === 0 ? 0 : table.shift
  const place = view.ids.indexOf(anchor.id)
  if (place >= 0) return view.offset + place - anchor.local
  // The anchor itself is gone: the first row that is in both windows stays.
  for (const [index, kept] of table.rows.entries()) {
    const now = kept === undefined ? -1 : view.ids.indexOf(kept.row.id)
    if (now >= 0) return view.offset + now - (table.offset + index - table.shift)
  }
  return table.shift
}
