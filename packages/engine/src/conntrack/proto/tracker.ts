import type { Dir, EndCause, Settings } from '../../model/index.ts'
import type { Packet } from '../../wire/packet.ts'
import type { ConnTable } from '../conn-table.ts'
import type { Timeouts } from '../timeouts.ts'
import type { Verdict } from '../verdict.ts'

/** What a protocol's tracker made of a packet (CONNTRACK.md 2.1 step 6). */
export const Outcome = {
  Accept: 0,
  /** Detached from its entry: INVALID. */
  Invalid: 1,
  /** The entry was deleted, look the tuple up again (TCP reopen). */
  Repeat: 2,
} as const
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

/** What a protocol's tracker may use and do. */
export interface TrackContext {
  readonly table: ConnTable
  readonly timeouts: Timeouts
  readonly settings: Readonly<Settings>
  readonly verdict: Verdict
  readonly nowMs: number
  /** Refresh and counting are one operation (CONNTRACK.md 3.4). */
  refresh(slot: number, dir: Dir, timeoutS: number): void
  /** Shortens what is left of an entry's time and counts nothing. */
  setRemaining(slot: number, timeoutS: number): void
  count(slot: number, dir: Dir): void
  /** Deletes a confirmed entry, with its event. */
  destroy(slot: number, cause: EndCause): void
  /** The same, by a packet of its own: with all that such a packet leaves on its entry, since no confirm step follows. */
  destroyByItsPacket(slot: number, cause: EndCause): void
  /** Deletes an entry because another one, whose packet is at hand, has ended or said so (CONNTRACK.md 8.6). */
  destroySibling(slot: number): void
}

/**
 * A protocol's tracker. Reads the packet, changes the entry's protocol words, says why in `context.verdict`.
 * `isNew`: the packet made this entry, which is not confirmed yet.
 */
export type ProtoTracker = (context: TrackContext, packet: Packet, slot: number, dir: Dir, isNew: boolean) => Outcome
