import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pcapFile, pcapngFile, type Frame } from '../../test/support/capture-builder.ts'
import { framesOf, readFrames, withFile, type ReadFrame } from '../../test/support/read-frames.ts'
import { openCaptureFile, readCaptureFile } from './file.ts'
import type { CaptureSource } from './source.ts'

const frames = (count: number, length = 100): Frame[] => Array.from({ length: count }, (_, i) => ({ data: new Uint8Array(length).fill(i) }))
/** As noise, which gzip cannot pack. */
function noise(count: number): Frame[] {
  let state = 1
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
  return frames(count, 1000).map((f) => ({ data: f.data.map(next) }))
}

/** For comparison: thousands of small buffers take long to compare one by one. */
const joined = (list: readonly ReadFrame[]): Buffer => Buffer.concat(list.map((f) => f.data))

describe('openCaptureFile', () => {
  it('says what is wrong and what to do', async () => {
    await expect(openCaptureFile('/nowhere/file.pcap')).rejects.toMatchObject({
      code: 'ERR_CAPTURE_FILE_OPEN',
      message: 'cannot open /nowhere/file.pcap: there is no such file',
      hint: 'Check the path.',
    })
    await expect(openCaptureFile(tmpdir())).rejects.toMatchObject({
      code: 'ERR_CAPTURE_FILE_OPEN',
      message: expect.stringContaining('a directory'),
    })
  })
})

describe('readCaptureFile', () => {
  it.each([
    ['an empty file', new Uint8Array(0), 'it is empty'],
    ['a text', Buffer.from('not a capture, but a text of some length\n'), 'begins neither as pcap nor as pcapng'],
    ['a file of one byte', new Uint8Array(1), 'begins neither'],
    ['a pcap header that is cut off', pcapFile([]).subarray(0, 20), 'header is cut off'],
    ['a packed text', gzipSync('some text'), 'begins neither'],
    ['packed nothing', gzipSync(''), 'it is empty'],
  ])('refuses %s', async (_, content, message) => {
    await withFile(content, async (path) => {
      await expect(readFrames(path)).rejects.toMatchObject({ code: 'ERR_CAPTURE_FILE_FORMAT', message: expect.stringContaining(message) })
    })
  })

  it('says where the frames come from before it gives the first', async () => {
    const described = (content: Uint8Array): Promise<Partial<CaptureSource>> =>
      withFile(content, async (path) => {
        const source = await readCaptureFile(await openCaptureFile(path), path)
        source.close()
        expect(source.interfaceName).toBe(path)
        return { linkType: source.linkType, snapLength: source.snapLength }
      })
    expect(await described(pcapFile(frames(1), { linkType: 113, snapLength: 96 }))).toEqual({ linkType: 113, snapLength: 96 })
    expect(await described(pcapngFile(frames(1), { linkType: 276, snapLength: 1500 }))).toEqual({ linkType: 276, snapLength: 1500 })
  })

  it.each([
    ['pcap', pcapFile(frames(3))],
    ['pcapng', pcapngFile(frames(3))],
    ['long enough for several blocks', pcapFile(noise(4000))],
  ])('reads a packed file: %s', async (_, content) => {
    const plain = await withFile(content, readFrames)
    const packed = await withFile(gzipSync(content), readFrames)
    expect(packed.frames).toHaveLength(plain.frames.length)
    expect(joined(packed.frames).equals(joined(plain.frames))).toBe(true)
    expect(packed.error).toBeUndefined()
    // Two members, as `cat a.gz b.gz` makes them.
    const members = Buffer.concat([gzipSync(content.subarray(0, 50)), gzipSync(content.subarray(50))])
    expect(joined((await withFile(members, readFrames)).frames).equals(joined(plain.frames))).toBe(true)
  })

  it('keeps all that can be unpacked of a packed file that is cut', async () => {
    const packed = gzipSync(pcapFile(noise(2000)))
    const { frames: read, error } = await withFile(packed.subarray(0, packed.length >> 1), readFrames)
    expect(read.length).toBeGreaterThan(900)
    expect(read.length).toBeLessThan(1100)
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_FILE_CUT', message: expect.stringContaining('gzip') })
    // Only the trailer is missing: every frame is there.
    const withoutTrailer = await withFile(packed.subarray(0, packed.length - 8), readFrames)
    expect(withoutTrailer.frames).toHaveLength(2000)
    expect(withoutTrailer.error?.code).toBe('ERR_CAPTURE_FILE_CUT')
  })

  it('says that packed data is broken', async () => {
    const packed = gzipSync(pcapFile(noise(2000)))
    packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64)
    const { frames: read, error } = await withFile(packed, readFrames)
    expect(read.length).toBeGreaterThan(0)
    expect(error?.code).toBe('ERR_CAPTURE_FILE_CORRUPT')
  })

  it('gives batches of no more frames than asked for', async () => {
    await withFile(pcapFile(frames(10)), async (path) => {
      expect((await readFrames(path, { maxBatchFrames: 3 })).batches).toBe(4)
      expect((await readFrames(path)).batches).toBe(1)
    })
  })

  it('reads from a pipe, as it comes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ctscope-test-'))
    try {
      const path = join(folder, 'pipe')
      await promisify(execFile)('mkfifo', [path])
      const content = pcapFile(frames(50))
      const [result] = await Promise.all([
        readFrames(path),
        (async () => {
          const pipe = await open(path, 'w')
          for (let at = 0; at < content.length; at += 777) await pipe.write(content.subarray(at, at + 777))
          await pipe.close()
        })(),
      ])
      expect(result.frames).toHaveLength(50)
      expect(result.error).toBeUndefined()
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('has no capture filter', async () => {
    await withFile(pcapFile(frames(1)), async (path) => {
      const source = await readCaptureFile(await openCaptureFile(path), path)
      expect(() => source.setFilter('tcp')).toThrow(expect.objectContaining({ code: 'ERR_BPF' }))
      expect(() => source.setFilter(' ')).not.toThrow()
      source.close()
    })
  })
})

describe('delivery', () => {
  const collect = (source: CaptureSource, onFrames: (seen: ReadFrame[]) => void): Promise<ReadFrame[]> =>
    new Promise((resolve, reject) => {
      const seen: ReadFrame[] = []
      source.start({
        onBatch(batch) {
          seen.push(...framesOf(batch))
          onFrames(seen)
        },
        onEnd(error) {
          if (error === undefined) resolve(seen)
          else reject(error)
        },
      })
    })

  it('stops at once when it is paused, and loses nothing', async () => {
    await withFile(pcapFile(frames(1000)), async (path) => {
      const source = await readCaptureFile(await openCaptureFile(path), path, { maxBatchFrames: 10 })
      let whilePaused = 0
      const seen = await collect(source, (all) => {
        if (all.length % 100 !== 0) return
        source.pause()
        const before = all.length
        setTimeout(() => {
          whilePaused += all.length - before
          source.resume()
        }, 2)
      })
      expect(whilePaused).toBe(0)
      expect(seen.map((f) => f.data[0])).toEqual(frames(1000).map((f) => f.data[0]))
      expect(source.stats()).toEqual({ received: 1000, droppedByRing: 0, droppedByInterface: 0 })
    })
  })

  it('calls nobody before start() has returned, nor after close()', async () => {
    await withFile(pcapFile(frames(1000)), async (path) => {
      const source = await readCaptureFile(await openCaptureFile(path), path, { maxBatchFrames: 10 })
      let hasReturned = false
      let calls = 0
      const ended = collect(source, () => {
        expect(hasReturned).toBe(true)
        calls++
        source.close()
        source.close()
      })
      hasReturned = true
      const outcome = await Promise.race([ended.then(() => 'ended'), new Promise((resolve) => setTimeout(resolve, 50, 'silent'))])
      expect(outcome).toBe('silent')
      expect(calls).toBe(1)
    })
  })
})
