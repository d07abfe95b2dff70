import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCaptureFile, readCaptureFile, type FileSourceOptions } from '../../src/capture/file.ts'
import { paddedLength, RECORD_HEADER_LEN, type FrameBatch } from '../../src/capture/source.ts'
import type { EngineError } from '../../src/errors.ts'

export interface ReadFrame {
  data: Buffer
  time: bigint
  wireLen: number
  linkType: number
  interfaceId: number
}

export interface ReadResult {
  frames: ReadFrame[]
  batches: number
  error: EngineError | undefined
}

/** Copies of a batch's frames. */
export function framesOf(batch: FrameBatch): ReadFrame[] {
  const frames: ReadFrame[] = []
  let at = 0
  for (let i = 0; i < batch.count; i++) {
    const capturedLen = batch.buffer.readUInt32LE(at + 8)
    const dataAt = at + RECORD_HEADER_LEN
    frames.push({
      data: Buffer.from(batch.buffer.subarray(dataAt, dataAt + capturedLen)),
      time: BigInt(batch.buffer.readUInt32LE(at)) * 1_000_000_000n + BigInt(batch.buffer.readUInt32LE(at + 4)),
      wireLen: batch.buffer.readUInt32LE(at + 12),
      linkType: batch.linkType,
      interfaceId: batch.interfaceId,
    })
    at = dataAt + paddedLength(capturedLen)
  }
  if (at !== batch.length) throw new Error(`records end at ${String(at)}, the batch at ${String(batch.length)}`)
  return frames
}

/** Reads a whole file. @throws what opening throws; what comes later is in the result. */
export async function readFrames(path: string, options?: FileSourceOptions): Promise<ReadResult> {
  const source = await readCaptureFile(await openCaptureFile(path), path, options)
  return new Promise((resolve) => {
    const result: ReadResult = { frames: [], batches: 0, error: undefined }
    source.start({
      onBatch(batch) {
        result.frames.push(...framesOf(batch))
        result.batches++
      },
      onEnd(error) {
        result.error = error
        resolve(result)
      },
    })
  })
}

/** Calls `use` with the path of a file that holds `content`, and takes the file away again. */
export async function withFile<T>(content: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ctscope-test-'))
  try {
    const path = join(folder, 'capture')
    await writeFile(path, content)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}
