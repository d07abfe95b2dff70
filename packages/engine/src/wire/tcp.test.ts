import { describe, expect, it } from 'vitest'
import { bytes, tcp } from '../../test/support/packet-builder.ts'
import { DecodeStatus } from './status.ts'
import { TcpFlag, TcpHeader } from './tcp.ts'

describe('TcpHeader', () => {
  const header = new TcpHeader()

  it('[4.2] reads every field, unsigned', () => {
    const segment = tcp({
      srcPort: 65535,
      dstPort: 21,
      seq: 0xfffffff0,
      ack: 0x80000000,
      flags: TcpFlag.Syn | TcpFlag.Ack | TcpFlag.Cwr,
      window: 65535,
      options: [2, 4, 5, 0xb4],
      payload: 'USER',
    })
    expect(header.decode(bytes([9, 9], segment, [9]), 2, 2 + segment.length)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({
      srcPort: 65535,
      dstPort: 21,
      seq: 0xfffffff0,
      ack: 0x80000000,
      flags: 0x92,
      window: 65535,
      optionsAt: 22,
      payloadAt: 26,
      payloadLen: 4,
    })
  })

  it('[2.6] takes a header alone and one of sixty bytes', () => {
    expect(header.decode(tcp(), 0, 20)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ optionsAt: 20, payloadAt: 20, payloadLen: 0 })
    expect(header.decode(tcp({ options: new Uint8Array(40) }), 0, 60)).toBe(DecodeStatus.Ok)
    expect(header).toMatchObject({ optionsAt: 20, payloadAt: 60, payloadLen: 0 })
  })

  it.each([
    ['19 bytes', tcp(), 19, DecodeStatus.Truncated],
    ['an L4 offset past the end', tcp(), -8, DecodeStatus.Truncated],
    ['a data offset below 5', tcp({ dataOffset: 4 }), 20, DecodeStatus.BadL4Header],
    ['a data offset past the end', tcp({ dataOffset: 6 }), 23, DecodeStatus.BadL4Header],
  ])('[2.6] refuses %s', (_, segment, end, status) => {
    expect(header.decode(segment, 0, end)).toBe(status)
  })
})
