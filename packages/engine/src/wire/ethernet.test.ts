import { describe, expect, it } from 'vitest'
import { bytes, ethernet, ipv4, ipv6, pppoe, udp } from '../../test/support/packet-builder.ts'
import { ethernetPayload, EtherType, LINK_CUT, NOT_IP } from './ethernet.ts'

const ip = ipv4(udp())
const payloadAt = (frame: Uint8Array): number => ethernetPayload(frame, 0, frame.length)

describe('ethernetPayload', () => {
  it.each([
    ['IPv4', ethernet(ip), 14],
    ['IPv6', ethernet(ipv6(udp())), 14],
    ['802.1Q', ethernet(ip, { tags: [EtherType.Vlan] }), 18],
    ['QinQ', ethernet(ip, { tags: [EtherType.ServiceVlan, EtherType.Vlan] }), 22],
    ['QinQ as of old', ethernet(ip, { tags: [EtherType.OldServiceVlan, EtherType.Vlan] }), 22],
    ['three tags', ethernet(ip, { tags: [EtherType.Vlan, EtherType.Vlan, EtherType.Vlan] }), 26],
    ['PPPoE session', ethernet(pppoe(ip), { etherType: EtherType.PppoeSession }), 22],
    ['PPPoE session with IPv6', ethernet(pppoe(ipv6(udp())), { etherType: EtherType.PppoeSession }), 22],
    ['PPPoE session in a VLAN', ethernet(pppoe(ip), { etherType: EtherType.PppoeSession, tags: [EtherType.Vlan] }), 26],
  ])('finds IP in %s', (_, frame, at) => {
    expect(payloadAt(frame)).toBe(at)
  })

  it.each([
    ['ARP', ethernet(ip, { etherType: 0x0806 })],
    ['an 802.3 length', ethernet(ip, { etherType: ip.length })],
    ['PPP that is not IP', ethernet(pppoe(ip, { protocol: 0xc021 }), { etherType: EtherType.PppoeSession })],
    ['a PPPoE packet that is not session data', ethernet(pppoe(ip, { code: 0xa7 }), { etherType: EtherType.PppoeSession })],
    ['another PPPoE version', ethernet(bytes([0x21], pppoe(ip).subarray(1)), { etherType: EtherType.PppoeSession })],
    ['PPPoE discovery', ethernet(pppoe(ip), { etherType: 0x8863 })],
  ])('finds none in %s', (_, frame) => {
    expect(payloadAt(frame)).toBe(NOT_IP)
  })

  it.each([
    ['the header', ethernet(ip), 13],
    ['a tag', ethernet(ip, { tags: [EtherType.Vlan] }), 17],
    ['the second tag', ethernet(ip, { tags: [EtherType.Vlan, EtherType.Vlan] }), 21],
    ['the PPPoE header', ethernet(pppoe(ip), { etherType: EtherType.PppoeSession }), 21],
  ])('says that %s is cut off', (_, frame, length) => {
    expect(payloadAt(frame.subarray(0, length))).toBe(LINK_CUT)
  })

  it('looks at nothing before or behind the frame', () => {
    const padded = bytes(new Uint8Array(5), ethernet(ip, { tags: [EtherType.Vlan] }))
    expect(ethernetPayload(padded, 5, 5 + 18)).toBe(23)
    expect(ethernetPayload(padded, 5, 5 + 17)).toBe(LINK_CUT)
  })
})
