/** The random captures of `npm test`, on which breaks of the engine are tried as well. */
import { type FuzzOptions, KINDS } from './fuzz.ts'

export const TESTED: FuzzOptions = { firstSeed: 1, seeds: 200, packets: 500, kinds: KINDS, bends: [0.05, 0.12, 0.3, 0.6], workers: 2 }
