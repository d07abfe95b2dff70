import type { TupleKey } from './tuple-key.ts'

/** Flags of an expectation (CONNTRACK.md 6.1). */
export const ExpectFlag = { Permanent: 1, Inactive: 2, Userspace: 4 } as const

/** A connection that is waited for (CONNTRACK.md 6.1). */
export type Expectation = {
  readonly id: number
  /** The tuple's zone is the expectation's. Source address all zero and `maskSrc` false: any source. */
  readonly tuple: TupleKey
  /** The source address must match. */
  readonly maskSrc: boolean
  /** The source identifier's mask, 0: any. */
  readonly maskSport: number
  readonly class: number
  flags: number
  /** Slot and id of the entry whose helper made it. */
  readonly master: number
  readonly masterId: number
  /** Number in the helper registry. */
  readonly helper: number
  /** Helper that the child gets, 0: none. */
  readonly assignHelper: number
  /** Meeting it takes the expectation of the inverse tuple away, too. */
  readonly endsInverse: boolean
  readonly timeoutS: number
  deadlineMs: number
  /** The packet that raised it, and its time. */
  readonly packet: number
  readonly raisedUs: number
}
