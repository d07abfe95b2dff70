import { describe, expect, it } from 'vitest'
import { Reason, REASONS, reasonText } from './reason.ts'

describe('the catalogue of reasons', () => {
  it('names each code once, with a sentence and a rule', () => {
    expect(new Set(REASONS.map((r) => r.code)).size).toBe(REASONS.length)
    for (const { code, text, rule } of REASONS.slice(1)) {
      expect(text, code).not.toBe('')
      expect(rule, code).toMatch(/^\d+(\.\d+( T\d)?)?$/)
    }
    expect(REASONS[0].code).toBe('NONE')
  })

  it('fills in the numbers', () => {
    expect(reasonText(Reason.TCP_SEQ_ABOVE_WINDOW, [5123, 503, 4620, 0])).toBe('outside window: seq 5123 is 503 above 4620')
    expect(reasonText(0, [1, 2, 3, 4])).toBe('')
    expect(reasonText(60_000, [0, 0, 0, 0])).toBe('')
  })
})
