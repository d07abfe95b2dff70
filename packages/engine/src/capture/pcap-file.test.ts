import { describe, expect, it } from 'vitest'
import { pcapFile, type Frame } from '../../test/support/capture-builder.ts'
import { readFrames, withFile, type ReadResult } from '../../test/support/read-frames.ts'
import { bytes, ethernet, ipv4, udp } from '../../test/support/packet-builder.ts'
import { MAX_FRAME_LEN } from './capture-file-error.ts'

const frame = (length: number, fill = 0x11): Uint8Array => new Uint8Array(length).fill(fill)
const read = (file: Uint8Array): Promise<ReadResult> => withFile(file, readFrames)

describe('pcap files', () => {
  const frames: Frame[] = [
    { data: ethernet(ipv4(udp())), time: 1_700_000_000_123_456_789n },
    { data: frame(61), time: 1_700_000_001_000_000_001n, wireLen: 1500 },
    { data: frame(0), time: 4_294_967_295_999_999_999n },
  ]

  it.each([
    ['little-endian, microseconds', { bigEndian: false, nanoseconds: false }],
    ['big-endian, microseconds', { bigEndian: true, nanoseconds: false }],
    ['little-endian, nanoseconds', { bigEndian: false, nanoseconds: true }],
    ['big-endian, nanoseconds', { bigEndian: true, nanoseconds: true }],
  ])('%s', async (_, options) => {
    const result = await read(pcapFile(frames, { ...options, linkType: 113 }))
    expect(result.error).toBeUndefined()
    expect(result.frames.map((f) => f.data)).toEqual(frames.map((f) => Buffer.from(f.data)))
    expect(result.frames.map((f) => f.wireLen)).toEqual([42, 1500, 0])
    expect(result.frames.map((f) => f.linkType)).toEqual([113, 113, 113])
    const exact = frames.map((f) => f.time)
    expect(result.frames.map((f) => f.time)).toEqual(options.nanoseconds ? exact : exact.map((t) => (t! / 1000n) * 1000n))
  })

  it('carries a fraction of more than a second', async () => {
    const file = pcapFile([{ data: frame(1), time: 5_000_000_000n }])
    file.writeUInt32LE(2_500_000, 24 + 4)
    expect((await read(file)).frames[0]?.time).toBe(7_500_000_000n)
  })

  it('reads the link type without what its upper half says of the check sequence', async () => {
    expect((await read(pcapFile([{ data: frame(4) }], { linkType: 0xf4000001 }))).frames[0]?.linkType).toBe(1)
  })

  it('reads the longer record headers of old patched libpcaps', async () => {
    const plain = pcapFile([{ data: frame(5) }, { data: frame(6) }])
    const [header, first, second] = [plain.subarray(0, 24), plain.subarray(24, 45), plain.subarray(45)]
    const patched = bytes(
      [0x34, 0xcd, 0xb2, 0xa1],
      header.subarray(4),
      first.subarray(0, 16),
      frame(8),
      first.subarray(16),
      second.subarray(0, 16),
      frame(8),
      second.subarray(16),
    )
    const result = await read(patched)
    expect(result.frames.map((f) => f.data.length)).toEqual([5, 6])
    expect(result.error).toBeUndefined()
  })

  it('has no frames and no error where there is only a header', async () => {
    expect(await read(pcapFile([]))).toEqual({ frames: [], batches: 0, error: undefined })
  })

  it('keeps records over the borders of blocks and batches whole', async () => {
    const many = Array.from({ length: 4000 }, (_, i): Frame => ({ data: frame(1 + ((i * 7919) % 1500), i & 0xff) }))
    const result = await read(pcapFile(many))
    expect(result.error).toBeUndefined()
    expect(result.frames).toHaveLength(many.length)
    expect(result.frames.every((f, i) => f.data.equals(many[i]!.data))).toBe(true)
  })

  it('reads frames of the greatest length', async () => {
    const result = await read(pcapFile([{ data: frame(MAX_FRAME_LEN, 1) }, { data: frame(3, 2) }, { data: frame(MAX_FRAME_LEN, 3) }]))
    expect(result.frames.map((f) => [f.data.length, f.data[0]])).toEqual([
      [MAX_FRAME_LEN, 1],
      [3, 2],
      [MAX_FRAME_LEN, 3],
    ])
  })

  it('stops at a length that cannot be, keeps what came before and says where', async () => {
    const file = pcapFile([{ data: frame(10) }, { data: frame(10) }])
    file.writeUInt32LE(MAX_FRAME_LEN + 1, 24 + 26 + 8)
    const { frames, error } = await read(file)
    expect(frames).toHaveLength(1)
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_FILE_CORRUPT' })
    expect(error?.message).toContain('at byte 50')
  })

  it.each([1, 15, 16, 25])('reports a last record of which %i bytes are there', async (length) => {
    const whole = pcapFile([{ data: frame(10) }, { data: frame(10) }])
    const { frames, error } = await read(whole.subarray(0, 50 + length))
    expect(frames).toHaveLength(1)
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_FILE_CUT' })
    expect(error?.message).toContain('byte 50')
  })
})
