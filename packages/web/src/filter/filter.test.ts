import { describe, expect, it } from 'vitest'
import { filterProblem, paint } from './language.ts'
import { withTerm } from './terms.ts'

describe('paint', () => {
  it('cuts the text in pieces that are the text again', () => {
    const text = 'ct.state == RELATED && !(proto in {udp, "a b"})'
    expect(
      paint(text, null)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
  })

  it('tells fields from values', () => {
    expect(paint('ct.state == RELATED and x', null).filter(({ kind }) => kind !== 'plain')).toEqual([
      { text: 'ct.state', kind: 'field', wrong: false },
      { text: 'RELATED', kind: 'value', wrong: false },
      { text: 'x', kind: 'value', wrong: false },
    ])
  })

  it('takes a word after a comparison for a value, also when a field is called so', () => {
    const kinds = paint('ct.state == INVALID && invalid > 1', null).filter(({ kind }) => kind !== 'plain')
    expect(kinds.map(({ text, kind }) => `${text} ${kind}`)).toEqual(['ct.state field', 'INVALID value', 'invalid field', '1 value'])
  })

  it('marks the piece at the wrong column, and the place after the end', () => {
    expect(paint('a == b', 6).filter(({ wrong }) => wrong)).toEqual([{ text: 'b', kind: 'value', wrong: true }])
    expect(paint('port ==', 8).at(-1)).toEqual({ text: ' ', kind: 'plain', wrong: true })
  })
})

describe('filterProblem', () => {
  it('says where and what', () => {
    expect(filterProblem('ct.state == RELATED', 'connections')).toBeNull()
    expect(filterProblem('ct.state == NONSENSE', 'connections')).toMatchObject({ column: 13 })
  })
})

describe('withTerm', () => {
  const term = { field: 'ip.src', value: '10.0.0.1' }
  it.each([
    ['', 'only', 'ip.src == 10.0.0.1'],
    ['', 'not', '!(ip.src == 10.0.0.1)'],
    ['proto == tcp', 'only', 'proto == tcp && ip.src == 10.0.0.1'],
    ['a || b', 'not', '(a || b) && !(ip.src == 10.0.0.1)'],
    ['ip.src == 10.0.0.1', 'only', 'ip.src == 10.0.0.1'],
  ] as const)('%s, %s: %s', (before, how, after) => {
    expect(withTerm(before, term, how)).toBe(after)
    expect(filterProblem(after, 'connections')).toBeNull()
  })

  it('quotes what is not one word', () => {
    expect(withTerm('', { field: 'interface', value: 'a "b' }, 'only')).toBe('interface == "a \\"b"')
  })
})
