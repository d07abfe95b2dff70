import { createGunzip, constants, type Gunzip } from 'node:zlib'
import { once } from 'node:events'
import { EngineError } from '../errors.ts'
import type { ByteWindow, ReadBytes } from './byte-window.ts'

const PACKED_BLOCK_LEN = 1 << 18
const UNPACKED_CHUNK_LEN = 1 << 18

/** Whether the window begins as gzip data does (RFC 1952 2.3.1). */
export function isGzip(window: ByteWindow): boolean {
  return window.end - window.at >= 2 && window.bytes[window.at] === 0x1f && window.bytes[window.at + 1] === 0x8b
}

/**
 * Unpacks as much as is asked for: what is packed further on is neither read nor unpacked before. Several members in
 * one file are one stream.
 */
export class GzipReader {
  readonly #gunzip: Gunzip
  readonly #chunks: AsyncIterator<Buffer>
  #chunk: Buffer = Buffer.alloc(0)
  #failure: Error | undefined

  /** `head`: bytes that were read already; `read` gives those after them. */
  constructor(head: Buffer, read: ReadBytes) {
    this.#gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_LEN })
    this.#chunks = this.#gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    this.#feed(head, read).catch((error: unknown) => this.#gunzip.destroy(error as Error))
  }

  async #feed(head: Buffer, read: ReadBytes): Promise<void> {
    const gunzip = this.#gunzip
    await this.#write(head)
    while (!gunzip.destroyed) {
      const block = Buffer.allocUnsafe(PACKED_BLOCK_LEN)
      const length = await read(block, 0, PACKED_BLOCK_LEN)
      if (length === 0) break
      await this.#write(block.subarray(0, length))
    }
    // Gives out all that is there before end() can find that the data is cut.
    gunzip.flush(constants.Z_SYNC_FLUSH, () => gunzip.end())
  }

  async #write(bytes: Buffer): Promise<void> {
    if (!this.#gunzip.write(bytes)) await once(this.#gunzip, 'drain')
  }

  /** @throws EngineError ERR_CAPTURE_FILE_CUT or _CORRUPT, after all that could be unpacked was given. */
  read: ReadBytes = async (into, at, length) => {
    while (this.#chunk.length === 0) {
      if (this.#failure !== undefined) throw this.#failure
      try {
        const next = await this.#chunks.next()
        if (next.done === true) return 0
        this.#chunk = next.value
      } catch (error) {
        this.#failure = unpackError(error)
      }
    }
    const given = this.#chunk.copy(into, at, 0, length)
    this.#chunk = this.#chunk.subarray(given)
    return given
  }

  close(): void {
    this.#gunzip.destroy()
  }
}

function unpackError(cause: unknown): Error {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  if (!('code' in error) || typeof error.code !== 'string' || !error.code.startsWith('Z_')) return error
  const isCut = error.code === 'Z_BUF_ERROR'
  return new EngineError(
    isCut ? 'ERR_CAPTURE_FILE_CUT' : 'ERR_CAPTURE_FILE_CORRUPT',
    isCut ? 'the gzip data ends before its last byte' : `the gzip data is broken: ${error.message}`,
    'What could be unpacked before that is kept. Copy the file again, or check it with gzip -t.',
    { cause: error },
  )
}
