/**
 * The connections of all engines, live and lately ended, one row each. A row keeps its number while anybody may still
 * hold it: freed rows are handed out again only after the tick in which they were freed.
 */
import type { ConnectionRecord, TransitionRecord } from '@ctscope/engine/ipc'
import { wordAt } from '../formats/address.ts'
import { ColumnTable } from './columns.ts'
import { CONNECTION_COLUMNS, Life, STRIP_LENGTH, type ConnectionColumns } from './connection-columns.ts'
import type { EngineSlot } from './capture-host.ts'
import { Interner } from './interner.ts'

const FIRST_CAPACITY = 4096

/** Told before a row's values change or go: who holds a picture of them copies the row now. */
export type RowKeeper = { keep(row: number): void }

export class ConnectionTable {
  readonly columns: ConnectionColumns = new ColumnTable(CONNECTION_COLUMNS, FIRST_CAPACITY)
  readonly names = new Interner()
  /** Rows that were added, changed, ended or freed since the last `endTick`, each once. */
  readonly dirtyRows: number[] = []
  readonly keepers = new Set<RowKeeper>()
  /** Told of each connection that is forgotten. */
  onForgotten: ((id: number) => void) | null = null
  /** Number of rows that are or were in use: rows above have never been. */
  rowLimit = 0
  tick = 1
  liveCount = 0
  endedCount = 0
  endedDropped = 0
  /** Connections that ever came: the number of the latest. */
  births = 0
  /** Live rows by ct state. */
  readonly liveByState = new Uint32Array(8)

  readonly #endedLimit: number
  readonly #rowOf = new Map<number, number>()
  readonly #childrenOf = new Map<number, number[]>()
  readonly #free: number[] = []
  readonly #freedThisTick: number[] = []
  /** Ended rows, oldest first, from `#endedFrom` on. */
  #endedRows: number[] = []
  #endedFrom = 0

  constructor(endedLimit: number) {
    this.#endedLimit = endedLimit
  }

  /** The row of a live or ended connection. */
  rowOf(id: number): number | undefined {
    return this.#rowOf.get(id)
  }

  /** Ids of the connections whose master this is and that are still held, oldest first. */
  childrenOf(id: number): readonly number[] {
    return this.#childrenOf.get(id) ?? []
  }

  add(slot: EngineSlot, interfaceName: string, record: ConnectionRecord): number {
    const known = this.#rowOf.get(record.id)
    if (known !== undefined) {
      // A file that runs again brings the same ids.
      if (this.columns.at.life[known] === Life.Live) return this.#write(known, record)
      this.#release(known)
    }
    const row = this.#allocate()
    const at = this.columns.at
    at.id[row] = record.id
    at.life[row] = Life.Live
    at.born[row] = ++this.births
    at.slot[row] = slot
    at.interface[row] = this.names.numberOf(interfaceName)
    at.zone[row] = record.zone
    at.l3[row] = record.l3
    at.l4[row] = record.l4
    writeAddress(at.src, row, record.src)
    writeAddress(at.dst, row, record.dst)
    at.master[row] = record.master
    at.endCause[row] = 0
    at.endedUs[row] = 0
    at.stripLength[row] = 0
    this.#rowOf.set(record.id, row)
    this.liveCount++
    this.#writeValues(row, record)
    this.liveByState[record.ctState]!++
    if (record.master !== 0) this.#linkChild(record.master, record.id)
    this.markDirty(row)
    return row
  }

  /** Takes over a live connection's new values; one that is not known is added. */
  change(slot: EngineSlot, interfaceName: string, record: ConnectionRecord): number {
    const row = this.#rowOf.get(record.id)
    if (row === undefined || this.columns.at.life[row] !== Life.Live) return this.add(slot, interfaceName, record)
    return this.#write(row, record)
  }

  #write(row: number, record: ConnectionRecord): number {
    this.#beforeChange(row)
    const at = this.columns.at
    this.liveByState[at.ctState[row]!]!--
    this.#writeValues(row, record)
    this.liveByState[record.ctState]!++
    this.markDirty(row)
    return row
  }

  #writeValues(row: number, record: ConnectionRecord): void {
    const at = this.columns.at
    const four = row * 4
    const two = row * 2
    at.ports[four] = record.sport
    at.ports[four + 1] = record.dport
    at.ports[four + 2] = record.replySport
    at.ports[four + 3] = record.replyDport
    at.status[row] = record.status
    at.protoState[row] = record.protoState
    at.ctState[row] = record.ctState
    at.helper[row] = this.names.numberOf(record.helper)
    at.packets[two] = record.packets[0]
    at.packets[two + 1] = record.packets[1]
    at.bytes[two] = record.bytes[0]
    at.bytes[two + 1] = record.bytes[1]
    at.invalidPackets[row] = record.invalidPackets
    at.deadlineMs[row] = record.deadlineMs
    at.timeoutS[row] = record.timeoutS
    at.firstSeenUs[row] = record.firstSeenUs
    at.lastSeenUs[row] = record.lastSeenUs
    at.uncertainSinceUs[row] = record.uncertainSinceUs
    at.lastPacket[row] = record.lastPacket
    at.reason[row] = record.reason
    for (let i = 0; i < 4; i++) at.reasonArgs[four + i] = record.reasonArgs[i]!
  }

  /** Adds a state to the strip, where it differs from the last one. */
  addState(row: number, transition: TransitionRecord): void {
    const at = this.columns.at
    const state = (transition.toCtState << 4) | (transition.toProtoState & 15)
    let length = at.stripLength[row]!
    const first = row * STRIP_LENGTH
    if (length > 0 && at.stripState[first + length - 1] === state) return
    if (length === STRIP_LENGTH) {
      at.stripState.copyWithin(first, first + 1, first + STRIP_LENGTH)
      at.stripAtUs.copyWithin(first, first + 1, first + STRIP_LENGTH)
      length--
    }
    const afterUs = transition.seconds * 1e6 + Math.floor(transition.nanoseconds / 1000) - at.firstSeenUs[row]!
    at.stripState[first + length] = state
    at.stripAtUs[first + length] = Math.max(0, afterUs)
    at.stripLength[row] = length + 1
  }

  /** A live connection becomes an ended one; the oldest ended one may go for it. */
  end(row: number, cause: number, endedUs: number): void {
    this.#beforeChange(row)
    const at = this.columns.at
    at.life[row] = Life.Ended
    at.endCause[row] = cause
    at.endedUs[row] = endedUs
    this.liveCount--
    this.liveByState[at.ctState[row]!]!--
    this.endedCount++
    this.#endedRows.push(row)
    this.markDirty(row)
    if (this.endedCount > this.#endedLimit) {
      this.endedDropped++
      this.#release(this.#endedRows[this.#endedFrom]!)
    }
  }

  /** Takes a connection out altogether, as if it had never been. */
  remove(row: number): void {
    const at = this.columns.at
    if (at.life[row] === Life.Live) {
      this.liveCount--
      this.liveByState[at.ctState[row]!]!--
      at.life[row] = Life.Ended
      this.endedCount++
      this.#endedRows.push(row)
    }
    this.#release(row)
  }

  /** Rows of all live connections of a slot. */
  liveRowsOf(slot: EngineSlot): number[] {
    const { life, slot: slots } = this.columns.at
    const rows: number[] = []
    for (let row = 0; row < this.rowLimit; row++) if (life[row] === Life.Live && slots[row] === slot) rows.push(row)
    return rows
  }

  markDirty(row: number): void {
    const { changedTick } = this.columns.at
    if (changedTick[row] === this.tick) return
    changedTick[row] = this.tick
    this.dirtyRows.push(row)
  }

  /** What a connection's answer holds beside its row has changed: its children or expectations. */
  touch(id: number): void {
    const row = this.#rowOf.get(id)
    if (row !== undefined) this.markDirty(row)
  }

  /** Everybody has seen the changes: freed rows may be used again. */
  endTick(): void {
    this.dirtyRows.length = 0
    this.tick++
    for (const row of this.#freedThisTick) this.#free.push(row)
    this.#freedThisTick.length = 0
  }

  #allocate(): number {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.rowLimit === this.columns.capacity) this.columns.grow(this.columns.capacity * 2)
    return this.rowLimit++
  }

  #release(row: number): void {
    this.#beforeChange(row)
    const at = this.columns.at
    const id = at.id[row]!
    at.life[row] = Life.Free
    this.endedCount--
    this.#rowOf.delete(id)
    this.onForgotten?.(id)
    const master = at.master[row]!
    if (master !== 0) this.#unlinkChild(master, id)
    this.#freedThisTick.push(row)
    this.markDirty(row)
    this.#dropFreedFromQueue()
  }

  /** Rows that were freed out of turn stay in the queue of ended ones until they are its oldest. */
  #dropFreedFromQueue(): void {
    const { life } = this.columns.at
    const rows = this.#endedRows
    while (this.#endedFrom < rows.length && life[rows[this.#endedFrom]!] !== Life.Ended) this.#endedFrom++
    if (this.#endedFrom > 1024 && this.#endedFrom * 2 > rows.length) {
      this.#endedRows = rows.slice(this.#endedFrom)
      this.#endedFrom = 0
    }
  }

  #linkChild(master: number, child: number): void {
    const children = this.#childrenOf.get(master)
    if (children === undefined) this.#childrenOf.set(master, [child])
    else children.push(child)
    this.touch(master)
  }

  #unlinkChild(master: number, child: number): void {
    const children = this.#childrenOf.get(master)
    if (children === undefined) return
    const at = children.indexOf(child)
    if (at >= 0) children.splice(at, 1)
    if (children.length === 0) this.#childrenOf.delete(master)
    this.touch(master)
  }

  #beforeChange(row: number): void {
    for (const keeper of this.keepers) keeper.keep(row)
  }
}

function writeAddress(column: Uint32Array, row: number, bytes: Uint8Array): void {
  const words = bytes.length >> 2
  for (let i = 0; i < 4; i++) column[row * 4 + i] = i < words ? wordAt(bytes, i * 4) : 0
}
