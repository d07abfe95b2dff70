import type { CtState, Dir, EndCause, EventKind, ExpEndCause } from '../model/index.ts'
import type { Expectation } from './expectation.ts'

/**
 * An event about an entry (CONNTRACK.md 9.2). One reused object: valid during the call. For Destroy the entry is still in
 * its slot, whole, with DYING in its status.
 */
export type EntryEvent = {
  kind: EventKind
  slot: number
  /** Connection id. */
  id: number
  /** EventBit's. */
  bits: number
  /** Number of the packet that caused it, -1: none (a timeout). */
  packet: number
  dir: Dir
  fromCtState: CtState
  toCtState: CtState
  fromProtoState: number
  toProtoState: number
  /** Status bits after. */
  status: number
  /** The timeout set at the last refresh, s. */
  timeoutS: number
  /** What is left of it, s, cut to whole seconds; 0 when it ran out. */
  leftS: number
  /** Index into REASONS, and its numbers (borrowed). */
  reason: number
  args: Uint32Array
  /** For Destroy. */
  cause: EndCause
}

/** An event about an expectation (CONNTRACK.md 9.3). One reused object. */
export type ExpectationEvent = {
  kind: EventKind
  expectation: Expectation
  packet: number
  dir: Dir
  /** For ExpDestroy. */
  cause: ExpEndCause
  /** Id of the connection that met it, 0: none or not confirmed (then none will be). */
  child: number
}

/** What an FTP command or reply that announces an address led to. */
export type FtpNegotiation = {
  /** Slot and id of the control connection. */
  slot: number
  connection: number
  packet: number
  dir: Dir
  mode: 'PORT' | 'EPRT' | 'PASV' | 'EPSV'
  /** As announced; '' where it could not be read. */
  address: string
  port: number
  /** Id of the expectation, 0: none was raised; then `reason` says why. */
  expectation: number
  reason: number
  args: readonly [number, number, number, number]
}

/** Called synchronously, in the kernel's order. Nothing that is handed over may be kept. */
export interface TrackerListener {
  onEvent(event: EntryEvent): void
  onExpectation(event: ExpectationEvent): void
  /** Its helper gave it another timeout or flags. The kernel has no event for it (CONNTRACK.md 9.3). */
  onExpectationChanged?(expectation: Expectation): void
  onFtp(negotiation: FtpNegotiation): void
}
