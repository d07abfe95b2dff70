import { describe, expect, it } from 'vitest'
import { CLIENT, Scenario, SERVER } from '../../test/support/scenario.ts'
import { expectationsOf } from '../../test/support/talk.ts'

function after(reply: string): Scenario {
  const s = new Scenario()
  s.udp('A', { srcPort: 700, dstPort: 10080, payload: 'Amanda 2.4 REQ' })
  s.udp('B', { srcPort: 10080, dstPort: 700, payload: reply })
  return s
}
const expected = (port: number) => `${CLIENT}:0>${SERVER}:${port} class 0`

describe('CONNTRACK.md 8.4: Amanda', () => {
  it('each stream of a CONNECT line is expected, and the connection is kept 300 s', () => {
    const s = after('Amanda 2.4 REP\nCONNECT DATA 5001 MESG 5002 INDEX 5003\n')
    expect(expectationsOf(s)).toEqual([expected(5003), expected(5002), expected(5001)])
    expect(s.entry).toBe('300 HELPER')
  })

  it.each([
    ['port 0 ends it', 'CONNECT DATA 5001 MESG 0 INDEX 5003\n', [5001]],
    ['a port of 65536 is 0', 'CONNECT DATA 65536 MESG 5002\n', []],
    ['five digits are read', 'CONNECT DATA 700001\n', [4464]],
    ['DATA first, wherever it stands', 'CONNECT STATE 5004 DATA 5001\n', [5004, 5001]],
    ['a stream after the line', 'CONNECT DATA 5001\nMESG 5002\n', [5001]],
  ])('%s', (_, reply, ports) => {
    expect(expectationsOf(after(reply))).toEqual(ports.map(expected))
  })

  it('without a line end: none', () => {
    const s = after('CONNECT DATA 5001 MESG 5002')
    expect(s.expectations).toBe(0)
    expect(s.whyCode).toBe('AMANDA_NO_LINE_END')
  })

  it('a clash drops the packet, but what comes after it is raised', () => {
    const s = after('CONNECT DATA 5001\n')
    s.udp('A', { srcPort: 701, dstPort: 10080 })
    s.udp('B', { srcPort: 10080, dstPort: 701, payload: 'CONNECT DATA 5001 MESG 5002\n' })
    expect(s.wouldDrop).toBe('expect-clash')
    expect(expectationsOf(s)).toEqual([expected(5002), expected(5001)])
  })
})
