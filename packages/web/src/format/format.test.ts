import { describe, expect, it } from 'vitest'
import { endpoint, icmpWord } from './address.ts'
import { shortDuration, span } from './duration.ts'
import { bitRate, bytes, count, counted, percent } from './number.ts'
import { clockTime, epochMs } from './time.ts'

describe('durations', () => {
  it.each([
    [431999.9, '4d 23h'],
    [432000, '5d'],
    [106, '1m 46s'],
    [120, '2m'],
    [24.9, '24s'],
    [3600, '1h'],
    [-3, '0s'],
  ])('%d s is %s', (seconds, text) => expect(shortDuration(seconds)).toBe(text))

  it.each([
    [0.41, '0.41 ms'],
    [14.8, '14.8 ms'],
    [210.4, '210 ms'],
    [3100, '3.1 s'],
    [124_000, '2m 4s'],
  ])('%d ms is %s', (ms, text) => expect(span(ms)).toBe(text))
})

describe('numbers', () => {
  it('groups digits and counts things', () => {
    expect(count(5812331)).toBe('5,812,331')
    expect(counted(1, 'packet')).toBe('1 packet')
    expect(counted(0, 'entry', 'entries')).toBe('0 entries')
  })

  it.each([
    [999, '999 B'],
    [1000, '1 kB'],
    [999_950, '1 MB'],
    [1_234_567, '1.2 MB'],
    [123_456_789, '123 MB'],
  ])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text))

  it('says shares and rates', () => {
    expect(percent(8412, 262144)).toBe('3.2 %')
    expect(percent(0, 0)).toBe('0 %')
    expect(percent(1, 262144)).toBe('< 0.1 %')
    expect(bitRate(9_600_000)).toBe('9.6 Mbit/s')
  })
})

describe('times', () => {
  it('keeps microseconds and nanoseconds', () => {
    expect(epochMs('2026-11-22T12:00:00.123456Z') - epochMs('2026-11-22T12:00:00.123000Z')).toBeCloseTo(0.456, 3)
    expect(epochMs('2026-11-22T12:00:00.123456789Z') % 1).toBeCloseTo(0.456789, 3)
  })

  it('shows as many digits as asked for', () => {
    expect(clockTime('2026-11-22T12:34:56.120000Z', 3)).toMatch(/:34:56\.120$/)
    expect(clockTime('2026-11-22T12:34:56Z', 6)).toMatch(/:34:56\.000000$/)
  })
})

describe('addresses', () => {
  it.each([
    ['10.0.0.1', 80, 'tcp', '10.0.0.1:80'],
    ['fd00::1', 80, 'udp', '[fd00::1]:80'],
    ['10.0.0.1', 4711, 'icmp', '10.0.0.1'],
  ])('%s, %d, %s', (address, port, l4, text) => expect(endpoint(address, port, l4)).toBe(text))

  it('names ICMP types of both families', () => {
    expect(icmpWord('icmp', 8 << 8)).toBe('echo')
    expect(icmpWord('icmpv6', (1 << 8) | 4)).toBe('unreachable')
    expect(icmpWord('icmp', 99 << 8)).toBe('type 99')
  })
})
