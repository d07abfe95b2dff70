import type { Expectation } from '../conntrack/expectation.ts'
import type { ExpectPolicy } from '../conntrack/expectations.ts'
import type { FtpNegotiation } from '../conntrack/listener.ts'
import type { GreKeys } from '../conntrack/gre-keys.ts'
import type { TupleKey } from '../conntrack/tuple-key.ts'
import type { CtState, Dir, DropCause } from '../model/index.ts'
import type { Packet } from '../wire/packet.ts'

/** What a helper waits for; the rest of an expectation is its master's. */
export type ExpectSpec = {
  /** Source address and port, destination address and port; copied. Its zone is the master's. */
  tuple: TupleKey
  /** The source address must match. */
  maskSrc: boolean
  /** Mask of the source port, 0: any. */
  maskSport: number
  class: number
  flags: number
  /** Name of the helper that the connection gets which meets it (of its L4 protocol). Default: none. */
  childHelper?: string
  /** An equal expectation of another master is "already there", not a clash (CONNTRACK.md 6.2). Default: only of the same master. */
  anyMaster?: boolean
  /** The connection that meets it ends the expectation of the inverse tuple, too. Default: no. */
  endsInverse?: boolean
}

/** What became of it: the expectation, or why there is none. */
export type ExpectResult = {
  expectation: Expectation | null
  refused: DropCause
  /** An equal one of another class or master stands: refused, but some helpers are content with that. */
  isThere: boolean
}

/** What a helper can do when its connection ends, or a call on it. */
export interface MasterEnd {
  /** The connection's tuple of that direction (CONNTRACK.md 1.3). */
  readonly tuple: readonly [TupleKey, TupleKey]
  readonly greKeys: GreKeys
  /** Deletes the entry that this is a tuple of; if there is none, takes back the expectation that it would meet. */
  endSibling(tuple: TupleKey): void
}

/**
 * All that a helper can see and do about one packet of one connection. Borrowed: valid during `help()`. A helper reads
 * the packet and asks for expectations; it has no other way to the table.
 */
export interface HelperCall extends MasterEnd {
  readonly packet: Packet
  /** The packet's own state and direction. */
  readonly state: CtState
  readonly dir: Dir
  /** Id of the connection, the name under which a helper keeps what it remembers. */
  readonly connection: number
  readonly slot: number
  /** The connection was itself expected. */
  readonly isExpected: boolean
  expect(spec: ExpectSpec): ExpectResult
  /** The connection's own expectations, newest first. Valid until the next change. */
  own(): readonly Expectation[]
  /** The latest expectation, of any master and active or not, that a packet of this tuple would meet. */
  waiting(tuple: TupleKey): Expectation | undefined
  /** Whether the expectation was raised by a helper of this kind and protocol. */
  isSameHelper(expectation: Expectation): boolean
  /** Takes an expectation back, with its event. */
  remove(expectation: Expectation): void
  /** Changes what is left of an expectation's time; no event (CONNTRACK.md 9.3). */
  renew(expectation: Expectation, timeoutS: number): void
  /** Changes what is left of the connection's own time. */
  refresh(timeoutS: number): void
  /** Says what the helper made of the packet; the last word counts. */
  note(reason: number, a?: number, b?: number, c?: number, d?: number): void
  report(negotiation: Omit<FtpNegotiation, 'slot' | 'connection' | 'packet' | 'dir'>): void
}

/** An application-layer helper (CONNTRACK.md 7, 8). One instance a tracker. */
export interface Helper {
  readonly name: string
  /** IP versions that it is registered for. */
  readonly l3: readonly (4 | 6)[]
  readonly l4: number
  /** By class. */
  readonly policies: readonly ExpectPolicy[]
  /** Looks at a packet of a connection that has this helper (7.2). What is not None would be dropped by the kernel. */
  help?(call: HelperCall): DropCause
  /** A connection has ended. */
  forget?(connection: number, end: MasterEnd): void
}
