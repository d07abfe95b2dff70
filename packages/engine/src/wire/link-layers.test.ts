import { describe, expect, it } from 'vitest'
import { decoded } from '../../test/support/decoded.ts'
import { bytes, ethernet, ipv4, ipv6, linuxSll, linuxSll2, udp } from '../../test/support/packet-builder.ts'
import { LinkType } from '../capture/link-type.ts'
import { EtherType } from './ethernet.ts'
import { DecodeStatus } from './status.ts'

const v4 = ipv4(udp())
const v6 = ipv6(udp())
const tagged = bytes([0, 5], [0x08, 0x00], v4)

describe('FrameDecoder on every link type', () => {
  it.each([
    ['Ethernet', LinkType.Ethernet, ethernet(v4), 14, 4],
    ['Linux cooked v1', LinkType.LinuxSll, linuxSll(v4), 16, 4],
    ['Linux cooked v1 with a VLAN tag', LinkType.LinuxSll, linuxSll(tagged, EtherType.Vlan), 20, 4],
    ['Linux cooked v1 with IPv6', LinkType.LinuxSll, linuxSll(v6, EtherType.Ipv6), 16, 6],
    ['Linux cooked v2', LinkType.LinuxSll2, linuxSll2(v4), 20, 4],
    ['raw IP', LinkType.Raw, v4, 0, 4],
    ['raw IP with IPv6', LinkType.Raw, v6, 0, 6],
    ['raw IP by the number of Linux', LinkType.RawDlt, v4, 0, 4],
    ['raw IP by the number of OpenBSD', LinkType.RawOpenBsd, v4, 0, 4],
    ['raw IPv4', LinkType.Ipv4, v4, 0, 4],
    ['raw IPv6', LinkType.Ipv6, v6, 0, 6],
    ['null, little-endian', LinkType.Null, bytes([2, 0, 0, 0], v4), 4, 4],
    ['null, big-endian', LinkType.Null, bytes([0, 0, 0, 2], v4), 4, 4],
    ['null of FreeBSD with IPv6', LinkType.Null, bytes([28, 0, 0, 0], v6), 4, 6],
    ['loop', LinkType.Loop, bytes([0, 0, 0, 24], v6), 4, 6],
  ])('%s', (_, linkType, frame, l3At, l3) => {
    expect(decoded(frame, { linkType })).toMatchObject({ status: DecodeStatus.Ok, l3, l3At, l4: 17, wireLen: frame.length })
  })

  it('goes by the IP version, not by what the link header says of it', () => {
    expect(decoded(ethernet(v6, { etherType: EtherType.Ipv4 }), { linkType: LinkType.Ethernet }).l3).toBe(6)
    expect(decoded(v6, { linkType: LinkType.Ipv4 }).l3).toBe(6)
    expect(decoded(bytes([2, 0, 0, 0], v6), { linkType: LinkType.Null }).l3).toBe(6)
  })

  it('takes the interface index from Linux cooked v2', () => {
    expect(decoded(linuxSll2(v4, { ifIndex: 7 }), { linkType: LinkType.LinuxSll2 }).ifIndex).toBe(7)
    expect(decoded(linuxSll2(v4, { ifIndex: 7, etherType: 0x0806 }), { linkType: LinkType.LinuxSll2 })).toMatchObject({
      ifIndex: 7,
      l3: 0,
      status: DecodeStatus.NotIp,
    })
    expect(decoded(linuxSll(v4), { linkType: LinkType.LinuxSll }).ifIndex).toBe(0)
  })

  it.each([
    ['an unknown link type', 105, v4, DecodeStatus.UnknownLinkType],
    ['ARP', LinkType.LinuxSll, linuxSll(v4, 0x0806), DecodeStatus.NotIp],
    ['a cut Ethernet header', LinkType.Ethernet, ethernet(v4).subarray(0, 13), DecodeStatus.Truncated],
    ['a cut cooked header', LinkType.LinuxSll, linuxSll(v4).subarray(0, 15), DecodeStatus.Truncated],
    ['a cut cooked header of v2', LinkType.LinuxSll2, linuxSll2(v4).subarray(0, 19), DecodeStatus.Truncated],
    ['an Ethernet header alone', LinkType.Ethernet, ethernet([]), DecodeStatus.Truncated],
    ['no byte', LinkType.Raw, v4.subarray(0, 0), DecodeStatus.Truncated],
    ['an address family alone', LinkType.Null, [2, 0, 0, 0], DecodeStatus.Truncated],
    ['IP version 5', LinkType.Raw, bytes([0x55], v4.subarray(1)), DecodeStatus.BadIpHeader],
  ])('%s is not decoded', (_, linkType, frame, status) => {
    expect(decoded(bytes(frame), { linkType })).toMatchObject({ status, l3: 0 })
  })
})
