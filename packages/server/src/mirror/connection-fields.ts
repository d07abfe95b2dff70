/** The fields of a connection, for filters and for sorting, read straight from the columns. */
import { CT_STATE_NAMES, END_CAUSE_NAMES, L4, l4Name, SCTP_STATE_NAMES, TCP_STATE_NAMES, reasonText } from '@ctscope/engine/model'
import type { ConnectionSort } from '../api/live.ts'
import type { Accessor, AddressGetter } from '../filter/compile.ts'
import { Life } from './connection-columns.ts'
import type { ConnectionTable } from './connection-table.ts'
import type { EngineClock } from './clock.ts'
import { addressText, reasonArgsAt } from './connection-json.ts'
import { reasonCode } from './reason-json.ts'

/** Names of all protocol numbers, so that none is made per row. */
export const L4_NAMES: readonly string[] = Array.from({ length: 256 }, (_, l4) => l4Name(l4))

/** A getter of addresses kept as four words a row. */
export function addressGetter(l3: () => Uint8Array, words: () => Uint32Array): AddressGetter<number> {
  return (row, out) => {
    const at = row * 4
    const column = words()
    for (let i = 0; i < 4; i++) out[i] = column[at + i]!
    const family = l3()[row]
    return family === 4 || family === 6 ? family : 0
  }
}

/** Accessor for rows of the table. */
export function connectionAccessor(table: ConnectionTable, clockOf: (slot: number) => EngineClock): Accessor<number> {
  const at = table.columns.at
  const src = addressGetter(
    () => at.l3,
    () => at.src,
  )
  const dst = addressGetter(
    () => at.l3,
    () => at.dst,
  )
  const sport = (row: number): number => at.ports[row * 4]!
  const dport = (row: number): number => at.ports[row * 4 + 1]!
  const master = (row: number): number => at.master[row]! || NaN
  const helper = (row: number): string => table.names.textOf(at.helper[row]!)
  const interfaceName = (row: number): string => table.names.textOf(at.interface[row]!)
  const code = (row: number): string => reasonCode(at.reason[row]!)
  const sentence = (row: number): string => reasonText(at.reason[row]!, reasonArgsAt(at.reasonArgs, row))
  const proto = (row: number): string => L4_NAMES[at.l4[row]!] ?? ''
  const state = (row: number): string => CT_STATE_NAMES[at.ctState[row]!] ?? ''
  const tcp = (row: number): string => (at.l4[row] === L4.Tcp ? (TCP_STATE_NAMES[at.protoState[row]!] ?? '') : '')
  const age = (row: number): number => {
    const until = at.life[row] === Life.Ended ? at.endedUs[row]! : clockOf(at.slot[row]!).nowUs
    return Math.max(0, (until - at.firstSeenUs[row]!) / 1e6)
  }
  return {
    subject: 'connections',
    numbers: {
      'ip.version': [(row) => at.l3[row]!],
      port: [sport, dport],
      sport: [sport],
      dport: [dport],
      master: [master],
      related_to: [master],
      id: [(row) => at.id[row]!],
      bytes: [(row) => at.bytes[row * 2]! + at.bytes[row * 2 + 1]!],
      packets: [(row) => at.packets[row * 2]! + at.packets[row * 2 + 1]!],
      age: [age],
      timeout: [(row) => (at.life[row] === Life.Ended ? NaN : Math.max(0, (at.deadlineMs[row]! - clockOf(at.slot[row]!).nowMs) / 1000))],
      zone: [(row) => at.zone[row]!],
      invalid: [(row) => at.invalidPackets[row]!],
      uncertain: [(row) => (at.uncertainSinceUs[row] === 0 ? 0 : 1)],
      ended: [(row) => (at.life[row] === Life.Ended ? 1 : 0)],
    },
    bits: { 'ct.status': (row) => at.status[row]! },
    texts: {
      proto: [proto],
      'ct.state': [state],
      'tcp.state': [tcp],
      'sctp.state': [(row) => (at.l4[row] === L4.Sctp ? (SCTP_STATE_NAMES[at.protoState[row]!] ?? '') : '')],
      helper: [helper],
      'master.helper': [
        (row) => {
          const id = at.master[row]!
          const masterRow = id === 0 ? undefined : table.rowOf(id)
          return masterRow === undefined ? '' : helper(masterRow)
        },
      ],
      interface: [interfaceName],
      reason: [code, sentence],
      'ended.cause': [(row) => END_CAUSE_NAMES[at.endCause[row]!] ?? ''],
    },
    addresses: { 'ip.addr': [src, dst], 'ip.src': [src], 'ip.dst': [dst] },
    free: [
      (row) => `${addressText(at.l3[row]!, at.src, row)}:${sport(row)}`,
      (row) => `${addressText(at.l3[row]!, at.dst, row)}:${dport(row)}`,
      proto,
      state,
      tcp,
      helper,
      interfaceName,
      code,
      sentence,
    ],
  }
}

/** Fields whose value moves with the clock: a filter or sort on them must be looked at again without any change. */
export const CLOCK_FIELDS: ReadonlySet<string> = new Set(['age', 'timeout'])

export type ConnectionOrder = {
  /** Negative: `a` stands first when ascending. Equal ones are told apart by arrival. */
  compare(a: number, b: number): number
  /** Its values change with traffic: put in order again at most once a second. */
  readonly isVolatile: boolean
}

/** The order of a sort. */
export function connectionOrder(table: ConnectionTable, sort: ConnectionSort, clockOf: (slot: number) => EngineClock): ConnectionOrder {
  const at = table.columns.at
  const byNumber = (value: (row: number) => number, isVolatile: boolean): ConnectionOrder => ({
    compare: (a, b) => value(a) - value(b),
    isVolatile,
  })
  const byText = (value: (row: number) => string, isVolatile: boolean): ConnectionOrder => ({
    compare: (a, b) => {
      const left = value(a)
      const right = value(b)
      return left < right ? -1 : left > right ? 1 : 0
    },
    isVolatile,
  })
  const byAddress = (words: () => Uint32Array): ConnectionOrder => ({
    compare: (a, b) => {
      const column = words()
      let difference = at.l3[a]! - at.l3[b]!
      for (let i = 0; i < 4 && difference === 0; i++) difference = column[a * 4 + i]! - column[b * 4 + i]!
      return difference
    },
    isVolatile: false,
  })
  switch (sort) {
    case 'born':
      return byNumber((row) => at.born[row]!, false)
    case 'id':
      return byNumber((row) => at.id[row]!, false)
    case 'firstSeen':
      return byNumber((row) => at.firstSeenUs[row]!, false)
    case 'lastSeen':
      return byNumber((row) => at.lastSeenUs[row]!, true)
    case 'src':
      return byAddress(() => at.src)
    case 'dst':
      return byAddress(() => at.dst)
    case 'sport':
      return byNumber((row) => at.ports[row * 4]!, false)
    case 'dport':
      return byNumber((row) => at.ports[row * 4 + 1]!, false)
    case 'proto':
      return byText((row) => L4_NAMES[at.l4[row]!]!, false)
    case 'state':
      return byText((row) => CT_STATE_NAMES[at.ctState[row]!]!, true)
    case 'protoState':
      return byNumber((row) => at.protoState[row]!, true)
    case 'helper':
      return byText((row) => table.names.textOf(at.helper[row]!), true)
    case 'master':
      return byNumber((row) => at.master[row]!, false)
    case 'interface':
      return byText((row) => table.names.textOf(at.interface[row]!), false)
    case 'zone':
      return byNumber((row) => at.zone[row]!, false)
    case 'bytes':
      return byNumber((row) => at.bytes[row * 2]! + at.bytes[row * 2 + 1]!, true)
    case 'packets':
      return byNumber((row) => at.packets[row * 2]! + at.packets[row * 2 + 1]!, true)
    case 'timeout':
      return byNumber((row) => (at.life[row] === Life.Ended ? -1 : at.deadlineMs[row]! - clockOf(at.slot[row]!).nowMs), true)
    case 'invalid':
      return byNumber((row) => at.invalidPackets[row]!, true)
    case 'reason':
      return byText((row) => reasonCode(at.reason[row]!), true)
  }
}
