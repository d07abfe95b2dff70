/** Losses kept apart; beyond that every other one is dropped, but never the newest: no flow becomes certain by it that lives. */
const MAX_LOSSES = 1024

/** When packets were lost before tracking, in order: whatever lived then may lack some. */
export class Losses {
  private timesUs: number[] = []

  /** @param us since when packets may have been lost, µs of the packets' own clock; never goes back */
  note(us: number): void {
    this.timesUs.push(us)
    if (this.timesUs.length > MAX_LOSSES) this.timesUs = this.timesUs.filter((_, i) => i % 2 === 0 || i === this.timesUs.length - 1)
  }

  /** The first loss from `us` on, 0: none. */
  firstSince(us: number): number {
    const { timesUs } = this
    let low = 0
    let high = timesUs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (timesUs[middle]! < us) low = middle + 1
      else high = middle
    }
    return timesUs[low] ?? 0
  }
}
