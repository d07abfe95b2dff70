import { describe, expect, it } from 'vitest'
import { asciiBytes, Decimal, indexOf, isLetter, startsWith, startsWithIgnoringCase } from './ascii.ts'

describe('text as helpers read it', () => {
  const b = asciiBytes('Hello, hello 4294967297x')

  it('compares and finds within bounds', () => {
    expect(startsWith(b, 0, b.length, asciiBytes('Hello'))).toBe(true)
    expect(startsWith(b, 0, 4, asciiBytes('Hello'))).toBe(false)
    expect(startsWithIgnoringCase(b, 0, b.length, asciiBytes('hello,'))).toBe(true)
    expect(indexOf(b, 0, b.length, asciiBytes('hello'))).toBe(7)
    expect(indexOf(b, 0, 11, asciiBytes('hello'))).toBe(-1)
  })

  it('a number wraps at 2³² and ends at what is no digit', () => {
    const number = new Decimal().read(b, 13, b.length)
    expect([number.value, number.end]).toEqual([1, 23])
    expect(new Decimal().read(b, 0, b.length).end).toBe(0)
  })

  it('Latin-1’s letters are letters', () => {
    expect([0x41, 0x7a, 0xe9, 0xff].map(isLetter)).toEqual([true, true, true, true])
    expect([0x40, 0x5b, 0x7b, 0xd7, 0xf7, 0xbf].map(isLetter)).toEqual([false, false, false, false, false, false])
  })
})
