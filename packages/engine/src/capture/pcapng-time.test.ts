import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PcapngClock } from './pcapng-time.ts'

/** Nanoseconds since 1970, exactly. */
function expected(units: bigint, resolution: number, offsetSeconds: number): bigint {
  const each = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f)
  return BigInt(offsetSeconds) * 1_000_000_000n + (units / each) * 1_000_000_000n + ((units % each) * 1_000_000_000n) / each
}

function converted(units: bigint, resolution?: number, offsetSeconds?: number): bigint {
  const clock = new PcapngClock(resolution, offsetSeconds)
  clock.convert(Number(units >> 32n), Number(units & 0xffffffffn))
  expect(clock.nanoseconds).toBeGreaterThanOrEqual(0)
  expect(clock.nanoseconds).toBeLessThan(1_000_000_000)
  return BigInt(clock.seconds) * 1_000_000_000n + BigInt(clock.nanoseconds)
}

describe('PcapngClock', () => {
  it.each([
    ['microseconds, which are meant where nothing is said', 1_700_000_000_123_456n, undefined, 1_700_000_000_123_456_000n],
    ['nanoseconds, which go past 2⁵³', 1_700_000_000_123_456_789n, 9, 1_700_000_000_123_456_789n],
    ['the last nanosecond of a second', 1_700_000_000_999_999_999n, 9, 1_700_000_000_999_999_999n],
    ['seconds', 1_700_000_000n, 0, 1_700_000_000_000_000_000n],
    ['picoseconds', 1_700_000_123_456_789n, 12, 1_700_000_123_456n],
    ['units of 2⁻¹⁰ s', 1_700_000_000n * 1024n + 512n, 0x8a, 1_700_000_000_500_000_000n],
    ['units of 2⁻³² s', (1_700_000_000n << 32n) | 0x80000000n, 0xa0, 1_700_000_000_500_000_000n],
  ])('%s', (_, units, resolution, time) => {
    expect(converted(units, resolution)).toBe(time)
  })

  it('adds the offset', () => {
    expect(converted(1_500_000n, 6, 1_700_000_000)).toBe(1_700_000_001_500_000_000n)
    expect(converted(10_500_000n, 6, -10)).toBe(500_000_000n)
  })

  it('is exact for every decimal unit and every count', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 61n) - 1n }), fc.integer({ min: 3, max: 40 }), (units, resolution) => {
        expect(converted(units, resolution)).toBe(expected(units, resolution, 0))
      }),
      { numRuns: 2000 },
    )
  })

  it('is right to the nanosecond for binary units', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 61n) - 1n }), fc.integer({ min: 10, max: 127 }), (units, exponent) => {
        const difference = converted(units, 0x80 | exponent) - expected(units, 0x80 | exponent, 0)
        expect([0n, 1n]).toContain(difference)
      }),
      { numRuns: 2000 },
    )
  })
})
