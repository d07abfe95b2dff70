import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type ReasonCode, REASONS } from '../../src/model/index.ts'
import { describeNeeding, sharedDir } from '../support/index.ts'
import { isSameCause, WHY_TABLE } from './why-table.ts'

const ANSWERS = path.join(sharedDir, 'captures/kernel')
const told = (code: ReasonCode, ...args: number[]) => ({ code, args: [...args, 0, 0, 0, 0].slice(0, 4) })

describe('what the kernel logs and our reasons', () => {
  it.each<[string, ReturnType<typeof told>, boolean]>([
    ['nf_ct_proto_6: SEQ is over upper bound 101 (over the window of the receiver)', told('TCP_SEQ_ABOVE_WINDOW', 150, 50, 100), true],
    ['nf_ct_proto_6: SEQ is over upper bound 101 (over the window of the receiver)', told('TCP_SEQ_ABOVE_WINDOW', 150, 49, 101), false],
    ['nf_ct_proto_6: SEQ is over upper bound 0 (over the window of the receiver)', told('TCP_SEQ_OVERSHOOT', 1, 0xffffffff), true],
    ['nf_ct_proto_6: ACK is over upper bound 101 (ACKed data not seen yet)', told('TCP_SEQ_ABOVE_WINDOW', 150, 50, 100), false],
    ['nf_ct_proto_6: packet (index 3) in dir 0 invalid, state SYN_SENT', told('TCP_STATE_ACK', 1, 0), true],
    ['nf_ct_proto_6: packet (index 3) in dir 0 invalid, state SYN_SENT', told('TCP_STATE_SYN', 1, 0), false],
    ['nf_ct_proto_6: packet (index 3) in dir 0 invalid, state SYN_SENT', told('TCP_STATE_ACK', 1, 1), false],
    ['nf_ct_proto_6: packet (index 3) in dir 0 invalid, state SYN_SENT', told('TCP_STATE_ACK', 2, 0), false],
    ['nf_ct_proto_132: verification tag check failed 8d814450 vs 0 for dir 0', told('SCTP_WRONG_TAG', 0x5044818d, 0), true],
    ['nf_ct_proto_132: verification tag check failed 8d814450 vs 0 for dir 0', told('SCTP_WRONG_TAG', 0x8d814450, 0), false],
    ['nf_ct_proto_6: a text of another kernel', told('TCP_BAD_FLAGS'), false],
  ])('%s, and %o: %s', (why, reason, isSame) => {
    expect(isSameCause([why], reason)).toBe(isSame)
  })

  it('a helper that has the packet dropped has the last word', () => {
    const whys = [
      'nf_ct_proto_6: packet (index 3) in dir 1 ignored, state SYN_SENT',
      "nf_ct_ftp: dropping packet: partial matching of `229 '",
    ]
    expect(isSameCause(whys, told('HELPER_PARTIAL'))).toBe(true)
    expect(isSameCause(whys, told('TCP_IGNORED_ACK', 1))).toBe(false)
  })

  it('names codes of the catalogue, and each text once', () => {
    const codes = new Set<string>(REASONS.map(({ code }) => code))
    expect(WHY_TABLE.flatMap((row) => row.codes).filter((code) => !codes.has(code))).toEqual([])
    expect(new Set(WHY_TABLE.map(({ text }) => text.source)).size).toBe(WHY_TABLE.length)
  })
})

describeNeeding({ shared: 'captures/kernel' }, 'every text that the kernel logged of the shared captures', () => {
  const logged = new Set<string>()
  for (const name of readdirSync(ANSWERS)) {
    for (const line of gunzipSync(readFileSync(path.join(ANSWERS, name)))
      .toString()
      .split('\n')) {
      if (!line.includes('"why"')) continue
      for (const why of (JSON.parse(line) as { why: string[] }).why) logged.add(why.trim())
    }
  }

  it('has exactly one row', () => {
    expect(logged.size).toBeGreaterThan(40)
    expect([...logged].filter((why) => WHY_TABLE.filter(({ text }) => text.test(why)).length !== 1)).toEqual([])
  })
})
