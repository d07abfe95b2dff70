import { describe, expect, it } from 'vitest'
import { udp } from '../../test/support/packet-builder.ts'
import { DecodeStatus } from './status.ts'
import { UdpHeader } from './udp.ts'

describe('UdpHeader', () => {
  const header = new UdpHeader()

  it('[2.6] takes a length shorter than the IP payload, and says what the datagram holds', () => {
    expect(header.decode(udp({ srcPort: 1, dstPort: 65535, payload: 'abcd', length: 10, checksum: 0xabcd }), 0, 12)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ srcPort: 1, dstPort: 65535, length: 10, checksum: 0xabcd, payloadAt: 8, payloadLen: 2 })
  })

  it.each([
    ['7 bytes', udp(), 7, DecodeStatus.Truncated],
    ['a length below 8', udp({ length: 7 }), 8, DecodeStatus.BadL4Header],
    ['a length of 0', udp({ length: 0 }), 8, DecodeStatus.BadL4Header],
    ['a length past the end', udp({ length: 9 }), 8, DecodeStatus.BadL4Header],
  ])('[2.6] refuses %s', (_, datagram, end, status) => {
    expect(header.decode(datagram, 0, end)).toBe(status)
  })

  it.each([
    ['no coverage: all', 0, 12],
    ['the header alone', 8, 8],
    ['all of it', 12, 12],
  ])('[2.6] UDP-Lite covers %s', (_, coverage, length) => {
    expect(header.decodeLite(udp({ payload: 'abcd', length: coverage, checksum: 1 }), 0, 12)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ length, payloadAt: 8, payloadLen: 4 })
  })

  it.each([
    ['7 bytes', { checksum: 1 }, 7, DecodeStatus.Truncated],
    ['a coverage of less than the header', { length: 7, checksum: 1 }, 8, DecodeStatus.BadL4Header],
    ['a coverage past the end', { length: 9, checksum: 1 }, 8, DecodeStatus.BadL4Header],
    ['no checksum', { length: 8, checksum: 0 }, 8, DecodeStatus.BadL4Header],
  ])('[2.6] UDP-Lite refuses %s', (_, options, end, status) => {
    expect(header.decodeLite(udp(options), 0, end)).toBe(status)
  })
})
