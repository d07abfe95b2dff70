import { expect, it } from 'vitest'
import { asciiBytes } from '../ascii.ts'
import { SipNumber } from './number.ts'

it.each([
  ['7 INVITE', 7, 1],
  ['00000000007', 7, 11],
  ['4294967295', 0xffffffff, 10],
])('8.7 %j begins with the number %i', (text, value, end) => {
  const number = new SipNumber()
  expect(number.read(asciiBytes(text), 0, text.length)).toBe(true)
  expect([number.value, number.end]).toEqual([value, end])
})

it.each(['', 'x', '-1', '000000000007', '4294967296', '99999999999'])('8.7 %j does not begin with a number', (text) => {
  const number = new SipNumber()
  expect(number.read(asciiBytes(text), 0, text.length)).toBe(false)
  expect(number.value).toBe(0)
})
