import { describe, expect, it } from 'vitest'
import { icmp, ipv4, udp } from '../../../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../../../test/support/scenario.ts'

describe('CONNTRACK.md 5.3, 13 #60 to #63: ICMP', () => {
  it('#60 echo and its replies', () => {
    const s = new Scenario()
    const [ask, answer] = [
      { type: 8, id: 7 },
      { type: 0, id: 7 },
    ]
    const letters = s.icmp('A', ask) + s.icmp('A', ask) + s.icmp('B', answer) + s.icmp('B', answer) + s.icmp('A', ask)
    expect(letters).toBe('NNEEE')
    expect(s.entry).toBe('30')
    expect(s.icmp('B', { type: 0, id: 7, code: 1 })).toBe('I')
    expect(s.icmp('B', { type: 0, id: 8 })).toBe('I')
    expect(s.why).toBe('ICMP_NO_REQUEST: ICMP type 0 code 0 without the request that it would answer')
    expect(s.icmp('B', { type: 8, id: 7 })).toBe('N')
  })

  it('#61 only requests begin an entry', () => {
    const letters = Array.from({ length: 45 }, (_, type) => new Scenario().icmp('A', { type }))
    const starts = letters.flatMap((letter, type) => (letter === 'N' ? [type] : []))
    expect(starts).toEqual([8, 13, 15, 17])
    expect(letters.filter((letter) => letter === 'I')).toHaveLength(41)
  })

  const inner = (bytes = 28, o = {}) =>
    ipv4(udp({ srcPort: 1000, dstPort: 2000 }), { src: CLIENT, dst: SERVER, protocol: 17, ...o }).subarray(0, bytes)

  it.each([3, 4, 5, 11, 12])('#62 error %i about a known connection is RELATED and changes nothing', (type) => {
    const s = new Scenario()
    s.udp('A')
    expect(s.icmp('B', { type, src: '10.9.9.9', body: inner(24) })).toBe('R')
    expect(s.engine.verdict.dir).toBe(1)
    expect(s.counted).toEqual([1, 0])
    expect(s.entry).toBe('30')
    expect(s.why).toBe(`ICMP_ERROR: ICMP error type ${type} code 0 about connection 1`)
    expect(s.takeEvents()).toEqual(['NEW'])
    expect(s.udp('A')).toBe('N')
  })

  it.each([
    ['cut below the ports', inner(23), {}, 'ICMP_ERROR_INNER_SHORT'],
    ['another outer destination', inner(), { dst: '10.1.0.3' }, 'ICMP_ERROR_WRONG_ADDRESSEE'],
    ['unknown inside', ipv4(udp({ srcPort: 1, dstPort: 2 }), { src: CLIENT, dst: SERVER }), {}, 'ICMP_ERROR_UNKNOWN_CONNECTION'],
    ['a later fragment inside', inner(28, { fragOffset: 8 }), {}, 'ICMP_ERROR_INNER_FRAGMENT'],
    ['a header length beyond the packet', inner(28, { ihl: 15 }), {}, 'ICMP_ERROR_INNER_HEADER'],
    ['no whole header inside', inner(19), {}, 'ICMP_ERROR_INNER_SHORT'],
    ['an error about an error', ipv4(icmp({ type: 3 }), { src: CLIENT, dst: SERVER, protocol: 1 }), {}, 'ICMP_ERROR_INNER_NOT_INVERTIBLE'],
  ])('#62 %s: INVALID', (_, body, more, code) => {
    const s = new Scenario()
    s.udp('A')
    expect(s.icmp('B', { type: 3, body, ...more })).toBe('I')
    expect(s.whyCode).toBe(code)
  })

  it('#63 an error in the original direction', () => {
    const s = new Scenario()
    s.udp('A')
    const reply = ipv4(udp({ srcPort: 2000, dstPort: 1000 }), { src: SERVER, dst: CLIENT, protocol: 17 })
    expect(s.icmp('A', { type: 3, body: reply })).toBe('R')
    expect(s.engine.verdict.dir).toBe(0)
  })

  it.each([
    [() => new Scenario().l4('A', 1, [8, 0, 0, 0, 0, 7, 0]), 'too short'],
    [() => new Scenario().l4('A', 58, icmp({ type: 128 })), 'ICMPv6 in IPv4'],
    [() => new Scenario().l4v6('A', 1, icmp({ type: 8 })), 'ICMP in IPv6'],
    [() => new Scenario({ settings: { nf_conntrack_checksum: 1 } }).icmp('A'), 'wrong checksum'],
  ])('2.6 %#', (send) => {
    expect(send()).toBe('I')
  })
})

describe('CONNTRACK.md 5.4, 13 #64: ICMPv6', () => {
  it('#64 all types as first packet', () => {
    const s = new Scenario()
    const letters = Array.from({ length: 256 }, (_, type) => s.l4v6('A', 58, icmp({ type, id: type, body: new Uint8Array(40) })))
    const types = (letter: string) => letters.flatMap((l, type) => (l === letter ? [type] : []))
    expect(types('U')).toEqual([130, 131, 132, 133, 134, 135, 136, 143, 151, 152])
    expect(types('N')).toEqual([128, 139])
    expect(types('I')).toHaveLength(244)
  })

  it('echo and reply', () => {
    const s = new Scenario()
    expect(s.l4v6('A', 58, icmp({ type: 128 })) + s.l4v6('B', 58, icmp({ type: 129 }))).toBe('NE')
    expect(s.entry).toBe('30')
  })

  const redirect = (option: number[], inside: Uint8Array) =>
    icmp({ type: 137, body: [...new Uint8Array(32), ...option, ...new Uint8Array(6), ...inside] })
  const known = () => {
    const s = new Scenario()
    s.l4v6('A', 17, udp({ srcPort: 1, dstPort: 2 }))
    return s
  }
  const innerV6 = () => {
    const packet = Buffer.alloc(48)
    packet[0] = 0x60
    packet[6] = 17
    packet.set([0xfd], 8)
    packet[23] = 1
    packet.set([0xfd], 24)
    packet[39] = 2
    packet.set(udp({ srcPort: 1, dstPort: 2 }), 40)
    return packet
  }

  it('a good redirect is RELATED', () => {
    expect(known().l4v6('B', 58, redirect([4, 7], innerV6()), { hopLimit: 255, src: 'fe80::9' })).toBe('R')
  })

  it.each([
    ['hop limit', redirect([4, 7], innerV6()), { src: 'fe80::9' }, 'REDIRECT_HOP_LIMIT'],
    ['source', redirect([4, 7], innerV6()), { hopLimit: 255, src: 'fd00::9' }, 'REDIRECT_SOURCE'],
    ['too short', icmp({ type: 137, body: new Uint8Array(31) }), { hopLimit: 255, src: 'fe80::9' }, 'REDIRECT_TOO_SHORT'],
    ['no option', icmp({ type: 137, body: new Uint8Array(32) }), { hopLimit: 255, src: 'fe80::9' }, 'REDIRECT_OPTION'],
    ['another option first', redirect([2, 1], innerV6()), { hopLimit: 255, src: 'fe80::9' }, 'ICMPV6_NO_REQUEST'],
  ])('a redirect with a wrong %s is INVALID', (_, message, more, code) => {
    const s = known()
    expect(s.l4v6('B', 58, message, more)).toBe('I')
    expect(s.whyCode).toBe(code)
  })
})

describe('CONNTRACK.md 2.4, 13 #65: IPv6 headers', () => {
  it.each([0, 60, 43])('extension header %i before UDP is skipped', (type) => {
    expect(new Scenario().l4v6('A', type, [17, 0, 1, 4, 0, 0, 0, 0, ...udp()])).toBe('N')
  })
  it('no next header', () => {
    const s = new Scenario()
    expect(s.l4v6('A', 59, [])).toBe('I')
    expect(s.whyCode).toBe('IPV6_NO_NEXT_HEADER')
  })
  it('a chain past the end', () => {
    const s = new Scenario()
    expect(s.l4v6('A', 60, [60, 3, 1, 4, 0, 0, 0, 0])).toBe('I')
    expect(s.whyCode).toBe('IPV6_CHAIN_TRUNCATED')
  })
})

describe('CONNTRACK.md 5.6, 5.7, 13 #68, #69: GRE and generic', () => {
  it.each([50, 51, 33, 4, 41, 99, 255])('#68 protocol %i', (protocol) => {
    const s = new Scenario()
    expect(s.l4('A', protocol, [1]) + s.l4('B', protocol, []) + s.l4('A', protocol, [2])).toBe('NEE')
    expect(s.entry).toBe('600')
  })

  it('#69 GRE version 0 is one entry', () => {
    const s = new Scenario()
    const gre = [0, 0, 8, 0]
    expect(s.l4('A', 47, gre) + s.l4('B', 47, gre) + s.l4('A', 47, gre)).toBe('NEE')
    expect(s.entry).toBe('180 ASSURED')
  })

  it('#69 GRE version 1 without PPTP is one entry a direction', () => {
    const s = new Scenario()
    const ppp = [0x20, 1, 0x88, 0x0b, 0, 0, 0, 5]
    expect(s.l4('A', 47, ppp) + s.l4('B', 47, ppp)).toBe('NN')
    expect(s.entries).toBe(2)
    expect(s.l4('A', 47, [0x20, 1, 8, 0, 0, 0, 0, 5])).toBe('I')
    expect(s.whyCode).toBe('GRE_NOT_PPP')
  })
})
