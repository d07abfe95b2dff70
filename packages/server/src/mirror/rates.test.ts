import { describe, expect, it } from 'vitest'
import { Rates } from './rates.ts'

describe('rates', () => {
  it('are those of the last two seconds', () => {
    const rates = new Rates()
    expect(rates.now()).toEqual({ packetsPerSecond: 0, bitsPerSecond: 0 })
    for (let i = 0; i <= 50; i++) rates.sample(i * 100, i * 10, i * 1000)
    expect(rates.now()).toEqual({ packetsPerSecond: 100, bitsPerSecond: 80_000 })
    // It stops: two seconds later the rate is 0.
    for (let i = 51; i <= 72; i++) rates.sample(i * 100, 500, 50_000)
    expect(rates.now()).toEqual({ packetsPerSecond: 0, bitsPerSecond: 0 })
  })

  it('begin anew when a file runs again', () => {
    const rates = new Rates()
    rates.sample(0, 1000, 100_000)
    rates.sample(100, 2000, 200_000)
    rates.sample(200, 10, 1000)
    expect(rates.now()).toEqual({ packetsPerSecond: 0, bitsPerSecond: 0 })
    rates.sample(300, 20, 2000)
    expect(rates.now().packetsPerSecond).toBe(100)
  })
})
