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

  it('uses each number of a sentence only where there are four, in formats that exist', () => {
    for (const [reason, { code }] of REASONS.entries()) expect(() => reasonText(reason, [1, 1, 1, 1]), code).not.toThrow()
  })

  it('fills in the numbers', () => {
    expect(reasonText(Reason.TCP_SEQ_ABOVE_WINDOW, [5123, 503, 4620, 0])).toBe('outside window: seq 5123 is 503 above 4620')
    expect(reasonText(Reason.TCP_STATE_ACK, [1, 0, 0, 0])).toBe('ACK does not fit SYN_SENT (original direction)')
    expect(reasonText(Reason.TCP_BAD_FLAGS, [3, 0, 0, 0])).toBe('impossible TCP flags: FIN+SYN')
    expect(reasonText(Reason.TCP_BAD_FLAGS, [0, 0, 0, 0])).toBe('impossible TCP flags: none')
    expect(reasonText(Reason.SCTP_STATE, [1, 99, 1, 0])).toBe('SCTP INIT does not fit 99 (reply direction)')
    expect(reasonText(Reason.SCTP_FIRST_CHUNK, [200, 0, 0, 0])).toBe('an association cannot begin with SCTP chunk 200')
    expect(reasonText(0, [1, 2, 3, 4])).toBe('')
    expect(reasonText(60_000, [0, 0, 0, 0])).toBe('')
  })
})
