// Frames of real captures against what the kernel made of them: as many, and IP or not IP as it saw them. Fragments
// are put together on the way, since a held one has no state either.
import { createReadStream, readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { expect, it } from 'vitest'
import { openCaptureFile, readCaptureFile } from '../src/capture/file.ts'
import { Defragmenter } from '../src/defrag/defragmenter.ts'
import type { EngineError } from '../src/errors.ts'
import { FrameDecoder } from '../src/wire/decode.ts'
import { Packet } from '../src/wire/packet.ts'
import { DecodeStatus } from '../src/wire/status.ts'
import { describeNeeding, sharedDir } from './support/index.ts'

const FILES = path.join(sharedDir, 'captures/files')
const KERNEL = path.join(sharedDir, 'captures/kernel')

/** Longest IP packet that the program which asked the kernel could hand it (a tap device's frame is at most 64 KiB). */
const ASKED_LEN = 65535 - 14

interface Seen {
  /** Whether the packet goes on to tracking. */
  tracked: boolean
  wireLen: number
}

async function decodeAll(file: string): Promise<{ seen: Seen[]; error: EngineError | undefined }> {
  const source = await readCaptureFile(await openCaptureFile(file), file)
  const decoder = new FrameDecoder()
  const defragmenter = new Defragmenter()
  const p = new Packet()
  const seen: Seen[] = []
  return new Promise((resolve) => {
    source.start({
      onBatch(batch) {
        for (let at = 0, i = 0; i < batch.count; i++) {
          at = decoder.decodeRecord(p, batch, at)
          if (p.status === DecodeStatus.Ok) defragmenter.take(p, 0, 0)
          seen.push({ tracked: p.status === DecodeStatus.Ok, wireLen: p.wireLen })
        }
      },
      onEnd: (error) => resolve({ seen, error }),
    })
  })
}

async function kernelTracked(file: string): Promise<boolean[]> {
  const tracked: boolean[] = []
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
    const record = JSON.parse(line) as { kind: string; state?: string }
    if (record.kind === 'packet') tracked.push(record.state !== 'NONE')
  }
  return tracked
}

describeNeeding({ shared: ['captures/files', 'captures/kernel'] }, 'frames of real captures', () => {
  const names = readdirSync(FILES)

  it('has captures to look at', () => {
    expect(names.length).toBeGreaterThan(100)
  })

  it.each(names)('%s', async (name) => {
    const [{ seen, error }, kernel] = await Promise.all([
      decodeAll(path.join(FILES, name)),
      kernelTracked(path.join(KERNEL, `${name}.jsonl.gz`)),
    ])
    if (error !== undefined) expect(['ERR_CAPTURE_FILE_CUT', 'ERR_CAPTURE_FILE_CORRUPT']).toContain(error.code)
    expect(seen).toHaveLength(kernel.length)
    const different = seen.flatMap((frame, i) => (frame.tracked === kernel[i] || frame.wireLen > ASKED_LEN ? [] : [i]))
    expect(different).toEqual([])
  })
})
