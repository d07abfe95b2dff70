/** The random captures of `npm test`, on which breaks of the engine are tried as well. */
import { type FuzzOptions, KINDS } from './fuzz.ts'

const COMMON = { firstSeed: 1, packets: 500, workers: 2 } as const

/** Everything. */
export const TESTED: FuzzOptions = { ...COMMON, seeds: 200, kinds: KINDS, bends: [0.05, 0.12, 0.3, 0.6] }
/** Enough to see every cell of SCTP's table and every bound of TCP's window test. */
export const TESTED_EDGES: FuzzOptions = { ...COMMON, seeds: 60, kinds: ['association', 'windowEdges'], bends: [0.05] }
