/** A window on the connections in some order. */
import type { ConnectionRow, ConnectionsView, RowWindow } from '../api/live.ts'
import type { Connection } from '../api/rest.ts'
import { Place } from '../mirror/connection-view.ts'
import type { Limits } from '../config.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { FrozenRows } from './frozen-rows.ts'
import type { Topic, TopicMessage } from './topic.ts'
import type { ViewLease, ViewPool, ViewRequest } from './view-pool.ts'

export class ConnectionsTopic implements Topic {
  readonly #mirror: Mirror
  readonly #lease: ViewLease
  readonly #limits: Pick<Limits, 'windowRows' | 'frozenRows'>
  readonly #onFreezeFull: () => void
  #window: RowWindow
  /** Connections born after this one count as new above. */
  #anchoredBorn = 0
  #frozen: FrozenRows | null = null
  #frozenAsOf = ''
  #isFirst = true
  /** What the client has: rows by id with their place, values as of a tick. */
  #sent = new Map<number, number>()
  #sentTick = 0
  #sentIds: readonly number[] = []
  #sentPlace = { offset: -1, total: -1, newAbove: -1 }

  /** @throws FilterError */
  constructor(
    mirror: Mirror,
    views: ViewPool,
    request: ViewRequest,
    window: RowWindow,
    limits: Pick<Limits, 'windowRows' | 'frozenRows'>,
    onFreezeFull: () => void,
  ) {
    this.#mirror = mirror
    this.#lease = views.lease(request)
    this.#limits = limits
    this.#onFreezeFull = onFreezeFull
    this.#window = window
    if (window.anchor !== null) this.#anchoredBorn = this.#births()
  }

  moveTo(window: RowWindow): void {
    if (window.anchor !== null && this.#window.anchor === null) this.#anchoredBorn = this.#births()
    this.#window = window
  }

  freeze(isFrozen: boolean): void {
    if (isFrozen === (this.#frozen !== null)) return
    if (isFrozen) {
      const clocks = new Map([...this.#mirror.engines].map(([slot, { clock }]) => [slot, { ...clock }]))
      this.#frozen = new FrozenRows(this.#mirror.connections, this.#lease.view, clocks, this.#limits.frozenRows, this.#onFreezeFull)
      this.#frozenAsOf = this.#mirror.now()
    } else {
      this.#frozen?.release()
      this.#frozen = null
      this.reset()
    }
  }

  reset(): void {
    this.#isFirst = true
    this.#sent.clear()
    this.#sentPlace = { offset: -1, total: -1, newAbove: -1 }
  }

  close(): void {
    this.#frozen?.release()
    this.#lease.release()
  }

  poll(): TopicMessage | null {
    const view = this.#view()
    const isChanged =
      view.rows.length > 0 ||
      view.offset !== this.#sentPlace.offset ||
      view.total !== this.#sentPlace.total ||
      view.newAbove !== this.#sentPlace.newAbove ||
      !areEqual(view.ids, this.#sentIds)
    this.#sentIds = view.ids
    this.#sentPlace = view
    if (!this.#isFirst && !isChanged) return null
    const asOf = this.#frozen === null ? {} : { asOf: this.#frozenAsOf }
    if (this.#isFirst) {
      this.#isFirst = false
      return { type: 'snapshot', snapshot: { topic: 'connections', view }, ...asOf }
    }
    return { type: 'delta', delta: { topic: 'connections', view }, ...asOf }
  }

  #births(): number {
    return this.#mirror.connections.births
  }

  /** The window as it is now, with the rows that the client lacks. */
  #view(): ConnectionsView {
    const { connections } = this.#mirror
    const total = this.#frozen?.rows.length ?? this.#lease.view.total
    const limit = Math.min(this.#window.limit, this.#limits.windowRows)
    const offset = this.#offset(total, limit)
    const end = Math.min(offset + limit, total)
    const ids: number[] = []
    const rows: ConnectionRow[] = []
    const sent = new Map<number, number>()
    const { id, changedTick } = connections.columns.at
    for (let position = offset; position < end; position++) {
      const row = this.#rowAt(position)
      const ofRow = this.#frozen === null ? id[row]! : this.#frozen.ids[position]!
      const place = this.#frozen === null ? this.#lease.view.placeAt(position) : this.#frozen.places[position]!
      ids.push(ofRow)
      sent.set(ofRow, place)
      const isKnown = this.#sent.get(ofRow) === place
      if (isKnown && (this.#frozen !== null || changedTick[row]! <= this.#sentTick)) continue
      const connection = this.#connectionAt(position, row)
      if (connection !== null) rows.push({ ...connection, depth: place === Place.Top ? 0 : 1, last: place === Place.LastChild })
    }
    this.#sent = sent
    // Between ticks more may still happen in this one.
    this.#sentTick = this.#mirror.isTicking ? connections.tick : connections.tick - 1
    return { offset, total, newAbove: this.#newAbove(offset), ids, rows }
  }

  #rowAt(position: number): number {
    return this.#frozen === null ? this.#lease.view.rows[position]! : this.#frozen.rows[position]!
  }

  #connectionAt(position: number, row: number): Connection | null {
    if (this.#frozen === null) return this.#mirror.connectionJson(row)
    const held = this.#frozen.at(position)
    return held === null ? null : this.#mirror.pastConnectionJson(held.columns, held.row, this.#frozen.clocks)
  }

  #offset(total: number, limit: number): number {
    const last = Math.max(0, total - limit)
    const { anchor, offset } = this.#window
    if (anchor === null) return Math.min(offset, last)
    let position = this.#positionOf(anchor.id)
    let { index } = anchor
    if (position < 0) {
      // The anchor is gone: the nearest row that was in view with it takes its part.
      const substitute = this.#substitute(index)
      if (substitute === null) return Math.min(Math.max(0, this.#sentPlace.offset), last)
      this.#window = { ...this.#window, anchor: substitute }
      position = this.#positionOf(substitute.id)
      index = substitute.index
    }
    return Math.min(Math.max(0, position - index), last)
  }

  #positionOf(id: number): number {
    if (this.#frozen !== null) return this.#frozen.ids.indexOf(id)
    const row = this.#mirror.connections.rowOf(id)
    return row === undefined ? -1 : this.#lease.view.positionOf(row)
  }

  #substitute(index: number): { id: number; index: number } | null {
    const ids = this.#sentIds
    const isThere = (at: number): boolean => at >= 0 && at < ids.length && this.#positionOf(ids[at]!) >= 0
    for (let distance = 1; distance < ids.length + Math.abs(index); distance++) {
      for (const at of [index + distance, index - distance]) if (isThere(at)) return { id: ids[at]!, index: at }
    }
    return null
  }

  #newAbove(offset: number): number {
    if (this.#window.anchor === null) return 0
    const { born } = this.#mirror.connections.columns.at
    let count = 0
    for (let position = 0; position < offset; position++) if (born[this.#rowAt(position)]! > this.#anchoredBorn) count++
    return count
  }
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at])
}
