import { describe, expect, it } from 'vitest'
import { PcapngBuilder, pcapngFile, type Frame } from '../../test/support/capture-builder.ts'
import { readFrames, withFile, type ReadResult } from '../../test/support/read-frames.ts'

const frame = (length: number, fill = 0x22): Uint8Array => new Uint8Array(length).fill(fill)
const read = (...blocks: Uint8Array[]): Promise<ReadResult> => withFile(Buffer.concat(blocks), readFrames)
const little = new PcapngBuilder()
const big = new PcapngBuilder({ bigEndian: true })

describe('pcapng files', () => {
  it.each([
    ['little-endian', little],
    ['big-endian', big],
  ])('%s: enhanced, old and simple packets', async (_, b) => {
    const result = await read(
      b.section(),
      b.interface({ linkType: 101 }),
      b.enhancedPacket({ data: frame(5), wireLen: 500 }, 1_700_000_000_123_456n),
      b.oldPacket({ data: frame(6) }, 1_700_000_001_000_000n),
      b.simplePacket({ data: frame(7) }),
    )
    expect(result.error).toBeUndefined()
    expect(result.frames).toEqual([
      { data: Buffer.from(frame(5)), time: 1_700_000_000_123_456_000n, wireLen: 500, linkType: 101, interfaceId: 0 },
      { data: Buffer.from(frame(6)), time: 1_700_000_001_000_000_000n, wireLen: 6, linkType: 101, interfaceId: 0 },
      { data: Buffer.from(frame(7)), time: 0n, wireLen: 7, linkType: 101, interfaceId: 0 },
    ])
  })

  it('keeps interfaces apart, each with its link type and clock, in the order of the file', async () => {
    const result = await read(
      little.section(),
      little.interface({ linkType: 1 }),
      little.interface({ linkType: 113, resolution: 9 }),
      little.interface({ linkType: 276, resolution: 0x8a, offsetSeconds: 1000n }),
      little.enhancedPacket({ data: frame(1), interfaceId: 1 }, 2_000_000_001n),
      little.enhancedPacket({ data: frame(2), interfaceId: 0 }, 2_000_000n),
      little.oldPacket({ data: frame(3), interfaceId: 2 }, 1024n + 256n),
      little.enhancedPacket({ data: frame(4), interfaceId: 2 }, 1024n),
    )
    expect(result.frames.map((f) => [f.data.length, f.interfaceId, f.linkType, f.time])).toEqual([
      [1, 1, 113, 2_000_000_001n],
      [2, 0, 1, 2_000_000_000n],
      [3, 2, 276, 1_001_250_000_000n],
      [4, 2, 276, 1_001_000_000_000n],
    ])
  })

  it('begins anew with each section, whatever its byte order', async () => {
    const result = await read(
      big.section(),
      big.interface({ linkType: 101 }),
      big.enhancedPacket({ data: frame(1) }, 1n),
      little.section(),
      little.interface({ linkType: 113 }),
      little.enhancedPacket({ data: frame(2) }, 2n),
      big.section(),
      big.enhancedPacket({ data: frame(3) }, 3n),
    )
    expect(result.frames.map((f) => [f.data.length, f.linkType])).toEqual([
      [1, 101],
      [2, 113],
    ])
    expect(result.error?.code).toBe('ERR_CAPTURE_FILE_CORRUPT')
    expect(result.error?.message).toContain('interface 0')
  })

  it('passes over blocks and options that it does not know, of any length', async () => {
    const packet = little.enhancedPacket({ data: frame(5) }, 1n)
    const options = frame(3 << 20, 0xff)
    const withOptions = little.block(6, Buffer.concat([packet.subarray(8, packet.length - 4), options]))
    const result = await read(
      little.section(),
      little.block(0x0bad, frame(5 << 20)),
      little.interface({ linkType: 101 }),
      little.block(5, frame(64)),
      withOptions,
      little.block(0x80000001, frame(1)),
      little.enhancedPacket({ data: frame(6) }, 2n),
    )
    expect(result.error).toBeUndefined()
    expect(result.frames.map((f) => [f.data.length, f.linkType])).toEqual([
      [5, 101],
      [6, 101],
    ])
  })

  it('takes of a simple packet what the snap length says that is there', async () => {
    const b = little
    const result = await read(
      b.section(),
      b.interface({ snapLength: 5 }),
      b.simplePacket({ data: frame(5), wireLen: 100 }),
      b.simplePacket({ data: frame(3) }),
    )
    expect(result.frames.map((f) => [f.data.length, f.wireLen])).toEqual([
      [5, 100],
      [3, 3],
    ])
  })

  it('keeps blocks over the borders of what is read at a time whole', async () => {
    const many = Array.from({ length: 4000 }, (_, i): Frame => ({ data: frame(1 + ((i * 7919) % 1500), i & 0xff) }))
    const result = await read(pcapngFile(many))
    expect(result.error).toBeUndefined()
    expect(result.frames).toHaveLength(many.length)
    expect(result.frames.every((f, i) => f.data.equals(many[i]!.data))).toBe(true)
  })

  it.each([
    ['inside a packet', 30],
    ['inside the header of a block', 4],
    ['before the end of its last block', -1],
  ])('reports a file that ends %s', async (_, length) => {
    const start = Buffer.concat([little.section(), little.interface(), little.enhancedPacket({ data: frame(9) }, 1n)])
    const last = little.enhancedPacket({ data: frame(9) }, 2n)
    const { frames, error } = await read(start, last.subarray(0, length))
    // A frame that is there is kept, though its block is not whole.
    expect(frames).toHaveLength(length < 0 ? 2 : 1)
    expect(error?.code).toBe('ERR_CAPTURE_FILE_CUT')
  })

  const start = Buffer.concat([little.section(), little.interface(), little.enhancedPacket({ data: frame(9) }, 1n)])
  const tooShort = Buffer.from([6, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  it.each([
    ['a block shorter than any', tooShort],
    ['a packet block without room for its fields', little.block(6, frame(16))],
    ['a frame longer than its block', little.block(6, Buffer.concat([frame(12, 0), Buffer.from([200, 0, 0, 0, 200, 0, 0, 0]), frame(4)]))],
    ['a simple packet of no interface', Buffer.concat([little.section(), little.simplePacket({ data: frame(1) })])],
    ['an interface block without room for its fields', little.block(1, frame(4))],
    ['a section without byte order', little.block(0x0a0d0d0a, frame(16))],
  ])('stops at %s and keeps what came before', async (_, block) => {
    const { frames, error } = await read(start, block, little.enhancedPacket({ data: frame(9) }, 2n))
    expect(frames).toHaveLength(1)
    expect(error?.code).toBe('ERR_CAPTURE_FILE_CORRUPT')
  })
})
