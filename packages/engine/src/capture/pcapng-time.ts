/**
 * A pcapng interface's clock (draft-ietf-opsawg-pcapng, if_tsresol and if_tsoffset): 64-bit counts of a unit that is
 * a power of ten or of two of a second. Counts go past 2⁵³ (nanoseconds do), and the usual units are counted without BigInt.
 */

/** Largest divisor for which a remainder times 2¹⁶ is still exact. */
const MAX_EXACT_DIVISOR = 2 ** 37
const DEFAULT_RESOLUTION = 6
const BASE_TWO = 0x80
const TWO_16 = 0x10000
const TWO_32 = 0x100000000

export class PcapngClock {
  /** Of the count converted last; seconds since 1970, which may leave 32 bits where the file lies. */
  seconds = 0
  nanoseconds = 0

  readonly #unitsPerSecond: number
  /** Exact for powers of two, and for powers of ten up to nanoseconds. */
  readonly #nanosecondsEach: number
  readonly #bigUnitsPerSecond: bigint
  readonly #offsetSeconds: number

  /** `resolution`: the if_tsresol byte. `offsetSeconds`: if_tsoffset. */
  constructor(resolution = DEFAULT_RESOLUTION, offsetSeconds = 0) {
    const exponent = BigInt(resolution & ~BASE_TWO)
    this.#bigUnitsPerSecond = (resolution & BASE_TWO ? 2n : 10n) ** exponent
    this.#unitsPerSecond = Number(this.#bigUnitsPerSecond)
    this.#nanosecondsEach = 1e9 / this.#unitsPerSecond
    this.#offsetSeconds = offsetSeconds
  }

  /** Sets `seconds` and `nanoseconds` to the time that `high`·2³² + `low` units are. */
  convert(high: number, low: number): void {
    const unit = this.#unitsPerSecond
    if (unit > MAX_EXACT_DIVISOR) {
      this.#convertBig(high, low)
      return
    }
    // Long division by 16 bits a step; every product stays below 2⁵³.
    const top = Math.floor(high / unit)
    let rest = (high - top * unit) * TWO_16 + (low >>> 16)
    const middle = Math.floor(rest / unit)
    rest = (rest - middle * unit) * TWO_16 + (low & 0xffff)
    const bottom = Math.floor(rest / unit)
    rest -= bottom * unit
    this.seconds = top * TWO_32 + middle * TWO_16 + bottom + this.#offsetSeconds
    this.nanoseconds = Math.floor(rest * this.#nanosecondsEach)
  }

  #convertBig(high: number, low: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low)
    const unit = this.#bigUnitsPerSecond
    this.seconds = Number(count / unit) + this.#offsetSeconds
    this.nanoseconds = Number(((count % unit) * 1_000_000_000n) / unit)
  }
}
