import { describe, expect, it } from 'vitest'
import { compileStateTable } from './state-table.ts'

describe('a state table', () => {
  const compile = (text: string) => compileStateTable([text], ['x', 'y'], ['A', 'B'], { '--': 9 })

  it('becomes bytes, row by row', () => {
    expect([...compile('  A B\n x A --\n y B A')]).toEqual([0, 9, 1, 0])
  })

  it.each([
    ['a wrong column', ' A C\n x A A\n y A A'],
    ['a row too few', ' A B\n x A A'],
    ['a row out of order', ' A B\n y A A\n x A A'],
    ['a cell too many', ' A B\n x A A A\n y A A'],
    ['a cell that is no state', ' A B\n x A Z\n y A A'],
  ])('is refused with %s', (_, text) => {
    expect(() => compile(text)).toThrow(/state table 0/)
  })
})
