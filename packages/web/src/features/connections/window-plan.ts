/** Which rows to ask the server for, and which of them must stay where it is. */
import type { ConnectionSort, RowWindow } from '@ctscope/server/api/live'
import type { Anchor, TableWindow } from '../../store/connections.ts'

/** Rows kept ready beyond each edge of what is in view. */
export const OVERSCAN = 12

/** Orders that nothing but arrivals and ends change. */
const STABLE_SORTS: ReadonlySet<ConnectionSort> = new Set([
  'born',
  'id',
  'firstSeen',
  'src',
  'dst',
  'sport',
  'dport',
  'proto',
  'interface',
  'zone',
])

export function isVolatileSort(sort: ConnectionSort): boolean {
  return !STABLE_SORTS.has(sort)
}

export type WindowPlan = { first: number; last: number; anchor: Anchor | null; window: RowWindow }

type Situation = {
  table: TableWindow
  /** Local indices in view, `last` not among them. */
  visible: { first: number; last: number }
  /** Someone reads or points: rows must not move. */
  isHeld: boolean
  /** The order changes with traffic: an anchor would wander in it, places are held instead. */
  isVolatile: boolean
  /** The row that is being read, if one is. */
  cursor: number | null
  /** The anchor as it is now. */
  anchor: Anchor | null
}

export function planWindow({ table, visible, isHeld, isVolatile, cursor, anchor }: Situation): WindowPlan {
  const first = Math.max(0, visible.first - OVERSCAN)
  const last = Math.max(visible.last, visible.first + 1) + OVERSCAN
  const limit = last - first
  if (!isHeld) return { first, last, anchor: null, window: { offset: first, limit, anchor: null } }
  if (isVolatile) return { first, last, anchor: null, window: { offset: first + table.shift, limit, anchor: null } }
  const isInWindow = (local: number) => local >= first && local < last
  const chosen = keep(anchor, isInWindow) ?? rowAt(table, visible, cursor, isInWindow)
  const index = chosen === null ? null : { id: chosen.id, index: chosen.local - first }
  return { first, last, anchor: chosen, window: { offset: first + table.shift, limit, anchor: index } }
}

/** An anchor that still serves is kept: another one could be off by what the server has not told yet. */
function keep(anchor: Anchor | null, isInWindow: (local: number) => boolean): Anchor | null {
  return anchor !== null && isInWindow(anchor.local) ? anchor : null
}

/** The row that is read, or else the first that is in view and known. */
function rowAt(
  table: TableWindow,
  visible: { first: number },
  cursor: number | null,
  isInWindow: (local: number) => boolean,
): Anchor | null {
  const read = cursor === null ? null : localOf(table, cursor)
  if (read !== null && isInWindow(read)) return { id: cursor!, local: read }
  for (const [index, item] of table.rows.entries()) {
    const local = table.offset + index - table.shift
    if (item !== undefined && local >= visible.first && isInWindow(local)) return { id: item.row.id, local }
  }
  return null
}

/** Local index of a row that is loaded. */
export function localOf(table: TableWindow, id: number): number | null {
  const index = table.rows.findIndex((item) => item?.row.id === id)
  return index < 0 ? null : table.offset + index - table.shift
}

/** The loaded row at a local index. */
export function rowAtLocal(table: TableWindow, local: number) {
  return table.rows[local + table.shift - table.offset]
}

export function isSameWindow(a: RowWindow, b: RowWindow): boolean {
  if (a.limit !== b.limit || a.anchor?.id !== b.anchor?.id || a.anchor?.index !== b.anchor?.index) return false
  // With an anchor the offset only counts should the anchor be gone.
  return a.anchor !== null || a.offset === b.offset
}
