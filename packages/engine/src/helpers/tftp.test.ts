import { describe, expect, it } from 'vitest'
import { be16, bytes } from '../../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../../test/support/scenario.ts'
import { expectationsOf } from '../../test/support/talk.ts'

const request = (opcode: number) => bytes(be16(opcode), 'file\0octet\0')
const toServer = (s: Scenario, payload: Uint8Array) => s.udp('A', { srcPort: 2000, dstPort: 69, payload })

describe('CONNTRACK.md 8.1: TFTP', () => {
  it('#81 RRQ, DATA from a new port, ACK', () => {
    const s = new Scenario()
    expect(toServer(s, request(1))).toBe('N')
    expect(s.takeEvents()).toEqual(['EXP_NEW', 'NEW HELPER'])
    expect(expectationsOf(s)).toEqual([`${SERVER}:0>${CLIENT}:2000 class 0`])
    expect(s.udp('B', { srcPort: 3333, dstPort: 2000 })).toBe('R')
    expect(s.takeEvents()).toEqual(['EXP_DESTROY met', 'NEW RELATED'])
    expect(s.udp('A', { srcPort: 2000, dstPort: 3333 })).toBe('E')
  })

  it('a repeated request restarts the expectation', () => {
    const s = new Scenario()
    toServer(s, request(2))
    s.takeEvents()
    toServer(s, request(2))
    expect(s.takeEvents()).toEqual(['EXP_DESTROY replaced', 'EXP_NEW'])
  })

  it.each([
    ['another opcode', request(3)],
    ['one byte', bytes([0])],
  ])('%s: nothing', (_, payload) => {
    const s = new Scenario()
    toServer(s, payload)
    expect(s.expectations).toBe(0)
  })

  it('a request may come from the server’s side too', () => {
    const s = new Scenario()
    toServer(s, request(5))
    s.udp('B', { srcPort: 69, dstPort: 2000, payload: request(1) })
    expect(expectationsOf(s)).toEqual([`${SERVER}:0>${CLIENT}:2000 class 0`])
  })
})
