import { describe, expect, it } from 'vitest'
import { be16, be32, bytes } from '../../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../../test/support/scenario.ts'
import { expectationsOf, Talk } from '../../test/support/talk.ts'

const START = bytes(be32(7), be32(1))
const answer = (port: number, status = 0, zero = 0) => bytes(be32(status), be16(zero), be16(port), be32(0))

function after(request: Uint8Array, reply: Uint8Array): Scenario {
  const s = new Scenario({ port: 6566 })
  const talk = new Talk(s)
  talk.say('A', request)
  talk.say('B', reply)
  return s
}

describe('CONNTRACK.md 8.3: SANE', () => {
  it('the port that answers a start is expected', () => {
    expect(expectationsOf(after(START, answer(5555)))).toEqual([`${CLIENT}:0>${SERVER}:5555 class 0`])
  })

  it('a second answer raises none', () => {
    const s = new Scenario({ port: 6566 })
    const talk = new Talk(s)
    talk.say('A', START)
    talk.say('B', answer(5555))
    talk.say('B', answer(5556))
    expect(expectationsOf(s)).toEqual([`${CLIENT}:0>${SERVER}:5555 class 0`])
  })

  it.each([
    ['a request of nine bytes', bytes(START, 'x'), answer(5555), ''],
    ['another request', bytes(be32(6), be32(1)), answer(5555), ''],
    ['status 1', START, answer(5555, 1), 'SANE_REFUSED'],
    ['not zero', START, answer(5555, 0, 1), 'SANE_REFUSED'],
    ['an answer of seven bytes', START, answer(5555).subarray(0, 7), 'SANE_TOO_SHORT'],
  ])('%s: none', (_, request, reply, code) => {
    const s = after(request, reply)
    expect(s.expectations).toBe(0)
    if (code !== '') expect(s.whyCode).toBe(code)
  })
})
