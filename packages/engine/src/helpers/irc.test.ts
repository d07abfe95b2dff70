import { describe, expect, it } from 'vitest'
import { CLIENT, Scenario } from '../../test/support/scenario.ts'
import { expectationsOf, Talk } from '../../test/support/talk.ts'

const OWN = 167_837_698
const offer = (port: number | string, kind = 'SEND file', address: number | string = OWN) =>
  `PRIVMSG bob :\x01DCC ${kind} ${address} ${port}\x01\n`

function after(message: string, side: 'A' | 'B' = 'A'): Scenario {
  const s = new Scenario({ port: 6667 })
  new Talk(s).say(side, message)
  return s
}

describe('CONNTRACK.md 8.2: IRC', () => {
  it('#82 an offer is expected from anyone, the ninth evicts the first', () => {
    const s = new Scenario({ port: 6667 })
    const talk = new Talk(s)
    for (let port = 6000; port < 6008; port++) expect(talk.say('A', offer(port))).toBe('E')
    s.takeEvents()
    talk.say('A', offer(6008))
    expect(s.takeEvents()).toEqual(['EXP_DESTROY evicted', 'EXP_NEW'])
    expect(expectationsOf(s)[0]).toBe(`0.0.0.0:0>${CLIENT}:6008 class 0`)
    expect(expectationsOf(s).at(-1)).toBe(`0.0.0.0:0>${CLIENT}:6001 class 0`)
  })

  it.each([
    ['CHAT', offer(5002, 'CHAT chat')],
    ['TSEND', offer(5002, 'TSEND f')],
    ['lower-case PRIVMSG, a file size', `privmsg bob :\x01DCC SEND f ${OWN} 5002 1234\x01\n`],
    ['blanks before the command', ` \r\n ${offer(5002)}`],
    ['words before the offer', `PRIVMSG bob hello :\x01DCC SEND f ${OWN} 5002\x01\n`],
    ['a port above 65535 wraps', offer(70_538)],
    ['several spaces before the port', offer('  5002')],
    ['an unknown kind first', `PRIVMSG bob :\x01DCC RESUME f ${OWN} 1\x01\n${offer(5002)}`],
  ])('%s: port 5002', (_, message) => {
    expect(expectationsOf(after(message))).toEqual([`0.0.0.0:0>${CLIENT}:5002 class 0`])
  })

  it.each([
    ['lower-case dcc', offer(5003).replace('DCC', 'dcc'), ''],
    ['NOTICE', offer(5003).replace('PRIVMSG', 'NOTICE'), ''],
    ['no line end', offer(5003).trimEnd(), 'IRC_DCC_INCOMPLETE'],
    ['another address', offer(5003, 'SEND f', 167_903_235), 'ANNOUNCED_ADDRESS_DIFFERS'],
    ['another address before a right offer', offer(5003, 'SEND f', 1) + offer(5004), 'ANNOUNCED_ADDRESS_DIFFERS'],
    ['two spaces before the address', offer(5003, 'SEND f '), 'ANNOUNCED_ADDRESS_DIFFERS'],
    ['port 0', offer(0), 'ANNOUNCED_PORT_ZERO'],
    ['a name with a space', offer(5003, 'SEND "a b"'), 'ANNOUNCED_ADDRESS_DIFFERS'],
    ['a message before it', `PRIVMSG bob :hello\r\n${offer(5003)}`, ''],
  ])('%s: none', (_, message, code) => {
    const s = after(message)
    expect(s.expectations).toBe(0)
    expect(s.wouldDrop).toBe('')
    if (code !== '') expect(s.whyCode).toBe(code)
  })

  it('the server’s lines are not examined', () => {
    expect(after(offer(5001), 'B').expectations).toBe(0)
  })
})
