/** One walk for each frame: engine, packet ring, batcher. */
import { type FrameBatch, RECORD_CAPTURED_LEN, RECORD_NANOSECONDS, RECORD_SECONDS } from '../capture/source.ts'
import type { Engine } from '../engine.ts'
import type { Batcher } from '../events/batcher.ts'
import type { PacketRing } from '../events/packet-ring.ts'
import { u32le } from '../wire/bytes.ts'

/** The engine's clock: the machine's monotonic one, or a file's packets'. */
export interface FeedClock {
  /** Before each record. ms, never goes back. */
  ofPacket(seconds: number, nanoseconds: number): number
}

/** Live: the machine's monotonic clock, read once a batch. A wall clock that jumps ages nothing. */
export class MonotonicClock implements FeedClock {
  private now = performance.now()

  /** To be called at the beginning of each batch and before the timers are looked at. */
  read(): number {
    return (this.now = performance.now())
  }
  ofPacket(): number {
    return this.now
  }
}

/** Files: the greatest packet time so far. Captures do step back. */
export class PacketClock implements FeedClock {
  now = 0

  ofPacket(seconds: number, nanoseconds: number): number {
    const ms = seconds * 1000 + nanoseconds / 1e6
    if (ms > this.now) this.now = ms
    return this.now
  }
}

/** Timers that one look may run. */
const EXPIRE_BUDGET = 20_000
/** A file's clock is looked at again once it went on so far. */
const EXPIRE_STEP_MS = 100

export class FrameFeed {
  private readonly engine: Engine
  private readonly ring: PacketRing
  private readonly batcher: Batcher
  private lastExpireMs = 0

  constructor(engine: Engine, ring: PacketRing, batcher: Batcher) {
    this.engine = engine
    this.ring = ring
    this.batcher = batcher
  }

  live(batch: FrameBatch, clock: MonotonicClock): void {
    clock.read()
    this.walk(batch, clock)
  }

  /** Time passes with the packets: what ran out before one ends before it. */
  file(batch: FrameBatch, clock: PacketClock): void {
    this.walk(batch, clock, true)
  }

  private walk(batch: FrameBatch, clock: FeedClock, expires = false): void {
    const { engine, ring, batcher } = this
    const { table } = engine.tracker
    const { packet, verdict } = engine
    for (let at = 0; at < batch.length;) {
      const seconds = u32le(batch.buffer, at + RECORD_SECONDS)
      const nanoseconds = u32le(batch.buffer, at + RECORD_NANOSECONDS)
      const capturedLen = u32le(batch.buffer, at + RECORD_CAPTURED_LEN)
      const nowMs = clock.ofPacket(seconds, nanoseconds)
      batcher.packetAt(seconds, nanoseconds)
      if (expires && nowMs - this.lastExpireMs >= EXPIRE_STEP_MS) {
        this.lastExpireMs = nowMs
        engine.expire(nowMs, EXPIRE_BUDGET)
      }
      at = engine.record(batch, at, nowMs)
      if (engine.wasExcluded) continue
      const slot = verdict.touchedSlot
      if (slot < 0) ring.add(packet, capturedLen, verdict, verdict.endedAfter)
      else {
        ring.add(packet, capturedLen, verdict, table.lastPacket(slot))
        table.setLastPacket(slot, packet.index)
        batcher.touch(slot)
      }
    }
  }

  /** Ends what has run out although no packet comes. `wallMs`: what is shown as the time of it. */
  expire(nowMs: number, wallMs: number): void {
    this.batcher.timeIs(wallMs)
    this.engine.expire(nowMs, EXPIRE_BUDGET)
  }
}
