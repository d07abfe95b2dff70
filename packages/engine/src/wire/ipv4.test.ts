import { describe, expect, it } from 'vitest'
import { decoded } from '../../test/support/decoded.ts'
import { bytes, ipv4, ipv6, udp, type Ipv4Options } from '../../test/support/packet-builder.ts'
import { decodeInnerIpv4 } from './ipv4.ts'
import { Packet } from './packet.ts'
import { DecodeStatus } from './status.ts'

const nops = (count: number): number[] => new Array<number>(count).fill(1)

describe('IPv4 header', () => {
  it('[2.3] gives addresses, length, protocol and where L4 stands', () => {
    const p = decoded(ipv4(udp({ payload: 'abc' }), { src: '192.168.1.2', dst: '255.0.0.1', protocol: 99, ttl: 7, options: nops(8) }))
    expect(p).toMatchObject({
      status: DecodeStatus.Ok,
      l3: 4,
      l3At: 0,
      l3Len: 39,
      hopLimit: 7,
      l4: 99,
      l4At: 28,
      l4End: 39,
      isFragment: false,
    })
    expect([...p.address]).toEqual([0xc0a80102, 0, 0, 0, 0xff000001, 0, 0, 0])
  })

  it('leaves nothing of an IPv6 packet before it', () => {
    const p = decoded(ipv6(udp()))
    expect(decodeInnerIpv4(p, ipv4(udp(), { src: '1.2.3.4', dst: '5.6.7.8' }), 0, 28)).toBe(DecodeStatus.Ok)
    expect([...p.address]).toEqual([0x01020304, 0, 0, 0, 0x05060708, 0, 0, 0])
    expect(p).toMatchObject({ l3: 4, fragHeaderAt: 0, fragLinkAt: 0 })
  })

  it('[1.2] trims what lies behind the total length', () => {
    const p = decoded(bytes(ipv4(udp()), new Uint8Array(18)))
    expect(p).toMatchObject({ l3Len: 28, l4End: 28, capEnd: 46 })
  })

  const right: [string, Ipv4Options, number][] = [
    ['a total length of the header alone', { totalLength: 20 }, 0],
    ['options that say nothing sensible', { options: [7, 0, 0, 0] }, 8],
    ['a source route', { options: [0x83, 7, 4, 10, 0, 0, 1, 0] }, 8],
    ['a TTL of 0', { ttl: 0 }, 8],
    ['a source that is multicast', { src: '224.0.0.1' }, 8],
    ['any protocol', { protocol: 0 }, 8],
    ['a wrong checksum, when it is not looked at', { checksum: 1 }, 8],
  ]
  it.each(right)('[1.2] %s passes', (_, options, l4Len) => {
    const p = decoded(ipv4(udp(), options))
    expect(p.status).toBe(DecodeStatus.Ok)
    expect(p.l4End - p.l4At).toBe(l4Len)
  })

  const wrong: [string, Uint8Array, DecodeStatus][] = [
    ['19 bytes', ipv4([]).subarray(0, 19), DecodeStatus.Truncated],
    ['a single byte', ipv4([]).subarray(0, 1), DecodeStatus.Truncated],
    ['a header length below 5', ipv4(udp(), { ihl: 4 }), DecodeStatus.BadIpHeader],
    ['a header length past the frame', ipv4([], { ihl: 6 }), DecodeStatus.BadIpHeader],
    ['a total length below the header length', ipv4(udp(), { options: nops(8), totalLength: 24 }), DecodeStatus.BadIpHeader],
    ['a total length of 0', ipv4(udp(), { totalLength: 0 }), DecodeStatus.BadIpHeader],
    ['a total length past the frame', ipv4(udp(), { totalLength: 29 }), DecodeStatus.BadIpHeader],
  ]
  it.each(wrong)('[1.2] %s never reaches conntrack', (_, frame, status) => {
    expect(decoded(frame)).toMatchObject({ status, l3: 0 })
  })

  it('[1.2] refuses a wrong header checksum where it is asked to look', () => {
    expect(decoded(ipv4(udp()), { verifyIpChecksum: true }).status).toBe(DecodeStatus.Ok)
    expect(decoded(ipv4(udp(), { options: nops(40) }), { verifyIpChecksum: true }).status).toBe(DecodeStatus.Ok)
    expect(decoded(ipv4(udp(), { checksum: 1 }), { verifyIpChecksum: true }).status).toBe(DecodeStatus.BadIpChecksum)
  })

  const fragments: [string, Ipv4Options, Partial<Packet>][] = [
    ['more to come', { moreFragments: true }, { isFragment: true, fragMore: true, fragOffset: 0, l4: 17 }],
    [
      'from the middle',
      { moreFragments: true, fragOffset: 1480, id: 77 },
      { isFragment: true, fragMore: true, fragOffset: 1480, fragId: 77, l4: -1 },
    ],
    ['the last', { fragOffset: 65528 }, { isFragment: true, fragMore: false, fragOffset: 65528, l4: -1 }],
    ['one that must not be cut', { dontFragment: true }, { isFragment: false, l4: 17 }],
    ['DF and more to come', { dontFragment: true, moreFragments: true }, { isFragment: true, fragMore: true }],
  ]
  it.each(fragments)('[2.2] knows a fragment: %s', (_, options, expected) => {
    expect(decoded(ipv4(udp(), options))).toMatchObject(expected)
  })

  it('takes a TCP segment that offloading has not cut yet for as long as its frame', () => {
    const segment = ipv4(new Uint8Array(100_000), { protocol: 6, totalLength: 0 })
    expect(decoded(segment)).toMatchObject({ status: DecodeStatus.Ok, l3Len: 100_020, l4End: 100_020 })
    expect(decoded(ipv4(new Uint8Array(100_000), { protocol: 17, totalLength: 0 })).status).toBe(DecodeStatus.BadIpHeader)
    expect(decoded(ipv4(new Uint8Array(100_000), { protocol: 6, totalLength: 1500 })).status).toBe(DecodeStatus.BadIpHeader)
  })
})

describe('IPv4 header inside an ICMP error', () => {
  const inner = (b: Uint8Array): [DecodeStatus, Packet] => {
    const p = new Packet()
    return [decodeInnerIpv4(p, b, 0, b.length), p]
  }

  it('[5.3] needs all of the header, but does not believe its lengths', () => {
    const [status, p] = inner(ipv4(udp(), { totalLength: 1500, checksum: 1 }))
    expect(status).toBe(DecodeStatus.Ok)
    expect(p).toMatchObject({ l4: 17, l4At: 20, l4End: 28 })
    expect(inner(ipv4([]).subarray(0, 19))[0]).toBe(DecodeStatus.Truncated)
  })

  it('[2.3] has no tuple where the header length lies past the end, or of a later fragment', () => {
    expect(inner(ipv4(udp(), { ihl: 15 }))[1].l4).toBe(-1)
    expect(inner(ipv4(udp(), { fragOffset: 8 }))[1].l4).toBe(-1)
    expect(inner(ipv4(udp(), { moreFragments: true }))[1].l4).toBe(17)
  })
})
