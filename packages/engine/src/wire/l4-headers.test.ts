import { describe, expect, it } from 'vitest'
import { bytes, icmp } from '../../test/support/packet-builder.ts'
import { GRE_PROTOCOL_PPP, GRE_VERSION_PPTP, GreHeader } from './gre.ts'
import { IcmpHeader } from './icmp.ts'
import { SctpChunk, SctpHeader } from './sctp.ts'
import { DecodeStatus } from './status.ts'

describe('IcmpHeader', () => {
  const header = new IcmpHeader()

  it('[2.5] reads type, code, identifier and where an inner packet stands', () => {
    const message = icmp({ type: 3, code: 1, id: 0xfffe, sequence: 2, body: 'inner' })
    expect(header.decode(message, 0, message.length)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ type: 3, code: 1, identifier: 0xfffe, sequence: 2, bodyAt: 8, bodyLen: 5 })
  })

  it('[2.5] needs eight bytes', () => {
    expect(header.decode(icmp(), 0, 8)).toBe(DecodeStatus.Ok)
    expect(header.decode(icmp(), 0, 7)).toBe(DecodeStatus.Truncated)
  })
})

describe('SctpHeader', () => {
  const header = new SctpHeader()
  const chunk = new SctpChunk()
  const packet = bytes([0x9c, 0x40, 0, 80], [0xff, 0, 0, 1], [1, 2, 3, 4], [1, 0, 0, 6, 9, 9, 0, 0], [14, 1, 0, 4], [0, 0])

  it('[2.6] reads ports and tag, and the checksum as CRC-32c is written', () => {
    expect(header.decode(packet, 0, packet.length)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ srcPort: 40000, dstPort: 80, verificationTag: 0xff000001, checksum: 0x04030201, chunksAt: 12 })
    expect(header.decode(packet, 0, 11)).toBe(DecodeStatus.Truncated)
  })

  it('[5.5] walks chunks by their length rounded up to four, to a rest of less than a header', () => {
    const seen: unknown[] = []
    for (let at = 12; chunk.decode(packet, at, packet.length) === DecodeStatus.Ok; at = chunk.nextAt) {
      seen.push([chunk.type, chunk.flags, chunk.length, chunk.bodyAt])
    }
    expect(seen).toEqual([
      [1, 0, 6, 16],
      [14, 1, 4, 24],
    ])
  })
})

describe('GreHeader', () => {
  const header = new GreHeader()
  const pptp = bytes([0x30, 0x01, 0x88, 0x0b], [0, 4, 0x12, 0x34])

  it('[5.6] has a call id in version 1 only', () => {
    expect(header.decode(pptp, 0, 8)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ version: GRE_VERSION_PPTP, protocol: GRE_PROTOCOL_PPP, callId: 0x1234 })
    expect(header.decode(bytes([0x20, 0, 8, 0], [1, 2, 3, 4]), 0, 8)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ version: 0, protocol: 0x0800, callId: 0 })
  })

  it('[5.6] needs four bytes, and eight of version 1', () => {
    expect(header.decode(pptp, 0, 3)).toBe(DecodeStatus.Truncated)
    expect(header.decode(pptp, 0, 7)).toBe(DecodeStatus.Truncated)
    expect(header.decode(bytes([0, 0, 8, 0]), 0, 4)).toBe(DecodeStatus.Ok)
  })
})
