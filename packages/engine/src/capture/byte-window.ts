import { MAX_FRAME_LEN } from './capture-file-error.ts'

/** Bytes that are read at a time. */
const BLOCK_LEN = 1 << 20
/** The longest unit that must be seen whole: a frame with its headers and, in pcapng, options that are looked at. */
const CARRY_LEN = MAX_FRAME_LEN + 4096
/** Room for a reader of words to read past the last byte. */
const SLACK_LEN = 8

/**
 * A stretch of a file: [at, end) of `bytes`, the file's bytes from `offset` on. Blocks are read behind room for what
 * the window before it left over, so that a record over a border is whole in the later one.
 */
export class ByteWindow {
  readonly bytes: Buffer
  readonly view: DataView
  at = CARRY_LEN
  end = CARRY_LEN

  constructor() {
    const memory = new ArrayBuffer(CARRY_LEN + BLOCK_LEN + SLACK_LEN)
    this.bytes = Buffer.from(memory)
    this.view = new DataView(memory)
  }

  /** Fills the window with one block, of at least `minLen` bytes where there are so many. @returns false at the end of the file. */
  async fill(read: ReadBytes, minLen = 1): Promise<boolean> {
    this.at = CARRY_LEN
    this.end = CARRY_LEN
    while (this.end - this.at < minLen) {
      let length: number
      try {
        length = await read(this.bytes, this.end, BLOCK_LEN - (this.end - this.at))
      } catch (error) {
        // What was read before comes first; the next call will fail again.
        if (this.end > this.at) break
        throw error
      }
      if (length === 0) break
      this.end += length
    }
    return this.end > this.at
  }

  /** Puts what `earlier` left over before this window's block. */
  prepend(earlier: ByteWindow): void {
    const length = earlier.end - earlier.at
    this.at = CARRY_LEN - length
    earlier.bytes.copy(this.bytes, this.at, earlier.at, earlier.end)
  }
}

/** Reads up to `length` bytes to `into` at `at`, and says how many; 0 at the end. Having failed once, it always fails. */
export type ReadBytes = (into: Buffer, at: number, length: number) => Promise<number>
