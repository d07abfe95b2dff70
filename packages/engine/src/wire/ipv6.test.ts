import { describe, expect, it } from 'vitest'
import { decoded } from '../../test/support/decoded.ts'
import { bytes, extensionHeader, fragmentHeader, ipv6, udp, type Bytes } from '../../test/support/packet-builder.ts'
import { NextHeader } from './ipv6-ext.ts'
import { decodeInnerIpv6 } from './ipv6.ts'
import { Packet } from './packet.ts'
import { DecodeStatus } from './status.ts'

const UDP = 17
/** A number without a tracker. */
const GENERIC = 99
const { HopByHop, Routing, Fragment, Authentication, None, DestinationOptions } = NextHeader
const chain = (nextHeader: number, ...parts: Bytes[]): Packet => decoded(ipv6(bytes(...parts), { nextHeader }))

describe('IPv6 header', () => {
  it('[2.4] gives addresses, length, protocol and where L4 stands', () => {
    const p = decoded(ipv6(udp({ payload: 'abc' }), { src: 'fe80::1', dst: '2001:db8:1:2:3:4:5:6', hopLimit: 255 }))
    expect(p).toMatchObject({
      status: DecodeStatus.Ok,
      l3: 6,
      l3At: 0,
      l3Len: 51,
      hopLimit: 255,
      l4: UDP,
      l4At: 40,
      l4End: 51,
      isFragment: false,
    })
    expect([...p.address]).toEqual([0xfe800000, 0, 0, 1, 0x20010db8, 0x00010002, 0x00030004, 0x00050006])
  })

  it('[1.2] trims what lies behind the payload length', () => {
    expect(decoded(bytes(ipv6(udp()), [0, 0]))).toMatchObject({ l3Len: 48, l4End: 48 })
    expect(decoded(ipv6(udp(), { payloadLength: 0 }))).toMatchObject({ status: DecodeStatus.Ok, l3Len: 40, l4: UDP, l4At: 40, l4End: 40 })
  })

  it.each([
    ['39 bytes', ipv6([]).subarray(0, 39), DecodeStatus.Truncated],
    ['a payload length past the frame', ipv6(udp(), { payloadLength: 9 }), DecodeStatus.BadIpHeader],
  ])('[1.2] %s never reaches conntrack', (_, frame, status) => {
    expect(decoded(frame)).toMatchObject({ status, l3: 0 })
  })

  it('takes a TCP segment that offloading has not cut yet for as long as its frame', () => {
    const payload = new Uint8Array(100_000)
    expect(decoded(ipv6(payload, { nextHeader: 6, payloadLength: 0 }))).toMatchObject({ status: DecodeStatus.Ok, l3Len: 100_040 })
    expect(decoded(ipv6(payload, { nextHeader: UDP, payloadLength: 0 })).status).toBe(DecodeStatus.BadIpHeader)
    const jumbo = extensionHeader(6, [0xc2, 4, 0, 1, 0x86, 0xa8])
    expect(decoded(ipv6(bytes(jumbo, payload), { nextHeader: HopByHop, payloadLength: 0 }))).toMatchObject({
      status: DecodeStatus.Ok,
      l3Len: 100_048,
      l4: 6,
      l4At: 48,
    })
  })
})

describe('[1.2] hop-by-hop options', () => {
  const options = (...list: number[]): Packet => chain(HopByHop, extensionHeader(UDP, list), udp())

  it.each([
    ['Pad1', [0, 0, 0, 0, 0, 0]],
    ['PadN', [1, 4, 0, 0, 0, 0]],
    ['PadN that is not zeros', [1, 4, 0, 1, 0, 0]],
    ['an unknown one that asks to be dropped for', [0xde, 4, 0, 0, 0, 0]],
    ['router alert of a wrong length', [5, 3, 0, 0, 0, 0]],
  ])('%s passes', (_, list) => {
    expect(options(...list)).toMatchObject({ status: DecodeStatus.Ok, l4: UDP, l4At: 48 })
  })

  it.each([
    ['an option past the end', [1, 5, 0, 0, 0, 0]],
    ['a type without length at the end', [1, 3, 0, 0, 0, 5]],
    ['a jumbo option where the payload length is not 0', [0xc2, 4, 0, 1, 0, 1]],
    ['a jumbo option of a wrong length', [0, 0, 0xc2, 2, 0, 1]],
  ])('%s never reaches conntrack', (_, list) => {
    expect(options(...list).status).toBe(DecodeStatus.BadIpHeader)
  })

  it.each([
    ['past the frame', [UDP, 9, 1, 4, 0, 0, 0, 0]],
    ['of two bytes', [GENERIC, 0]],
    ['of one byte', [GENERIC]],
    ['announced only', []],
  ])('a header %s never reaches conntrack', (_, header) => {
    expect(chain(HopByHop, header).status).toBe(DecodeStatus.BadIpHeader)
  })

  it('judges them also where the payload length ends before them', () => {
    const beyond = (list: number[], payloadLength: number): Packet =>
      decoded(ipv6(extensionHeader(GENERIC, list), { nextHeader: HopByHop, payloadLength }))
    expect(beyond([1, 12, ...new Array<number>(12).fill(0)], 8)).toMatchObject({
      status: DecodeStatus.Ok,
      l4: GENERIC,
      l4At: 56,
      l4End: 48,
    })
    expect(beyond([0xc2, 4, 0, 1, 0, 1], 4).status).toBe(DecodeStatus.BadIpHeader)
    expect(beyond([0xc2, 4, 0, 0, 0, 8], 0).status).toBe(DecodeStatus.BadIpHeader)
    expect(beyond([1, 4, 0, 0, 0, 0], 0)).toMatchObject({ status: DecodeStatus.Ok, l4: -1 })
  })

  it('are not looked at further down the chain', () => {
    expect(chain(DestinationOptions, extensionHeader(HopByHop), extensionHeader(UDP, [1, 5, 0, 0, 0, 0]), udp())).toMatchObject({
      l4: UDP,
      l4At: 56,
    })
  })
})

describe('[2.4] extension headers', () => {
  const ah = (nextHeader: number, words: number): number[] => [nextHeader, words - 2, ...new Array<number>(4 * words - 2).fill(0)]

  it.each([
    ['destination options', DestinationOptions, [extensionHeader(UDP), udp()], UDP, 48],
    ['routing', Routing, [extensionHeader(UDP), udp()], UDP, 48],
    ['authentication', Authentication, [ah(UDP, 6), udp()], UDP, 64],
    [
      'all in a row',
      HopByHop,
      [extensionHeader(Routing), extensionHeader(Authentication), ah(DestinationOptions, 3), extensionHeader(UDP), udp()],
      UDP,
      76,
    ],
    ['ESP is L4', 50, [udp()], 50, 40],
    ['mobility is L4', 135, [extensionHeader(UDP), udp()], 135, 40],
    ['a fragment header alone in its datagram', Fragment, [fragmentHeader(UDP), udp()], UDP, 48],
    ['two fragment headers', Fragment, [fragmentHeader(Fragment), fragmentHeader(UDP), udp()], UDP, 56],
    ['a last header that ends with the packet', DestinationOptions, [extensionHeader(GENERIC)], GENERIC, 48],
    ['a last header that points past it', DestinationOptions, [[GENERIC, 255]], GENERIC, 40 + 2048],
    ['an authentication header that points past it', Authentication, [[GENERIC, 1]], GENERIC, 52],
  ])('%s', (_, first, parts, l4, l4At) => {
    expect(chain(first, ...parts)).toMatchObject({ status: DecodeStatus.Ok, l4, l4At })
  })

  it.each([
    ['no next header', None, [udp()]],
    ['no next header behind another', DestinationOptions, [extensionHeader(None), udp()]],
    ['one byte of a header', DestinationOptions, [[UDP]]],
    ['no byte of a header', DestinationOptions, []],
    ['a header behind one that points past the end', DestinationOptions, [[DestinationOptions, 255]]],
    ['a later fragment', Fragment, [fragmentHeader(UDP, { offset: 8 }), udp()]],
    ['a second fragment header that says so', Fragment, [fragmentHeader(Fragment), fragmentHeader(UDP, { offset: 8 }), udp()]],
  ])('%s: no protocol is found', (_, first, parts) => {
    expect(chain(first, ...parts)).toMatchObject({ status: DecodeStatus.Ok, l3: 6, l4: -1 })
  })

  it('[2.2] notes the first fragment header and what announces it', () => {
    const p = chain(DestinationOptions, extensionHeader(Fragment), fragmentHeader(UDP, { offset: 1448, more: true, id: 0xdeadbeef }), udp())
    expect(p).toMatchObject({ isFragment: true, fragHeaderAt: 48, fragLinkAt: 40, fragOffset: 1448, fragMore: true, fragId: 0xdeadbeef })
    expect(chain(Fragment, fragmentHeader(UDP), udp())).toMatchObject({
      isFragment: true,
      fragHeaderAt: 40,
      fragLinkAt: 6,
      fragOffset: 0,
      fragMore: false,
    })
    const second = chain(Fragment, fragmentHeader(Fragment, { id: 5 }), fragmentHeader(UDP, { offset: 8, id: 6 }), udp())
    expect(second).toMatchObject({ fragHeaderAt: 40, fragOffset: 0, fragId: 5 })
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('[2.2] notes a fragment header of which there are only %i bytes', (length) => {
    const p = chain(DestinationOptions, extensionHeader(Fragment), fragmentHeader(GENERIC, { id: 9 }).subarray(0, length))
    expect(p).toMatchObject({ isFragment: true, fragHeaderAt: 48, fragId: 0, l4: length < 4 ? -1 : GENERIC })
  })

  it('[2.2] sees no fragment where the payload length is 0 or the chain ends before', () => {
    expect(decoded(ipv6(bytes(fragmentHeader(UDP), udp()), { nextHeader: Fragment, payloadLength: 0 }))).toMatchObject({
      isFragment: false,
      l4: -1,
    })
    expect(chain(50, fragmentHeader(UDP), udp()).isFragment).toBe(false)
    expect(chain(None, fragmentHeader(UDP), udp()).isFragment).toBe(false)
    expect(chain(DestinationOptions, [Fragment, 255]).isFragment).toBe(false)
  })
})

describe('IPv6 header inside an ICMPv6 error', () => {
  it('[5.3] needs all of the header, but does not believe its length', () => {
    const p = new Packet()
    const inner = ipv6(udp(), { payloadLength: 1400 })
    expect(decodeInnerIpv6(p, inner, 0, inner.length)).toBe(DecodeStatus.Ok)
    expect(p).toMatchObject({ l3: 6, l4: UDP, l4At: 40, l4End: 48 })
    expect(decodeInnerIpv6(p, inner, 0, 39)).toBe(DecodeStatus.Truncated)
  })
})
