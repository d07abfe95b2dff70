import { describe, expect, it } from 'vitest'
import { icmp, ipv4, ipv6, tcp, udp } from '../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../test/support/scenario.ts'
import { CtState, Reason } from './model/index.ts'

/** Seeded: a failure can be repeated. */
function lcg(seed: number): (below: number) => number {
  let x = seed
  return (below) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return Math.floor((x / 2 ** 32) * below)
  }
}

describe('an engine', () => {
  it('counts what went through', () => {
    const s = new Scenario()
    s.tcp('A:S1000')
    s.tcp('A:FA1', { aPort: 9 })
    s.ip(new Uint8Array(5))
    const { counters } = s.engine
    expect(counters.packets).toBe(3)
    expect(counters.bytes).toBe(40 + 40 + 5)
    expect([CtState.New, CtState.Invalid, CtState.None].map((state) => counters.states[state])).toEqual([1, 1, 1])
    expect(counters.reasons[Reason.TCP_FIRST_FIN]).toBe(1)
  })

  it('#66 tracks a datagram once, when its last fragment has come', () => {
    const s = new Scenario()
    const datagram = udp({ srcPort: 1, dstPort: 2, payload: new Uint8Array(32) })
    const part = (from: number, to: number, moreFragments: boolean) =>
      ipv4(datagram.subarray(from, to), { src: CLIENT, dst: SERVER, protocol: 17, id: 7, fragOffset: from, moreFragments })
    expect(s.ip(part(24, 40, false)) + s.ip(part(0, 24, true))).toBe('-N')
    expect(s.engine.tracker.table.bytes(s.engine.verdict.slot, 0)).toBe(60)
  })

  it('says that the kernel would have dropped a fragment which does not fit', () => {
    const s = new Scenario()
    const part = (fragOffset: number, length: number) =>
      ipv4(new Uint8Array(length), { src: CLIENT, dst: SERVER, protocol: 17, id: 7, fragOffset, moreFragments: true })
    s.ip(part(0, 16))
    expect(s.ip(part(8, 16))).toBe('-')
    expect(s.wouldDrop).toBe('fragment')
  })

  it('makes each interface a zone where it is told so', () => {
    const s = new Scenario({ engine: { zonePerInterface: true } })
    s.interfaceId = 3
    expect(s.udp('A')).toBe('N')
    expect(s.engine.tracker.table.zone(s.engine.verdict.slot)).toBe(3)
    s.interfaceId = 4
    expect(s.udp('B')).toBe('N')
    s.interfaceId = 3
    expect(s.udp('B')).toBe('E')
  })

  it('passes by what is too long for the device that it is to be compared with', () => {
    const s = new Scenario({ engine: { longestFrame: 50 } })
    expect(s.udp('A', { payload: new Uint8Array(22) })).toBe('N')
    expect(s.udp('A', { payload: new Uint8Array(23) })).toBe('-')
  })

  it('survives whatever comes, with a reason for each INVALID packet', () => {
    const random = lcg(11)
    const s = new Scenario({ port: 21 })
    const say = (side: 'A' | 'B') =>
      tcp({ srcPort: side === 'A' ? 4000 : 21, dstPort: side === 'A' ? 21 : 4000, seq: random(3000), ack: random(3000), flags: random(64), payload: ['PORT 10,1,0,2,19,137\r\n', '227 (10,2,0,2,19,140)\r\n', ''][random(3)]! }) // prettier-ignore
    const make = [
      () => ipv4(say('A'), { src: CLIENT, dst: SERVER, protocol: 6 }),
      () => ipv4(say('B'), { src: SERVER, dst: CLIENT, protocol: 6 }),
      () => ipv4(udp({ srcPort: random(4), dstPort: random(4) }), { protocol: [17, 136, 132, 47, 33][random(5)]! }),
      () => ipv4(icmp({ type: random(20), body: ipv4(udp(), { src: CLIENT }) }), { protocol: 1 }),
      () => ipv6(icmp({ type: random(256), body: ipv6(udp()) }), { nextHeader: 58 }),
      () => ipv6(udp(), { nextHeader: [17, 0, 43, 44, 51, 59, 60][random(7)]! }),
    ]
    let invalid = 0
    for (let n = 0; n < 10_000; n++) {
      let bytes = make[random(make.length)]!()
      for (let hits = random(4); hits > 0; hits--) bytes[random(bytes.length)] = random(256)
      if (random(10) === 0) bytes = bytes.subarray(0, random(bytes.length))
      s.ip(bytes)
      s.wait(random(200))
      if (random(50) === 0) s.expire()
      if (!s.isInvalid) continue
      invalid++
      expect(s.whyCode).not.toBe('NONE')
    }
    expect(invalid).toBeGreaterThan(1000)
    expect(s.entries).toBeLessThanOrEqual(1024)
    s.wait(1e9).expire()
    expect([s.entries, s.expectations]).toEqual([0, 0])
  }, 60_000)
})
