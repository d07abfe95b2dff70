import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decoded } from '../../test/support/decoded.ts'
import { framesOf } from '../../test/support/read-frames.ts'
import {
  bytes,
  ethernet,
  extensionHeader,
  fragmentHeader,
  icmp,
  ipv4,
  ipv6,
  linuxSll2,
  pppoe,
  tcp,
  udp,
} from '../../test/support/packet-builder.ts'
import { LinkType } from '../capture/link-type.ts'
import { FrameDecoder } from './decode.ts'
import { GreHeader } from './gre.ts'
import { IcmpHeader } from './icmp.ts'
import { Packet } from './packet.ts'
import { SctpHeader } from './sctp.ts'
import { DecodeStatus } from './status.ts'
import { TcpHeader } from './tcp.ts'
import { UdpHeader } from './udp.ts'

describe('a frame that the snap length cut', () => {
  const segment = ipv4(tcp({ payload: 'x'.repeat(100) }), { protocol: 6 })
  const frame = ethernet(segment)

  it('reads as if zeros were in the place of what is missing', () => {
    const p = decoded(frame.subarray(0, 60), { linkType: LinkType.Ethernet, wireLen: frame.length })
    expect(p).toMatchObject({ status: DecodeStatus.Ok, wireLen: frame.length, l3Len: 140, l4: 6 })
    expect(p.capEnd - p.l3At).toBe(60 - 14)
    const read = Buffer.from(p.bytes.subarray(p.l3At, p.l3At + p.l3Len))
    expect(read).toEqual(bytes(segment.subarray(0, 46), new Uint8Array(94)))
  })

  it.each([20, 41, 42, 43, 44, 300, 301, 1000])('is copied whole: %i bytes of it', (length) => {
    const long = ipv4(Uint8Array.from({ length: 1400 }, (_, i) => i ^ (i >> 8)))
    const at = 3
    const p = new Packet()
    const frames = [bytes([9, 9, 9], long.subarray(0, length), [9, 9, 9]), bytes([9, 9, 9], long.subarray(0, length))]
    const decoder = new FrameDecoder()
    for (const b of frames) {
      decoder.decode(p, LinkType.Raw, b, at, length, long.length)
      expect(Buffer.from(p.bytes.subarray(p.l3At, p.l3At + p.l3Len))).toEqual(
        bytes(long.subarray(0, length), new Uint8Array(1420 - length)),
      )
    }
  })

  it('has no bytes of the frame before it', () => {
    const decoder = new FrameDecoder()
    const p = new Packet()
    decoder.decode(p, LinkType.Ethernet, frame, 0, 150, frame.length)
    decoder.decode(p, LinkType.Ethernet, frame, 0, 40, frame.length)
    expect(Buffer.from(p.bytes.subarray(p.l3At + 26, p.l3At + p.l3Len)).every((byte) => byte === 0)).toBe(true)
  })

  it('needs one byte of IP', () => {
    expect(decoded(frame.subarray(0, 14), { linkType: LinkType.Ethernet, wireLen: 154 }).status).toBe(DecodeStatus.Truncated)
    // Its total length is zeros, which no packet has.
    expect(decoded(frame.subarray(0, 15), { linkType: LinkType.Ethernet, wireLen: 154 }).status).toBe(DecodeStatus.BadIpHeader)
  })

  it('may end within the IP header', () => {
    expect(decoded(segment.subarray(0, 18), { wireLen: 140 })).toMatchObject({ status: DecodeStatus.Ok, l4: 6, l4At: 20, capEnd: 18 })
  })

  it('is not cut at a wire length that lies below what was captured', () => {
    expect(decoded(segment, { wireLen: 10 })).toMatchObject({ status: DecodeStatus.Ok, l3Len: 140, wireLen: 10 })
  })

  it('is refused where it claims to be longer than any link carries', () => {
    expect(decoded(segment.subarray(0, 60), { wireLen: 0xffffffff }).status).toBe(DecodeStatus.BadIpHeader)
  })
})

describe('decodeRecord', () => {
  it('takes time, lengths and the interface from the batch, and goes on to the next record', () => {
    const first = ipv4(udp({ payload: 'a' }))
    const second = ipv4(udp({ payload: 'bc' }))
    const record = (data: Buffer, seconds: number, nanoseconds: number, wireLen: number): Buffer =>
      Buffer.concat([
        Buffer.from(new Uint32Array([seconds, nanoseconds, data.length, wireLen]).buffer),
        data,
        new Uint8Array(-data.length & 3),
      ])
    const buffer = Buffer.concat([record(first, 0xf0000000, 999_999_999, 29), record(second, 2, 1, 1000)])
    const batch = { buffer, length: buffer.length, count: 2, linkType: LinkType.Raw, interfaceId: 3 }
    expect(framesOf(batch)).toHaveLength(2)
    const decoder = new FrameDecoder()
    const p = new Packet()
    const next = decoder.decodeRecord(p, batch, 0)
    expect(p).toMatchObject({ seconds: 0xf0000000, nanoseconds: 999_999_999, wireLen: 29, ifIndex: 3, l3Len: 29, status: DecodeStatus.Ok })
    expect(decoder.decodeRecord(p, batch, next)).toBe(buffer.length)
    expect(p).toMatchObject({ seconds: 2, nanoseconds: 1, wireLen: 1000, l3Len: 30, status: DecodeStatus.Ok })
  })
})

const options = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7]
const v6chain = bytes(extensionHeader(43), extensionHeader(44), fragmentHeader(60), extensionHeader(17), udp({ payload: 'abc' }))
const SAMPLES: [string, number, Buffer][] = [
  ['TCP with options', LinkType.Ethernet, ethernet(ipv4(tcp({ options, payload: 'GET' }), { protocol: 6, options: [1, 1, 1, 0] }))],
  [
    'UDP in QinQ and PPPoE',
    LinkType.Ethernet,
    ethernet(pppoe(ipv4(udp({ payload: 'abc' }))), { etherType: 0x8864, tags: [0x88a8, 0x8100] }),
  ],
  ['ICMP error on cooked v2', LinkType.LinuxSll2, linuxSll2(ipv4(icmp({ type: 3, body: ipv4(udp()) }), { protocol: 1 }))],
  ['IPv6 with every extension header', LinkType.Raw, ipv6(v6chain, { nextHeader: 0 })],
  ['SCTP', LinkType.Null, bytes([2, 0, 0, 0], ipv4(new Uint8Array(28), { protocol: 132 }))],
  ['GRE', LinkType.Raw, ipv4([0x30, 1, 0x88, 0x0b, 0, 0, 0, 1], { protocol: 47 })],
]
const READERS = [new TcpHeader(), new UdpHeader(), new IcmpHeader(), new SctpHeader(), new GreHeader()]

/** What every later stage relies on; and that no header reader throws. */
function expectConsistent(p: Packet): void {
  if (p.status !== DecodeStatus.Ok) {
    expect(p.l3).toBe(0)
    return
  }
  expect([4, 6]).toContain(p.l3)
  expect(p.l3Len).toBeGreaterThanOrEqual(p.l3 === 4 ? 20 : 40)
  expect(p.l3At + p.l3Len).toBeLessThanOrEqual(p.bytes.length)
  expect(p.l4End).toBe(p.l3At + p.l3Len)
  expect(p.capEnd).toBeGreaterThan(p.l3At)
  for (const reader of READERS) {
    const status = reader.decode(p.bytes, p.l4At, p.l4End)
    if (status === DecodeStatus.Ok) expect(Object.values(reader).every(Number.isInteger)).toBe(true)
  }
}

describe('any bytes whatever', () => {
  it.each(SAMPLES)('%s, cut at every length', (_, linkType, frame) => {
    for (let length = 0; length <= frame.length; length++) {
      expectConsistent(decoded(frame.subarray(0, length), { linkType }))
      expectConsistent(decoded(frame.subarray(0, length), { linkType, wireLen: frame.length }))
    }
    expect(decoded(frame, { linkType }).status).toBe(DecodeStatus.Ok)
  })

  it.each(SAMPLES)('%s, with bytes changed', (_, linkType, frame) => {
    const decoder = new FrameDecoder({ verifyIpChecksum: false })
    const p = new Packet()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(frame.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(2000), (changes, extraLen) => {
        const changed = Buffer.from(frame)
        for (const [at, value] of changes) changed[at] = value
        decoder.decode(p, linkType, changed, 0, changed.length, changed.length + extraLen)
        expectConsistent(p)
      }),
      { numRuns: 300 },
    )
  })

  it('noise', () => {
    const decoder = new FrameDecoder()
    const p = new Packet()
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(LinkType)), fc.uint8Array({ maxLength: 120 }), (linkType, noise) => {
        decoder.decode(p, linkType, noise, 0, noise.length, noise.length)
        expectConsistent(p)
      }),
      { numRuns: 2000 },
    )
  })
})
