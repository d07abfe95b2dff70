/** Questions that take a look at the whole of a table: for REST, once a request. */
import type { PacketRecord } from '@ctscope/engine/ipc'
import { CONNECTION_SORTS, type ConnectionSort } from '../api/live.ts'
import type { Connection, Expectation, Related } from '../api/rest.ts'
import { ApiFault } from '../api-fault.ts'
import { compileFilter, parseFilter, type Predicate } from '../filter/index.ts'
import type { Accessor } from '../filter/compile.ts'
import type { CaptureHost } from './capture-host.ts'
import { Life } from './connection-columns.ts'
import { connectionOrder } from './connection-fields.ts'
import type { Mirror } from './mirror.ts'
import { PACKET_ACCESSOR, type SeenPacket } from './packet-json.ts'

export type EndedChoice = 'true' | 'false' | 'only'

/** @throws FilterError */
export function predicateOf<T>(text: string, accessor: Accessor<T>): Predicate<T> {
  return compileFilter(parseFilter(text, accessor.subject), accessor)
}

/** @throws ApiFault ERR_SORT */
export function sortOf(text: string | undefined): ConnectionSort {
  const sort = CONNECTION_SORTS.find((known) => known === (text ?? 'born'))
  if (sort !== undefined) return sort
  throw new ApiFault('ERR_SORT', `connections cannot be sorted by "${text ?? ''}"`, `Sort by one of ${CONNECTION_SORTS.join(', ')}.`)
}

export type ConnectionsSelection = { filter?: string; sort?: string; order?: 'asc' | 'desc'; ended?: EndedChoice }

/** Ids in order. @throws FilterError, ApiFault ERR_SORT */
export function selectConnections(
  mirror: Mirror,
  { filter = '', sort, order = 'desc', ended = 'false' }: ConnectionsSelection,
): Float64Array {
  const { connections } = mirror
  const predicate = predicateOf(filter, mirror.connectionAccessor)
  const sorting = connectionOrder(connections, sortOf(sort), (slot) => mirror.clockOf(slot))
  const { life, id, born } = connections.columns.at
  const rows: number[] = []
  for (let row = 0; row < connections.rowLimit; row++) {
    const wanted = life[row] === Life.Live ? ended !== 'only' : life[row] === Life.Ended && ended !== 'false'
    if (wanted && predicate(row)) rows.push(row)
  }
  const sign = order === 'desc' ? -1 : 1
  rows.sort((a, b) => sign * (sorting.compare(a, b) || born[a]! - born[b]!))
  return Float64Array.from(rows, (row) => id[row]!)
}

/** Those of the ids that are still held. */
export function connectionsOf(mirror: Mirror, ids: ArrayLike<number>): Connection[] {
  const items: Connection[] = []
  for (let i = 0; i < ids.length; i++) {
    const row = mirror.connections.rowOf(ids[i]!)
    if (row !== undefined) items.push(mirror.connectionJson(row))
  }
  return items
}

/** @throws ApiFault ERR_NOT_FOUND */
export function rowOrFault(mirror: Mirror, id: number): number {
  const row = mirror.connections.rowOf(id)
  if (row !== undefined) return row
  throw new ApiFault('ERR_NOT_FOUND', `there is no connection ${id}`, 'Ended connections are forgotten after a while, the oldest first.')
}

export function relatedOf(mirror: Mirror, id: number, row: number): Related {
  const master = mirror.connections.columns.at.master[row]!
  const siblings = master === 0 ? [] : mirror.connections.childrenOf(master).filter((sibling) => sibling !== id)
  return {
    master: connectionsOf(mirror, master === 0 ? [] : [master])[0] ?? null,
    children: connectionsOf(mirror, mirror.connections.childrenOf(id)),
    siblings: connectionsOf(mirror, siblings),
    expectations: expectationsAbout(mirror, id),
  }
}

/** The expectations that a connection raised. */
export function expectationsAbout(mirror: Mirror, id: number): Expectation[] {
  return mirror.expectations.ofMaster(id).map((held) => mirror.expectationJson(held))
}

/** Newest raised first. */
export function selectExpectations(mirror: Mirror, ended: EndedChoice): number[] {
  const ids: number[] = []
  for (const held of mirror.expectations.all()) {
    if (held.ended === null ? ended !== 'only' : ended !== 'false') ids.push(held.record.id)
  }
  return ids.reverse()
}

/** Numbers of the transitions that match: with `since` those after it, oldest first; else newest first. @throws FilterError */
export function selectTransitions(mirror: Mirror, filter: string, since: number | undefined): number[] {
  const { transitions } = mirror
  const predicate = predicateOf(filter, mirror.transitionAccessor)
  const first = Math.max(transitions.firstSeq, (since ?? 0) + 1)
  const seqs: number[] = []
  for (let seq = first; seq <= transitions.lastSeq; seq++) if (predicate(seq)) seqs.push(seq)
  return since === undefined ? seqs.reverse() : seqs
}

/** Packets that a list holds, and packets looked at for it, at most. */
const MAX_PACKETS_LISTED = 5000
const MAX_PACKETS_SCANNED = 50_000
const PACKETS_PER_ASK = 1000

/** The newest packets of all engines that match, newest first. @throws FilterError, EngineError */
export async function selectPackets(mirror: Mirror, host: CaptureHost, filter: string): Promise<SeenPacket[]> {
  const predicate = predicateOf(filter, PACKET_ACCESSOR)
  const slots = [...mirror.engines.values()].filter(({ state }) => state !== 'stopped' && state !== 'restarting')
  const found = await Promise.all(
    slots.map(async ({ slot }) => {
      const matching: SeenPacket[] = []
      let before = Infinity
      for (let scanned = 0; scanned < MAX_PACKETS_SCANNED && matching.length < MAX_PACKETS_LISTED;) {
        const records = await host.packets(slot, before, PACKETS_PER_ASK)
        for (const record of records) {
          const seen = seenPacket(mirror, slot, record)
          if (predicate(seen)) matching.push(seen)
        }
        const oldest = records.at(-1)
        if (oldest === undefined || oldest.index === 0) break
        scanned += records.length
        before = oldest.index
      }
      return matching
    }),
  )
  const all = found.flat()
  if (slots.length > 1) all.sort((a, b) => b.record.seconds - a.record.seconds || b.record.nanoseconds - a.record.nanoseconds)
  return all.slice(0, MAX_PACKETS_LISTED)
}

export function seenPacket(mirror: Mirror, slot: number, record: PacketRecord): SeenPacket {
  return { interfaceName: mirror.interfaceName(slot, record.ifIndex), record }
}
