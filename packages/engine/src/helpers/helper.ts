import type { Expectation } from '../conntrack/expectation.ts'
import type { ExpectPolicy } from '../conntrack/expectations.ts'
import type { FtpNegotiation } from '../conntrack/listener.ts'
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
}

/** What became of it: the expectation, or why the kernel would drop the packet. */
export type ExpectResult = { expectation: Expectation | null; refused: DropCause }

/**
 * All that a helper can see and do about one packet of one connection. Borrowed: valid during `help()`. A helper reads
 * the packet and calls `expect()`; it has no other way to the table.
 */
export interface HelperCall {
  readonly packet: Packet
  /** The packet's own state and direction. */
  readonly state: CtState
  readonly dir: Dir
  /** Id of the connection, the name under which a helper keeps what it remembers. */
  readonly connection: number
  readonly slot: number
  /** The connection's tuple of that direction (CONNTRACK.md 1.3). */
  readonly tuple: readonly [TupleKey, TupleKey]
  expect(spec: ExpectSpec): ExpectResult
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
  forget?(connection: number): void
}
