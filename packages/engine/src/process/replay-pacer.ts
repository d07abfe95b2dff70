/**
 * Hands a file's frames on at the pace that a person chose: as fast as they come, or each at its time. Between two frames
 * it holds a copy of the batch at hand and stops the source.
 */
import {
  type FrameBatch,
  paddedLength,
  RECORD_CAPTURED_LEN,
  RECORD_HEADER_LEN,
  RECORD_NANOSECONDS,
  RECORD_SECONDS,
} from '../capture/source.ts'
import type { ReplayPace } from '../ipc/records.ts'
import { u32le } from '../wire/bytes.ts'

export type PacedSource = { pause(): void; resume(): void }

/** No single wait is longer, so that a change of pace is felt soon and a gap of days in a file does not overflow a timer. */
const LONGEST_WAIT_MS = 250

export class ReplayPacer {
  private readonly source: PacedSource
  private readonly hand: (batch: FrameBatch) => void
  private readonly nowMs: () => number
  private pace: ReplayPace
  /** The rest of a batch whose time has not come, and where it begins. */
  private held: FrameBatch | null = null
  private at = 0
  /** Packet time of the frame that set the pace, and when that was, ms. */
  private anchor: { packetMs: number; atMs: number } | null = null
  private timer: NodeJS.Timeout | undefined
  private onDrained: (() => void) | null = null

  constructor(source: PacedSource, pace: ReplayPace, hand: (batch: FrameBatch) => void, nowMs: () => number = () => performance.now()) {
    this.source = source
    this.pace = pace
    this.hand = hand
    this.nowMs = nowMs
  }

  setPace(pace: ReplayPace): void {
    this.pace = pace
    this.anchor = null
    this.go()
  }

  onBatch(batch: FrameBatch): void {
    if (this.held === null && this.isFree(batch)) {
      this.hand(batch)
      return
    }
    const bytes = Buffer.from(batch.buffer.subarray(0, batch.length))
    if (this.held === null) {
      this.held = { ...batch, buffer: bytes }
      this.at = 0
    } else {
      // The source hands over what it had begun when it was stopped.
      const rest = this.held.buffer.subarray(this.at)
      this.held = { ...batch, buffer: Buffer.concat([rest, bytes]), length: rest.length + bytes.length, count: 0 }
      this.at = 0
    }
    this.source.pause()
    this.go()
  }

  /** Calls back once nothing is held any more: a file's end waits for its last frame's time. */
  whenDrained(done: () => void): void {
    if (this.held === null) done()
    else this.onDrained = done
  }

  /** Goes on after the source was held up for another reason. */
  resume(): void {
    this.go()
  }

  close(): void {
    clearTimeout(this.timer)
    this.held = null
  }

  /** Whether all of it may pass at once. */
  private isFree(batch: FrameBatch): boolean {
    if (!this.pace.playing && this.pace.skipToUs === 0) return false
    if (this.pace.skipToUs > 0) return false
    return this.pace.speed === 0 && batch.count > 0
  }

  private go(): void {
    clearTimeout(this.timer)
    while (this.held !== null) {
      const waitMs = this.waitMs(this.held)
      if (waitMs === Infinity) return
      if (waitMs > 0) {
        this.timer = setTimeout(
          () => {
            this.go()
          },
          Math.min(waitMs, LONGEST_WAIT_MS),
        )
        return
      }
      this.handNext(this.held)
    }
    if (this.onDrained !== null) this.onDrained()
    else this.source.resume()
  }

  /** How long the next frame has to wait; Infinity: until somebody presses play. */
  private waitMs(batch: FrameBatch): number {
    const packetMs = u32le(batch.buffer, this.at + RECORD_SECONDS) * 1000 + u32le(batch.buffer, this.at + RECORD_NANOSECONDS) / 1e6
    if (this.pace.skipToUs > 0) {
      if (packetMs * 1000 < this.pace.skipToUs) return 0
      this.pace = { ...this.pace, skipToUs: 0 }
    }
    if (!this.pace.playing) return Infinity
    if (this.pace.speed === 0) return 0
    const nowMs = this.nowMs()
    this.anchor ??= { packetMs, atMs: nowMs }
    return this.anchor.atMs + (packetMs - this.anchor.packetMs) / this.pace.speed - nowMs
  }

  private handNext(batch: FrameBatch): void {
    const length = RECORD_HEADER_LEN + paddedLength(u32le(batch.buffer, this.at + RECORD_CAPTURED_LEN))
    const next = this.at + length
    this.hand({ ...batch, buffer: batch.buffer.subarray(this.at, next), length, count: 1 })
    this.at = next
    if (next >= batch.length) this.held = null
  }
}
