import { describe, expect, it } from 'vitest'
import { csvCell } from './csv.ts'
import { escapeControls, jsonLine } from './escape.ts'

describe('cells of a CSV file', () => {
  it.each([
    [null, ''],
    [-5, '-5'],
    ['eth0', 'eth0'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\\u0009=1"],
    ['\r=1', "'\\u000d=1"],
    ['a\nb', 'a\\u000ab'],
    ['\u001b[2J', '\\u001b[2J'],
    ['\u202etxt.exe', '\\u202etxt.exe'],
  ])('%j → %s', (value, cell) => {
    expect(csvCell(value)).toBe(cell)
  })
})

describe('text on a terminal', () => {
  it('has C0, C1 and bidirectional controls written out', () => {
    expect(escapeControls('a\u0000\u009b1m\u2066é')).toBe('a\\u0000\\u009b1m\\u2066é')
  })

  it('is the same JSON afterwards', () => {
    const value = { text: '\u001b[31m\u202e"\\' }
    expect(jsonLine(value)).not.toMatch(/[\u001b\u202e]/)
    expect(JSON.parse(jsonLine(value))).toEqual(value)
  })
})
