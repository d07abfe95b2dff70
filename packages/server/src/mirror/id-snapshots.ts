/**
 * What cursors name: a list as it stood when its first page was asked for. Bounded in number; each lives for a while
 * after its last use.
 */
import { randomBytes } from 'node:crypto'
import { ApiFault } from '../api-fault.ts'

export type ListKind = 'connections' | 'packets' | 'transitions' | 'expectations' | 'ftp-sessions'

type Snapshot = { kind: ListKind; items: ArrayLike<unknown>; usedMs: number }

export type ListPage<T> = { items: T[]; total: number; cursor: string | null }

const CURSOR = /^([0-9a-f]{24})\.(\d{1,9})$/

export class IdSnapshots {
  readonly #limit: number
  readonly #lifeMs: number
  readonly #nowMs: () => number
  /** Least lately used first. */
  readonly #byName = new Map<string, Snapshot>()
  /** Snapshots that went before their time, for newer ones. */
  evicted = 0

  constructor(limit: number, lifeMs: number, nowMs: () => number) {
    this.#limit = limit
    this.#lifeMs = lifeMs
    this.#nowMs = nowMs
  }

  /** The first page of a list; a cursor is made only when there is more. */
  first<T>(kind: ListKind, items: ArrayLike<T>, limit: number): ListPage<T> {
    this.#expire()
    if (items.length <= limit) return { items: Array.from(items), total: items.length, cursor: null }
    if (this.#byName.size >= this.#limit) {
      const [oldest] = this.#byName.keys()
      if (oldest !== undefined) this.#byName.delete(oldest)
      this.evicted++
    }
    const name = randomBytes(12).toString('hex')
    this.#byName.set(name, { kind, items, usedMs: this.#nowMs() })
    return { items: Array.prototype.slice.call(items, 0, limit) as T[], total: items.length, cursor: `${name}.${limit}` }
  }

  /**
   * The page that a cursor names. The caller knows what items its kind has.
   * @throws ApiFault ERR_CURSOR, ERR_CURSOR_EXPIRED
   */
  next<T>(kind: ListKind, cursor: string, limit: number): ListPage<T> {
    const match = CURSOR.exec(cursor)
    if (match === null) throw new ApiFault('ERR_CURSOR', `"${cursor}" is not a cursor`, 'Take the cursor of the page before.')
    this.#expire()
    const name = match[1]!
    const snapshot = this.#byName.get(name)
    if (snapshot === undefined) {
      throw new ApiFault(
        'ERR_CURSOR_EXPIRED',
        'the cursor has expired',
        `A list is kept for ${this.#lifeMs / 1000} s; ask anew without cursor.`,
      )
    }
    if (snapshot.kind !== kind)
      throw new ApiFault('ERR_CURSOR', `the cursor is one of ${snapshot.kind}`, 'Take the cursor of the page before.')
    const from = Number(match[2])
    if (from > snapshot.items.length)
      throw new ApiFault('ERR_CURSOR', 'the cursor is beyond the end', 'Take the cursor of the page before.')
    this.#byName.delete(name)
    this.#byName.set(name, { ...snapshot, usedMs: this.#nowMs() })
    const to = Math.min(from + limit, snapshot.items.length)
    return {
      items: Array.prototype.slice.call(snapshot.items, from, to) as T[],
      total: snapshot.items.length,
      cursor: to < snapshot.items.length ? `${name}.${to}` : null,
    }
  }

  #expire(): void {
    const before = this.#nowMs() - this.#lifeMs
    for (const [name, { usedMs }] of this.#byName) if (usedMs < before) this.#byName.delete(name)
  }
}
