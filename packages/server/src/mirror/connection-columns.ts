/** What the mirror keeps of a connection: about 280 bytes a row. */
import type { ColumnSchema, ColumnTable } from './columns.ts'

/** States of a connection's strip that are kept; the oldest go first. */
export const STRIP_LENGTH = 16

/** `life` of a row. */
export const Life = { Free: 0, Live: 1, Ended: 2 } as const

export const CONNECTION_COLUMNS = {
  id: ['f64', 1],
  life: ['u8', 1],
  /** Order of arrival in this mirror, over all engines; from 1. */
  born: ['f64', 1],
  /** Number of the tick in which it last changed: what a client has not seen yet. */
  changedTick: ['u32', 1],
  slot: ['u8', 1],
  /** Number of the interface's name. */
  interface: ['u16', 1],
  zone: ['u32', 1],
  l3: ['u8', 1],
  l4: ['u8', 1],
  src: ['u32', 4],
  dst: ['u32', 4],
  /** sport, dport, reply sport, reply dport. */
  ports: ['u32', 4],
  status: ['u32', 1],
  protoState: ['u8', 1],
  ctState: ['u8', 1],
  /** Number of the helper's name. */
  helper: ['u16', 1],
  /** 0: none. */
  master: ['f64', 1],
  /** By direction. */
  packets: ['f64', 2],
  bytes: ['f64', 2],
  invalidPackets: ['u32', 1],
  deadlineMs: ['f64', 1],
  timeoutS: ['u32', 1],
  firstSeenUs: ['f64', 1],
  lastSeenUs: ['f64', 1],
  /** 0: never. */
  uncertainSinceUs: ['f64', 1],
  /** -1: none. */
  lastPacket: ['f64', 1],
  reason: ['u16', 1],
  reasonArgs: ['u32', 4],
  endCause: ['u8', 1],
  endedUs: ['f64', 1],
  stripLength: ['u8', 1],
  /** ct state << 4 | protocol state. */
  stripState: ['u8', STRIP_LENGTH],
  /** Microseconds after the first packet: exact for the first seconds, to a ten-millionth of the time that has passed later. */
  stripAtUs: ['f32', STRIP_LENGTH],
} as const satisfies ColumnSchema

export type ConnectionColumns = ColumnTable<typeof CONNECTION_COLUMNS>
