/** Literals by type of field. Browser-safe. */
import { l4Name } from '@ctscope/engine/model'
import { parseAddress, wordCount } from '../formats/address.ts'
import { FilterError, type Network, type NumberRange } from './ast.ts'
import type { Field } from './fields.ts'
import type { Token } from './lexer.ts'

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
}
/** In seconds. */
const DURATION_UNITS: Readonly<Record<string, number>> = { '': 1, ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86400 }

/** Seconds for a duration, a plain number otherwise. @throws FilterError */
export function readNumber(field: Field, token: Token): number {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(token.text)
  const units = field.type === 'size' ? SIZE_UNITS : field.type === 'duration' ? DURATION_UNITS : { '': 1 }
  const unit = (match?.[2] ?? '').toLowerCase()
  const factor: number | undefined = Object.hasOwn(units, unit) ? units[unit] : undefined
  if (match === null || factor === undefined) throw expectedNumber(field, token)
  const value = Number(match[1]) * factor
  if (field.type === 'number' && !Number.isSafeInteger(value)) throw expectedNumber(field, token)
  return value
}

/** `80`, or `80..90`. @throws FilterError */
export function readRange(field: Field, token: Token): NumberRange {
  const dots = token.text.indexOf('..')
  if (dots < 0) {
    const value = readNumber(field, token)
    return { low: value, high: value }
  }
  const low = readNumber(field, { ...token, text: token.text.slice(0, dots) })
  const high = readNumber(field, { ...token, text: token.text.slice(dots + 2), column: token.column + dots + 2 })
  if (high < low) throw new FilterError(token.column, `the range ${token.text} ends before it begins`, 'Write the smaller number first.')
  return { low, high }
}

function expectedNumber(field: Field, token: Token): FilterError {
  const what = {
    size: ['a number, as 1500, 10K or 1Mi', 'Units are K, M, G, T (1000s) and Ki, Mi, Gi, Ti (1024s).'],
    duration: ['a duration, as 30, 250ms, 5m or 2h', 'Units are ms, s, m, h and d; without one it is seconds.'],
    number: ['a whole number', `${field.name} takes whole numbers, and ranges as 1..5 inside { }.`],
  }[field.type as 'size' | 'duration' | 'number']
  return new FilterError(token.column, `expected ${what[0]}, found ${describe(token)}`, what[1] ?? '')
}

/** An address or a network in CIDR form; host bits are ignored. @throws FilterError */
export function readNetwork(token: Token): Network {
  const slash = token.text.indexOf('/')
  const address = parseAddress(slash < 0 ? token.text : token.text.slice(0, slash))
  if (address === null) {
    throw new FilterError(
      token.column,
      `expected an IP address or network, found ${describe(token)}`,
      'As 10.0.0.1, 10.0.0.0/8, fe80::1 or 2001:db8::/32; names are not looked up.',
    )
  }
  const bits = address.family === 4 ? 32 : 128
  const prefixText = slash < 0 ? String(bits) : token.text.slice(slash + 1)
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : NaN
  if (!(prefix <= bits)) {
    throw new FilterError(token.column + slash + 1, `expected a prefix length of 0 to ${bits}, found "${prefixText}"`, 'As in 10.0.0.0/8.')
  }
  const words = address.words.map((word, i) => (word & maskWord(prefix, i)) >>> 0)
  return { family: address.family, words: words.slice(0, wordCount(address.family)), prefix }
}

/** The `index`-th 32-bit word of a netmask. */
export function maskWord(prefix: number, index: number): number {
  const bits = Math.min(32, Math.max(0, prefix - index * 32))
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
}

/** A word in lower case; where the field's list is closed, one of it. @throws FilterError */
export function readWord(field: Field, token: Token): string {
  const word = token.text.toLowerCase()
  if (field.name === 'proto' && /^\d{1,3}$/.test(word)) return l4Name(Number(word))
  if (field.words !== undefined && !field.words.some((known) => known.toLowerCase() === word)) throw expectedWord(field, token)
  return word
}

/** The bit of a word. @throws FilterError */
export function readBit(field: Field, token: Token): number {
  const bit = (field.words ?? []).findIndex((known) => known.toLowerCase() === token.text.toLowerCase())
  if (bit < 0) throw expectedWord(field, token)
  return (1 << bit) >>> 0
}

/** @throws FilterError */
export function readBoolean(token: Token): boolean {
  const word = token.text.toLowerCase()
  if (['true', 'yes', '1'].includes(word)) return true
  if (['false', 'no', '0'].includes(word)) return false
  throw new FilterError(token.column, `expected true or false, found ${describe(token)}`, 'The name alone means true, !name means false.')
}

function expectedWord(field: Field, token: Token): FilterError {
  const words = field.words ?? []
  return new FilterError(
    token.column,
    `expected one of ${words.join(', ')}, found ${describe(token)}`,
    `${field.name} is ${field.what}; its words are written in either case.`,
  )
}

export function describe(token: Token): string {
  return token.kind === 'end' ? 'the end' : `"${token.text}"`
}
