import { describe, expect, it } from 'vitest'
import { be16, be32, type Bytes, bytes } from '../../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../../test/support/scenario.ts'
import { expectationsOf, Talk } from '../../test/support/talk.ts'

const GRE = 47
const PNS = 0x1111
const PAC = 0x2222
const BODY_LEN: Record<number, number> = { 1: 144, 2: 144, 3: 4, 4: 4, 7: 156, 8: 20, 9: 208, 10: 12, 11: 16, 12: 4, 13: 136 }

function control(type: number, ...fields: Bytes[]): Buffer {
  const body = bytes(...fields)
  const rest = new Uint8Array(BODY_LEN[type]! - body.length)
  return bytes(be16(12 + BODY_LEN[type]!), be16(1), be32(0x1a2b3c4d), be16(type), be16(0), body, rest)
}
const gre = (s: Scenario, side: 'A' | 'B', callId: number) =>
  s.l4(side, GRE, bytes(be16(0x3001), be16(0x880b), be16(4), be16(callId), 'data'))

function session(): { s: Scenario; talk: Talk } {
  const s = new Scenario({ port: 1723 })
  const talk = new Talk(s)
  talk.say('A', control(1))
  talk.say('B', control(2, be16(0x100), [1, 0]))
  return { s, talk }
}

function call(pns = PNS, pac = PAC): { s: Scenario; talk: Talk } {
  const { s, talk } = session()
  talk.say('A', control(7, be16(pns)))
  talk.say('B', control(8, be16(pac), be16(pns), [1]))
  return { s, talk }
}

const BOTH_WAYS = [`${SERVER}:${PAC}>${CLIENT}:${PNS} class 0`, `${CLIENT}:${PNS}>${SERVER}:${PAC} class 0`]

describe('CONNTRACK.md 8.6: PPTP', () => {
  it('#85 a call, GRE both ways is one connection', () => {
    const { s } = call()
    expect(expectationsOf(s)).toEqual(BOTH_WAYS)
    s.takeEvents()
    expect(gre(s, 'A', PAC)).toBe('R')
    expect(s.takeEvents()).toEqual(['EXP_DESTROY met', 'EXP_DESTROY removed', 'NEW RELATED'])
    expect(s.entry).toBe('30 EXPECTED')
    expect(gre(s, 'B', PNS)).toBe('E')
    expect(gre(s, 'A', PAC)).toBe('E')
    expect(s.entry).toBe('180 EXPECTED ASSURED')
  })

  it('the server’s first GRE packet meets the other expectation', () => {
    const { s } = call()
    expect(gre(s, 'B', PNS)).toBe('R')
    expect(s.expectations).toBe(0)
  })

  it('an incoming call', () => {
    const { s, talk } = session()
    talk.say('B', control(9, be16(PAC)))
    talk.say('A', control(10, be16(PNS), be16(PAC), [1]))
    expect(s.expectations).toBe(0)
    talk.say('B', control(11, be16(PNS)))
    expect(expectationsOf(s)).toEqual(BOTH_WAYS)
  })

  it('disconnect deletes the GRE connection and its keys', () => {
    const { s, talk } = call()
    gre(s, 'A', PAC)
    s.takeEvents()
    talk.say('B', control(13, be16(PAC)))
    expect(s.takeEvents()[0]).toBe('DESTROY')
    expect(gre(s, 'A', PAC)).toBe('N')
    expect(gre(s, 'B', PNS)).toBe('N')
  })

  it('disconnect before GRE takes the expectations back', () => {
    const { s, talk } = call()
    s.takeEvents()
    talk.say('B', control(13, be16(PAC)))
    expect(s.takeEvents()).toEqual(['EXP_DESTROY removed', 'EXP_DESTROY removed'])
  })

  it('the control connection’s end deletes the GRE connection', () => {
    const { s } = call()
    gre(s, 'A', PAC)
    s.run('A:RA1500/6000')
    s.takeEvents()
    s.tcp('A:RA0/0')
    s.wait(432_000_000).expire()
    expect(s.entries).toBe(0)
    expect(s.takeEvents().filter((event) => event === 'DESTROY')).toHaveLength(2)
  })

  it('a second call on the same control connection has no place in the key map: undone', () => {
    const { s, talk } = call()
    gre(s, 'A', PAC)
    s.takeEvents()
    talk.say('A', control(7, be16(0x12)))
    talk.say('B', control(8, be16(0x23), be16(0x12), [1]))
    expect(s.takeEvents()).toEqual(['EXP_NEW', 'EXP_NEW', 'EXP_DESTROY removed', 'EXP_DESTROY removed'])
    expect([s.whyCode, s.wouldDrop]).toEqual(['PPTP_CLASH', ''])
  })

  it.each([
    [
      'a reply without a session',
      [
        ['A', control(7, be16(PNS))],
        ['B', control(8, be16(PAC), be16(PNS), [1])],
      ],
      'PPTP_UNFIT',
      false,
    ],
    [
      'a reply about another call',
      [
        ['A', control(7, be16(PNS))],
        ['B', control(8, be16(PAC), be16(9), [1])],
      ],
      'PPTP_OTHER_CALL',
      true,
    ],
    [
      'a refusal',
      [
        ['A', control(7, be16(PNS))],
        ['B', control(8, be16(PAC), be16(PNS), [2])],
      ],
      'PPTP_REFUSED',
      true,
    ],
    ['a request of the server', [['B', control(7, be16(PNS))]], 'PPTP_UNFIT', true],
  ] as const)('%s: none', (_, messages, code, hasSession) => {
    const { s, talk } = hasSession ? session() : { s: new Scenario({ port: 1723 }), talk: null }
    const told = talk ?? new Talk(s)
    for (const [side, message] of messages) told.say(side, message)
    expect([s.whyCode, s.expectations, s.wouldDrop]).toEqual([code, 0, ''])
  })

  it.each([
    ['cut', control(8, be16(PAC), be16(PNS), [1]).subarray(0, 31)],
    ['another magic', bytes(be16(32), be16(1), be32(1), control(8, be16(PAC), be16(PNS), [1]).subarray(8))],
  ])('%s: not looked at', (_, message) => {
    const { s, talk } = session()
    talk.say('A', control(7, be16(PNS)))
    talk.say('B', message)
    expect(s.expectations).toBe(0)
  })
})
