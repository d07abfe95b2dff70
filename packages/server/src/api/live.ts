/**
 * The WebSocket contract, /api/v1/stream: JSON text messages. One socket carries a hello, then per subscription a
 * snapshot followed by deltas in `seq` order, at most ten a second. No node: imports here.
 */
import type { ApiError, Capture, Connection, Expectation, FtpSession, FtpSessionDetail, Packet, Stats, Transition } from './rest.ts'

/** Raised on any change that a peer could misread. */
export const LIVE_VERSION = 1

/**
 * The rows in view. With `anchor` null the window begins at `offset` of the server's order. With an anchor the
 * window is laid so that the row `anchor.id` stands `anchor.index` rows below the window's first row: rows that
 * arrive above do not move what is looked at, they are counted in `newAbove`.
 */
export type RowWindow = { offset: number; limit: number; anchor: { id: number; index: number } | null }

/**
 * What connections can be sorted by. `born` is the order in which they came, the default, newest first. Those that
 * change with traffic (bytes, packets, lastSeen, timeout, state …) are put in order again at most once a second.
 */
export const CONNECTION_SORTS = [
  'born',
  'id',
  'firstSeen',
  'lastSeen',
  'src',
  'dst',
  'sport',
  'dport',
  'proto',
  'state',
  'protoState',
  'helper',
  'master',
  'interface',
  'zone',
  'bytes',
  'packets',
  'timeout',
  'invalid',
  'reason',
] as const
export type ConnectionSort = (typeof CONNECTION_SORTS)[number]

export type ConnectionsQuery = {
  filter: string
  sort: ConnectionSort
  order: 'asc' | 'desc'
  /** Ended ones too. */
  ended: boolean
  /** Children stand under their master, wherever the sort would put them. */
  tree: boolean
  window: RowWindow
}

export type Subscription =
  | ({ topic: 'connections' } & ConnectionsQuery)
  /** The newest packets that match, as they come: at most `perTick` a message, others are counted. */
  | { topic: 'packets'; filter: string }
  /** Every transition that matches; `since`: those after this number first, as far as they are still kept. */
  | { topic: 'transitions'; filter: string; since: number | null }
  /** The newest 200 sessions; REST has all. */
  | { topic: 'ftp' }
  | { topic: 'ftp-session'; id: number }
  | { topic: 'expectations' }
  | { topic: 'stats' }
  /** One connection with its ladder. */
  | { topic: 'connection'; id: number }

export type ClientMessage =
  | { type: 'subscribe'; sub: number; subscription: Subscription }
  /** Moves a connections window without a new snapshot of the rest. */
  | { type: 'window'; sub: number; window: RowWindow }
  /** Holds the order and the values of this subscription as they are now, and lets go again: nothing is lost. */
  | { type: 'freeze'; sub: number; frozen: boolean }
  | { type: 'unsubscribe'; sub: number }

/** `depth` 1: it stands under its master, which is in this list. `last`: the master's last child. */
export type ConnectionRow = Connection & { depth: 0 | 1; last: boolean }

export type ConnectionsView = {
  /** Position of the window's first row in the whole order. */
  offset: number
  total: number
  /** Rows that came above the anchor since the window was anchored. */
  newAbove: number
  /** The window's order. */
  ids: number[]
  /** Snapshot: all rows of the window. Delta: those that are new to the window or changed. */
  rows: ConnectionRow[]
}

export type ConnectionDetail = {
  connection: Connection
  packets: Packet[]
  /** The ring no longer holds its oldest ones. */
  packetsCut: boolean
  transitions: Transition[]
  related: Connection[]
  expectations: Expectation[]
}

export type Snapshot =
  | { topic: 'connections'; view: ConnectionsView }
  | { topic: 'packets'; items: Packet[] }
  /** `missed`: asked for by `since`, but no longer kept. */
  | { topic: 'transitions'; items: Transition[]; missed: number }
  | { topic: 'ftp'; sessions: FtpSession[] }
  | { topic: 'ftp-session'; session: FtpSessionDetail }
  /** Live ones and those that ended lately. */
  | { topic: 'expectations'; items: Expectation[] }
  | { topic: 'stats'; stats: Stats; capture: Capture }
  | { topic: 'connection'; detail: ConnectionDetail }

/** What changed since the last message of this subscription. Topics without a smaller form send the whole again. */
export type Delta =
  | { topic: 'connections'; view: ConnectionsView }
  | { topic: 'packets'; items: Packet[]; skipped: number }
  | { topic: 'transitions'; items: Transition[] }
  | { topic: 'ftp'; sessions: FtpSession[] }
  | { topic: 'ftp-session'; session: FtpSessionDetail }
  | { topic: 'expectations'; items: Expectation[]; removed: number[] }
  | { topic: 'stats'; stats: Stats; capture: Capture }
  | { topic: 'connection'; detail: ConnectionDetail }

/** Why the server closes the socket, beside the WebSocket's own codes. */
export const CLOSE_TOO_SLOW = 4008
/** More clients, or more messages, than the server takes. */
export const CLOSE_TOO_MANY = 4029

export type ServerMessage =
  | {
      type: 'hello'
      version: number
      /** Changes when the server starts anew: an old `since` means nothing then. */
      epoch: string
      product: string
      now: string
      capture: Capture
      /** The dashboard's own connections are left out (`--own` keeps them). */
      ownExcluded: boolean
    }
  /** `seq` counts a subscription's snapshots and deltas from 1, without gaps. */
  | { type: 'snapshot'; sub: number; seq: number; asOf: string; snapshot: Snapshot }
  | { type: 'delta'; sub: number; seq: number; asOf: string; delta: Delta }
  /** A slow client: updates were merged, or it gets a fresh snapshot; counted since the socket opened. */
  | { type: 'lag'; merged: number; snapshots: number; bufferedBytes: number }
  | { type: 'error'; sub: number | null; error: ApiError }
