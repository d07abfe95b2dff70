/** Rates over the last few seconds of counters that only grow. */
const WINDOW_MS = 2000

type Sample = { atMs: number; packets: number; bytes: number }

export class Rates {
  #samples: Sample[] = []

  /** To be called on every tick; counters that went back (a file that runs again) begin anew. */
  sample(atMs: number, packets: number, bytes: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && packets < last.packets) this.#samples = []
    this.#samples.push({ atMs, packets, bytes })
    while (this.#samples.length > 2 && atMs - this.#samples[1]!.atMs >= WINDOW_MS) this.#samples.shift()
  }

  now(): { packetsPerSecond: number; bitsPerSecond: number } {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return { packetsPerSecond: 0, bitsPerSecond: 0 }
    const seconds = (last.atMs - first.atMs) / 1000
    return {
      packetsPerSecond: Math.round((last.packets - first.packets) / seconds),
      bitsPerSecond: Math.round(((last.bytes - first.bytes) * 8) / seconds),
    }
  }
}
