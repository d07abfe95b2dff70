import { describe, expect, it } from 'vitest'
import { addressText } from '../../conntrack/address-text.ts'
import { Announcement, FTP_PATTERNS, matchPattern, MatchResult, Misread } from './patterns.ts'

/** "none", "partial", or what was announced. */
function read(mode: string, text: string, l3: 4 | 6 = 4): string {
  const pattern = FTP_PATTERNS.find((p) => p.mode === mode)!
  const bytes = Buffer.from(text, 'latin1')
  const into = new Announcement()
  // Bytes of a neighbour in the same buffer: nothing may read on into them.
  const padded = Buffer.concat([Buffer.from('~~'), bytes, Buffer.from('(|||9|,9,9,9,9,9\r ')])
  const result = matchPattern(pattern, padded, 2, 2 + bytes.length, l3, into)
  if (result === MatchResult.None) return 'none'
  if (result === MatchResult.Partial) return `partial ${Object.keys(Misread)[into.misread]}`
  return `${into.hasAddress ? addressText(into.address, 0, into.family) : 'own'} ${into.port}`
}

describe('CONNTRACK.md 7.4: FTP patterns', () => {
  it.each([
    ['PORT 10,1,0,2,19,137\r\n', '10.1.0.2 5001'],
    ['port 10,1,0,2,19,137\r\n', '10.1.0.2 5001'],
    ['PoRt 10,1,0,2,19,137\r', '10.1.0.2 5001'],
    ['PORTX 10,1,0,2,19,137\r\n', '10.1.0.2 5001'],
    ['PORT 10,1,0,2,0,0\r\n', '10.1.0.2 0'],
    ['PORT 266,1,0,2,256,1\r\n', '10.1.0.2 1'],
    ['PORT 010,001,0,02,019,137\r\n', '10.1.0.2 5001'],
    ['PORT ,,,,,\r\n', '0.0.0.0 0'],
    ['PORT  10,1,0,2,19,137\r\n', 'partial Malformed'],
    ['PORT 10,1,0,2,19,137\n', 'partial Malformed'],
    ['PORT 10,1,0,2,19,137 \r\n', 'partial Malformed'],
    ['PORT 10,1,0,2,19,137', 'partial Incomplete'],
    ['PORT\t10,1,0,2,19,137\r\n', 'partial Incomplete'],
    ['PORT', 'partial Incomplete'],
    ['PORT 10,1,0,2,19\r\n', 'partial Malformed'],
    ['PORT 10,1,0,2,19,137,1\r\n', 'partial Malformed'],
    ['P', 'partial Incomplete'],
    ['PO', 'partial Incomplete'],
    ['PASV', 'none'],
    ['XPORT 10,1,0,2,19,137\r\n', 'none'],
  ])('PORT: %j → %s', (text, result) => {
    expect(read('PORT', text)).toBe(result)
  })

  it.each([
    ['EPRT |1|10.1.0.2|5001|\r\n', 4, '10.1.0.2 5001'],
    ['EPRT !1!10.1.0.2!5001!', 4, '10.1.0.2 5001'],
    ['EPRT |1|10.1.0.2|5001|anything', 4, '10.1.0.2 5001'],
    ['EPRT |1|10.1.0.2|70000|\r\n', 4, '10.1.0.2 4464'],
    ['EPRT |1|10.1.0.2|0|\r\n', 4, 'partial PortZero'],
    ['EPRT |1|10.1.0.2|5001\r\n', 4, 'partial Malformed'],
    ['EPRT |1|10.1.0|5001|\r\n', 4, 'partial Malformed'],
    ['EPRT |2|10.1.0.2|5001|\r\n', 4, 'partial WrongFamily'],
    ['EPRT |1!10.1.0.2|5001|\r\n', 4, 'partial Malformed'],
    ['EPRT 11110.1.0.2|5001|\r\n', 4, 'partial Malformed'],
    ['EPRT |2|fd00::1|5001|\r\n', 6, 'fd00::1 5001'],
    ['EPRT |2|fd00::g|5001|\r\n', 6, 'partial Malformed'],
    ['EPRT |1|10.1.0.2|5001|\r\n', 6, 'partial WrongFamily'],
    ['EPRT |2|fd00::1', 6, 'partial Incomplete'],
  ] as const)('EPRT: %j on IPv%i → %s', (text, l3, result) => {
    expect(read('EPRT', text, l3)).toBe(result)
  })

  it.each([
    ['227 Entering Passive Mode (10,2,0,2,19,137)\r\n', '10.2.0.2 5001'],
    ['227 Entering Passive Mode 10,2,0,2,19,137\r\n', '10.2.0.2 5001'],
    ['227 =10,2,0,2,19,137\r\n', '10.2.0.2 5001'],
    ['227 x 3 10,2,0,2,19,137\r\n', 'partial Malformed'],
    ['227 no digits\r\n', 'partial Incomplete'],
    ['227 10,2,0,2,19\r\n', 'partial Malformed'],
    ['227 10,2,0,2,19,137,5\r\n', 'partial Malformed'],
    ['227 10,2,0,2,19,137', 'partial Incomplete'],
    ['227-foo 10,2,0,2,19,137\r\n', 'none'],
    ['22', 'partial Incomplete'],
    ['227 ', 'partial Incomplete'],
  ])('227: %j → %s', (text, result) => {
    expect(read('PASV', text)).toBe(result)
  })

  it.each([
    ['229 Entering Extended Passive Mode (|||5001|)\r\n', 'own 5001'],
    ['229 (|||5001|', 'own 5001'],
    ['229 (|||70000|)\r\n', 'own 4464'],
    ['229 (|||0|)\r\n', 'partial PortZero'],
    ['229 (|1|10.2.0.2|5001|)\r\n', 'partial Malformed'],
    ['229 |||5001|\r\n', 'partial Incomplete'],
    ['229 (|||5001', 'partial Incomplete'],
    ['230 Logged in\r\n', 'none'],
  ])('229: %j → %s', (text, result) => {
    expect(read('EPSV', text, 6)).toBe(result)
  })
})
