import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { formatAddressBytes, formatIpv4, formatIpv6, parseAddress } from './address.ts'

const word = fc.integer({ min: 0, max: 0xffffffff })

describe('addresses', () => {
  it.each([
    ['0.0.0.0', [0]],
    ['255.255.255.255', [0xffffffff]],
    ['10.1.2.3', [0x0a010203]],
    ['::', [0, 0, 0, 0]],
    ['::1', [0, 0, 0, 1]],
    ['2001:db8::1:0:0:1', [0x20010db8, 0, 0x00010000, 1]],
    ['::ffff:10.0.0.1', [0, 0, 0xffff, 0x0a000001]],
    ['1:2:3:4:5:6:7:8', [0x10002, 0x30004, 0x50006, 0x70008]],
  ])('reads %s', (text, words) => {
    expect(parseAddress(text)?.words).toEqual(words)
  })

  it.each(['', '10.0.0', '10.0.0.256', '1.2.3.4.5', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', 'g::', '1.2.3.4::'])(
    'refuses %s',
    (text) => {
      expect(parseAddress(text)).toBeNull()
    },
  )

  it.each([
    [[0x20010db8, 0, 0, 1], '2001:db8::1'],
    [[0x20010db8, 0x00000001, 0, 1], '2001:db8:0:1::1'],
    [[0x00010000, 0x00020003, 0x00040005, 0x00060007], '1:0:2:3:4:5:6:7'],
    [[0, 0, 0, 0], '::'],
  ])('writes %j as RFC 5952 says', (words, text) => {
    expect(formatIpv6(words[0]!, words[1]!, words[2]!, words[3]!)).toBe(text)
  })

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        expect(parseAddress(formatIpv4(a))?.words).toEqual([a])
        expect(parseAddress(formatIpv6(a, b, c, d))?.words).toEqual([a, b, c, d])
      }),
    )
  })

  it('writes bytes in network order', () => {
    expect(formatAddressBytes(Uint8Array.of(192, 0, 2, 7))).toBe('192.0.2.7')
    expect(formatAddressBytes(Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x35))).toBe('2001:db8::35')
    expect(formatAddressBytes(new Uint8Array(0))).toBe('')
  })
})
