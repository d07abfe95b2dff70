import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordOf } from '../../test/support/batching.ts'
import { type FrameBatch, recordTimeMs } from '../capture/source.ts'
import type { ReplayPace } from '../ipc/records.ts'
import { ReplayPacer } from './replay-pacer.ts'

const START_MS = 1_700_000_000_000

/** Frames at these ms after the start, in one batch. */
function batchAt(...times: number[]): FrameBatch {
  const records = times.map((ms) => recordOf([0x45], START_MS + ms))
  const buffer = Buffer.concat(records.map((record) => record.buffer))
  return { ...records[0]!, buffer, length: buffer.length, count: times.length }
}

describe('a replay', () => {
  const handed: number[] = []
  const source = { pause: vi.fn(), resume: vi.fn() }
  const pacerOf = (pace: Partial<ReplayPace>) =>
    new ReplayPacer(source, { playing: true, speed: 1, skipToUs: 0, ...pace }, (batch) => {
      for (let at = 0; at < batch.length; at += 20) handed.push(recordTimeMs(batch, at) - START_MS)
    })

  beforeEach(() => {
    vi.useFakeTimers()
    handed.length = 0
    vi.clearAllMocks()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('as fast as it goes hands a batch on whole, and holds the source never', () => {
    pacerOf({ speed: 0 }).onBatch(batchAt(0, 5_000, 9_000))
    expect(handed).toEqual([0, 5_000, 9_000])
    expect(source.pause).not.toHaveBeenCalled()
  })

  it.each([
    [1, 1_000, [0, 1_000]],
    [2, 1_000, [0, 1_000, 2_000]],
    [0.5, 1_000, [0]],
  ])('at %d times its pace has given after %d ms: %j', (speed, ms, expected) => {
    pacerOf({ speed }).onBatch(batchAt(0, 1_000, 2_000, 60_000))
    vi.advanceTimersByTime(ms)
    expect(handed).toEqual(expected)
  })

  it('asks for more when its batch is through, and not before', () => {
    pacerOf({}).onBatch(batchAt(0, 100))
    expect(source.resume).not.toHaveBeenCalled()
    vi.advanceTimersByTime(100)
    expect(source.resume).toHaveBeenCalledOnce()
  })

  it('stands still while it is not playing, and goes on from there', () => {
    const pacer = pacerOf({ playing: false })
    pacer.onBatch(batchAt(0, 100))
    vi.advanceTimersByTime(60_000)
    expect(handed).toEqual([])
    pacer.setPace({ playing: true, speed: 1, skipToUs: 0 })
    expect(handed).toEqual([0])
    vi.advanceTimersByTime(100)
    expect(handed).toEqual([0, 100])
  })

  it('skips to a time as fast as it goes, then keeps its pace', () => {
    pacerOf({ skipToUs: (START_MS + 5_000) * 1000 }).onBatch(batchAt(0, 4_000, 5_000, 6_000))
    expect(handed).toEqual([0, 4_000, 5_000])
    vi.advanceTimersByTime(1_000)
    expect(handed).toEqual([0, 4_000, 5_000, 6_000])
  })

  it('keeps what comes although it asked the source to stop', () => {
    const pacer = pacerOf({})
    pacer.onBatch(batchAt(0, 1_000))
    pacer.onBatch(batchAt(1_500))
    vi.advanceTimersByTime(1_500)
    expect(handed).toEqual([0, 1_000, 1_500])
  })

  it('says that it is through after the last frame’s time', () => {
    const pacer = pacerOf({})
    const done = vi.fn()
    pacer.onBatch(batchAt(0, 1_000))
    pacer.whenDrained(done)
    expect(done).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(done).toHaveBeenCalledOnce()
  })
})
