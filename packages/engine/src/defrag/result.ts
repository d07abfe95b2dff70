/** What defragmentation made of a packet. */
export const DefragResult = {
  /** Not a fragment: goes on as it is. */
  NotFragment: 0,
  /** IPv6: a fragment that the kernel does not queue; it goes on to tracking as it stands. */
  Unchanged: 1,
  /** The last one missing: the packet is now the whole datagram. */
  Complete: 2,
  /** Waits for the rest. */
  Held: 3,
  /** Discarded, since its bytes are there already. */
  Duplicate: 4,
  /** Dropped, alone or with all that waited for it. */
  Rejected: 5,
} as const
export type DefragResult = (typeof DefragResult)[keyof typeof DefragResult]

/** Why fragments were dropped, and what became of queues, counted since the start. */
export interface DefragCounters {
  /** Datagrams put together. */
  completed: number
  duplicates: number
  /** Queues destroyed because a fragment overlapped another in part. */
  overlaps: number
  /** Fragments whose ends contradict each other, that are empty, or that reach past 65535 bytes. */
  inconsistent: number
  /** Datagrams thrown away because only some of their fragments were in an ECN-capable transport. */
  ecnMixed: number
  /** Fragments dropped because what waits takes up all the memory that may be used. */
  overLimit: number
  /** Queues begun anew because their source had sent too many other fragments in between. */
  tooFar: number
  /** Queues thrown away because the rest did not come in time. */
  timedOut: number
}

export function zeroCounters(): DefragCounters {
  return { completed: 0, duplicates: 0, overlaps: 0, inconsistent: 0, ecnMixed: 0, overLimit: 0, tooFar: 0, timedOut: 0 }
}
