/** The random captures of `npm test`, on which breaks of the engine are tried as well. */
import { type FuzzOptions, KINDS } from './fuzz.ts'

const COMMON = { firstSeed: 1, packets: 500, workers: 2 } as const

/** Everything. */
export const TESTED: FuzzOptions = { ...COMMON, seeds: 200, kinds: KINDS, bends: [0.05, 0.12, 0.3, 0.6] }
/** Enough of it to see every cell of SCTP's table. */
export const TESTED_SCTP: FuzzOptions = { ...COMMON, seeds: 20, kinds: ['association'], bends: [0.05] }
