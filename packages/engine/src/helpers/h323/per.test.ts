import { describe, expect, it } from 'vitest'
import { compileTypes } from './notation.ts'
import { decodePer, type PerType } from './per.ts'

const type = (text: string): PerType => compileTypes(`T = ${text}`).get('T')!
const decode = (text: string, ...b: number[]) => decodePer(type(text), Uint8Array.from(b), 0, b.length)

describe('X.691 aligned PER, as far as H.323 needs it', () => {
  it.each([
    ['boolean', [0x80], true],
    ['integer(1..4)', [0b1100_0000], 4],
    ['integer(0..255)', [0x2a], 42],
    ['integer(1..256)', [0xff], 256],
    ['integer(1..65535)', [0x01, 0x00], 257],
    ['integer(0..4294967295)', [0x40, 0x01, 0x00], 256],
    ['octets(4)', [1, 2, 3, 4], { at: 0, length: 4 }],
    ['octets', [0x02, 1, 2], { at: 1, length: 2 }],
    ['octets(1..256)', [0x01, 1, 2], { at: 1, length: 2 }],
    ['objectIdentifier', [0x02, 0x2a, 0x03], { at: 1, length: 2 }],
    ['digits(1..128)', [0x06, 0x12, 0x34], { at: 1, length: 2 }],
    ['wide(1..128)', [0x02, 0, 0x67, 0, 0x6b], { at: 1, length: 4 }],
    ['list integer(0..255)', [0x02, 5, 6], [5, 6]],
    ['list(1..4) boolean', [0b0110_0000], [true, false]],
    ['choice { a: null, b: integer(0..255), c: null }', [0x40, 0x07], { b: 7 }],
    ['choice { a: null, ..., b: integer(0..255) }', [0x80, 0x01, 0x07], { b: 7 }],
    ['choice { a: null, ... }', [0x85, 0x01, 0x07], {}],
    ['contained choice { a: null, b: null }', [0x01, 0x80], { b: null }],
    ['sequence { a: boolean, b?: integer(0..255) }', [0b1100_0000, 9], { a: true, b: 9 }],
    ['sequence { a: boolean, b?: integer(0..255) }', [0b0100_0000], { a: true }],
    ['sequence { a: boolean, ..., b?: integer(0..255), c? }', [0b1100_0000, 0b1110_0000, 1, 9, 2, 8, 8], { a: true, b: 9, c: null }],
    ['sequence { a: boolean, ...(9) }', [0b1100_0000, 0b1010_0000, 1, 9], { a: true }],
  ] as const)('%s of %o', (text, b, value) => {
    expect(decode(text, ...b)).toEqual(value)
  })

  it.each([
    ['boolean', []],
    ['octets(4)', [1, 2, 3]],
    ['octets', [0x05, 1]],
    ['octets', [0xc1]],
    ['choice { a: null, b: null, c: null }', [0xc0]],
    ['sequence { a: boolean, ..., b?: integer(0..255) }', [0b1000_0000, 0b0100_0000, 5, 9]],
  ])('%s of %o cannot be decoded', (text, b) => {
    expect(decode(text, ...b)).toBeUndefined()
  })

  it('every cut of a value is refused', () => {
    const whole = [0b1100_0000, 0b1110_0000, 1, 9, 2, 8, 8]
    for (let length = 0; length < whole.length; length++)
      expect(decode('sequence { a: boolean, ..., b?: integer(0..255), c? }', ...whole.slice(0, length)), String(length)).toBeUndefined()
  })

  it('an end stops its sequence, and what holds the sequence goes on', () => {
    const text = 'sequence { a: contained sequence { b: integer(0..255), rest: end, c: integer(0..255) }, d: integer(0..255) }'
    expect(decode(text, 3, 7, 8, 9, 5)).toEqual({ a: { b: 7 }, d: 5 })
    expect(decode('sequence { ..., a?: integer(0..255), rest: end, c? }', 0b1000_0101, 0b1000_0000, 1, 9, 9)).toEqual({ a: 9 })
  })

  it('extensions that the kernel does not know have a length, there or not', () => {
    // Two extensions, the first is there.
    const head = [0b1000_0001, 0b1000_0000, 1, 9]
    expect(decode('sequence { a: sequence { ... }, b: integer(0..255) }', ...head, 1, 9, 7)).toEqual({ a: {}, b: 7 })
    expect(decode('sequence { a: sequence { ...(2) }, b: integer(0..255) }', ...head, 7)).toEqual({ a: {}, b: 7 })
  })

  it('more than 32 extensions are refused', () => {
    const extended = (count: number) => decode('sequence { ...(64) }', 0x80 | (count - 1), 0, 0, 0, 0, 0)
    expect([extended(32), extended(33)]).toEqual([{}, undefined])
  })

  it('seconds need as many bytes after them as they have', () => {
    expect(decode('seconds', 0x00, 59)).toBeUndefined()
    expect(decode('seconds', 0x00, 59, 0)).toBe(60)
    expect(decode('seconds', 0x80, 1, 0x86, 0x9f, 0, 0)).toBeUndefined()
    expect(decode('seconds', 0x80, 1, 0x86, 0x9f, 0, 0, 0)).toBe(100_000)
  })
})

describe('the notation of types', () => {
  it.each([
    ['T = sequence { a: Missing }', 'Missing'],
    ['T = sequence { a }', 'a has no type'],
    ['T = number', 'number is no type'],
    ['T = sequence { a: null', '}'],
    ['T', '='],
  ])('%s is refused', (text, what) => {
    expect(() => compileTypes(text)).toThrow(what)
  })

  it('a name may be used before it is defined', () => {
    const types = compileTypes('A = sequence { b: B } B = integer(0..255)')
    expect(decodePer(types.get('A')!, Uint8Array.of(7), 0, 1)).toEqual({ b: 7 })
  })
})
