import { describe, expect, it } from 'vitest'
import { T0 } from '../../../test/connections.ts'
import { joinLines, type DialogueLine } from './negotiations.ts'

const line = (packet: number, text: string, change: Partial<DialogueLine> = {}): DialogueLine => ({
  at: T0,
  packet,
  direction: 'reply',
  kind: 'reply',
  text,
  negotiation: null,
  ...change,
})
const negotiation: DialogueLine['negotiation'] = {
  mode: 'EPSV',
  address: '::1',
  port: 4000,
  expectation: 44,
  reason: { code: 'FTP_RAISED', text: '', args: [] },
}

describe('joinLines', () => {
  it('puts what an announcement came to under its own line, whichever came first', () => {
    const told = line(2, '', { kind: 'negotiation', negotiation })
    const reply = line(2, '229 entering extended passive mode')
    const expected = [line(1, 'EPSV'), { ...reply, negotiation }]
    expect(joinLines([line(1, 'EPSV'), told, reply])).toEqual(expected)
    expect(joinLines([line(1, 'EPSV'), reply, told])).toEqual(expected)
  })

  it('keeps one whose line was not seen', () => {
    const told = line(2, '', { kind: 'negotiation', negotiation })
    expect(joinLines([line(1, 'EPSV'), told])).toEqual([line(1, 'EPSV'), told])
  })
})
