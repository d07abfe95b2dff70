import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PcapngBuilder, pcapFile, pcapngFile, type Frame } from '../../test/support/capture-builder.ts'
import { readFrames, withFile } from '../../test/support/read-frames.ts'
import { EngineError } from '../errors.ts'

const frames = Array.from({ length: 8 }, (_, i): Frame => ({ data: new Uint8Array(40 + i).fill(i), wireLen: 100 }))
const b = new PcapngBuilder({ bigEndian: true })
const SAMPLES: [string, Buffer][] = [
  ['pcap', pcapFile(frames)],
  ['big-endian pcap with nanoseconds', pcapFile(frames, { bigEndian: true, nanoseconds: true })],
  ['pcapng', pcapngFile(frames)],
  [
    'pcapng with everything',
    Buffer.concat([
      b.section(),
      b.interface({ resolution: 0xff, offsetSeconds: -1n }),
      b.interface({ resolution: 9, linkType: 113 }),
      ...frames.map((frame, i) => b.enhancedPacket({ ...frame, interfaceId: i & 1 }, BigInt(i) << 40n)),
      b.block(4, new Uint8Array(50)),
      ...frames.map((frame) => b.oldPacket(frame, 7n)),
      ...frames.map((frame) => b.simplePacket(frame)),
      pcapngFile(frames),
    ]),
  ],
  ['packed pcap', gzipSync(pcapFile(frames))],
]

/** A broken file may be refused, or end with a coded error; and it gives no more than it can hold. */
async function expectHandled(content: Uint8Array): Promise<void> {
  await withFile(content, async (path) => {
    try {
      const { frames: read, error } = await readFrames(path)
      expect(error === undefined || error instanceof EngineError).toBe(true)
      for (const frame of read) {
        expect(frame.time % 1_000_000_000n).toBeGreaterThanOrEqual(0n)
        expect(frame.data.length).toBeLessThanOrEqual(content.length)
      }
    } catch (error) {
      expect(error).toBeInstanceOf(EngineError)
    }
  })
}

// Each run makes a file of its own, which a busy machine takes its time for.
describe('broken capture files', { timeout: 30_000 }, () => {
  it.each(SAMPLES)('%s, cut at sixty lengths, keeps what is whole', async (_, whole) => {
    let kept = 0
    for (let i = 0; i < 60; i++) {
      const length = Math.floor((whole.length * i) / 60)
      await withFile(whole.subarray(0, length), async (path) => {
        const result = await readFrames(path).catch((error: unknown) => error)
        if (result instanceof EngineError) return
        const { frames: read, error } = result as Awaited<ReturnType<typeof readFrames>>
        expect(error === undefined || error.code === 'ERR_CAPTURE_FILE_CUT').toBe(true)
        expect(read.length).toBeGreaterThanOrEqual(kept)
        kept = read.length
      })
    }
    expect(kept).toBeGreaterThan(0)
  })

  it.each(SAMPLES)('%s, with bytes changed, never throws anything else and never hangs', async (_, whole) => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const changed = Buffer.from(whole)
        for (const [at, value] of changes) changed[at] = value
        await expectHandled(changed)
      }),
      { numRuns: 40 },
    )
  })

  it.each(SAMPLES)('%s, followed by noise', async (_, whole) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        await expectHandled(Buffer.concat([whole, noise]))
      }),
      { numRuns: 15 },
    )
  })
})
