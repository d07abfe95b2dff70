import { describe, expect, it } from 'vitest'
import { addressText } from '../../conntrack/address-text.ts'
import { parseIpv6 } from './ipv6-text.ts'

function read(text: string): string | null {
  const words = new Uint32Array(4)
  const bytes = Buffer.from(text)
  return parseIpv6(bytes, 0, bytes.length, words) ? addressText(words, 0, 6) : null
}

describe('a textual IPv6 address', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['fd00::1', 'fd00::1'],
    ['FD00:0:0:0:0:0:0:1', 'fd00::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:10.1.0.2', '::ffff:10.1.0.2'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is %s', (text, same) => {
    expect(read(text)).toBe(same)
  })

  it.each([
    '',
    ':',
    ':1',
    '1:',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '1.2.3.4',
    '::1.2.3',
    '::1.2.3.256',
    '::1.2.3.4:5',
  ])('%j is none', (text) => {
    expect(read(text)).toBeNull()
  })
})
