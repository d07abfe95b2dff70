/** Topics that say how something stands: sent whole (or what changed of it) when it has changed, and not too often. */
import type { Snapshot } from '../api/live.ts'
import type { Capture, Expectation, Packet, Stats } from '../api/rest.ts'
import { ApiFault } from '../api-fault.ts'
import { ftpSessionDetail, ftpSessions } from '../mirror/ftp-queries.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { expectationsAbout, relatedOf, rowOrFault } from '../mirror/queries.ts'
import type { Topic, TopicMessage } from './topic.ts'

/** A whole that is sent again when `version` differs from the one sent, at most every `everyMs`. */
class WholeTopic implements Topic {
  readonly #version: () => string
  readonly #everyMs: number
  readonly #read: () => Snapshot
  #sentVersion: string | null = null
  #sentMs = -Infinity
  #isFirst = true

  constructor(version: () => string, everyMs: number, read: () => Snapshot) {
    this.#version = version
    this.#everyMs = everyMs
    this.#read = read
  }

  poll(nowMs: number): TopicMessage | null {
    const version = this.#version()
    if (version === this.#sentVersion || nowMs - this.#sentMs < this.#everyMs) return null
    this.#sentVersion = version
    this.#sentMs = nowMs
    const snapshot = this.#read()
    if (this.#isFirst) {
      this.#isFirst = false
      return { type: 'snapshot', snapshot }
    }
    // Every topic that is sent whole has the same form as snapshot and as delta.
    return { type: 'delta', delta: snapshot as Extract<TopicMessage, { type: 'delta' }>['delta'] }
  }

  reset(): void {
    this.#isFirst = true
    this.#sentVersion = null
    this.#sentMs = -Infinity
  }

  close(): void {
    this.#sentVersion = null
  }
}

const FTP_EVERY_MS = 500
/** Newest sessions of the list; all are in REST. */
const FTP_SESSIONS_SHOWN = 200

export function ftpTopic(mirror: Mirror): Topic {
  return new WholeTopic(
    () => String(mirror.ftp.changes),
    FTP_EVERY_MS,
    () => ({ topic: 'ftp', sessions: ftpSessions(mirror).slice(0, FTP_SESSIONS_SHOWN) }),
  )
}

/** @throws ApiFault ERR_NOT_FOUND */
export function ftpSessionTopic(mirror: Mirror, id: number): Topic {
  const first = ftpSessionDetail(mirror, id)
  if (first === null)
    throw new ApiFault('ERR_NOT_FOUND', `there is no FTP session ${id}`, 'A session has the id of its control connection.')
  let last = first
  return new WholeTopic(
    () => `${mirror.ftp.get(id)?.changedAt ?? 'gone'}`,
    FTP_EVERY_MS,
    () => {
      // Once it is forgotten, what was said last stays.
      last = ftpSessionDetail(mirror, id) ?? last
      return { topic: 'ftp-session', session: last }
    },
  )
}

const STATS_EVERY_MS = 1000

/** Once a second, and at once when the capture changes. */
export class StatsTopic implements Topic {
  readonly #mirror: Mirror
  readonly #stats: () => Stats
  readonly #capture: () => Capture
  #sentMs = -Infinity
  #sentChanges = -1
  #isFirst = true

  constructor(mirror: Mirror, stats: () => Stats, capture: () => Capture) {
    this.#mirror = mirror
    this.#stats = stats
    this.#capture = capture
  }

  poll(nowMs: number): TopicMessage | null {
    if (nowMs - this.#sentMs < STATS_EVERY_MS && this.#sentChanges === this.#mirror.captureChanges) return null
    this.#sentMs = nowMs
    this.#sentChanges = this.#mirror.captureChanges
    const body = { topic: 'stats', stats: this.#stats(), capture: this.#capture() } as const
    if (!this.#isFirst) return { type: 'delta', delta: body }
    this.#isFirst = false
    return { type: 'snapshot', snapshot: body }
  }

  reset(): void {
    this.#isFirst = true
    this.#sentMs = -Infinity
  }

  close(): void {
    this.#isFirst = true
  }
}

/** Expectations that changed, and those that are no longer held. */
export class ExpectationsTopic implements Topic {
  readonly #mirror: Mirror
  #sentChanges = -1
  readonly #sentIds = new Set<number>()

  constructor(mirror: Mirror) {
    this.#mirror = mirror
  }

  poll(): TopicMessage | null {
    const { expectations } = this.#mirror
    if (expectations.changes === this.#sentChanges) return null
    const items: Expectation[] = []
    const removed: number[] = []
    for (const held of expectations.all()) if (held.changedAt > this.#sentChanges) items.push(this.#mirror.expectationJson(held))
    for (const id of this.#sentIds) {
      if (expectations.get(id) !== undefined) continue
      this.#sentIds.delete(id)
      removed.push(id)
    }
    for (const { id } of items) this.#sentIds.add(id)
    const isFirst = this.#sentChanges < 0
    this.#sentChanges = expectations.changes
    return isFirst
      ? { type: 'snapshot', snapshot: { topic: 'expectations', items } }
      : { type: 'delta', delta: { topic: 'expectations', items, removed } }
  }

  reset(): void {
    this.#sentChanges = -1
    this.#sentIds.clear()
  }

  close(): void {
    this.#sentIds.clear()
  }
}

const DETAIL_EVERY_MS = 300

type PacketsOfConnection = (id: number) => Promise<{ items: Packet[]; cut: boolean }>

/** One connection with its ladder: its packets are asked of the engine when it has changed. */
export class ConnectionTopic implements Topic {
  readonly #mirror: Mirror
  readonly #id: number
  readonly #packetsOf: PacketsOfConnection
  readonly #transitionLimit: number
  #askedTick = -1
  #askedMs = -Infinity
  #isAsking = false
  #isClosed = false
  #isFirst = true
  #ready: Snapshot | null = null

  /** @throws ApiFault ERR_NOT_FOUND */
  constructor(mirror: Mirror, id: number, packetsOf: PacketsOfConnection, transitionLimit: number) {
    rowOrFault(mirror, id)
    this.#mirror = mirror
    this.#id = id
    this.#packetsOf = packetsOf
    this.#transitionLimit = transitionLimit
  }

  poll(nowMs: number): TopicMessage | null {
    const row = this.#mirror.connections.rowOf(this.#id)
    const changedTick = row === undefined ? -1 : this.#mirror.connections.columns.at.changedTick[row]!
    if (row !== undefined && changedTick >= this.#askedTick && !this.#isAsking && nowMs - this.#askedMs >= DETAIL_EVERY_MS) {
      this.#askedTick = this.#mirror.connections.tick + (this.#mirror.isTicking ? 1 : 0)
      this.#askedMs = nowMs
      void this.#ask()
    }
    const ready = this.#ready
    if (ready?.topic !== 'connection') return null
    this.#ready = null
    if (!this.#isFirst) return { type: 'delta', delta: ready }
    this.#isFirst = false
    return { type: 'snapshot', snapshot: ready }
  }

  reset(): void {
    this.#isFirst = true
    this.#askedTick = -1
  }

  close(): void {
    this.#isClosed = true
  }

  async #ask(): Promise<void> {
    this.#isAsking = true
    // An engine that has just gone has no packets any more: the rest is still worth showing.
    const packets = await this.#packetsOf(this.#id).catch(() => ({ items: [], cut: true }))
    this.#isAsking = false
    const row = this.#mirror.connections.rowOf(this.#id)
    if (this.#isClosed || row === undefined) return
    const { master, children, siblings } = relatedOf(this.#mirror, this.#id, row)
    const seqs = this.#mirror.transitionSeqsOf(this.#id).slice(-this.#transitionLimit)
    this.#ready = {
      topic: 'connection',
      detail: {
        connection: this.#mirror.connectionJson(row),
        packets: packets.items,
        packetsCut: packets.cut,
        transitions: seqs.map((seq) => this.#mirror.transitions.json(seq)),
        related: [...(master === null ? [] : [master]), ...children, ...siblings],
        expectations: expectationsAbout(this.#mirror, this.#id),
      },
    }
  }
}
