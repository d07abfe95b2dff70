/**
 * Frames on the stream between an engine and the server, both ways: four bytes of length (little-endian, of what
 * follows), one byte of kind, then the body. Nothing here knows what a body means.
 */
import { EngineError } from '../errors.ts'

/** What a frame's body is. */
export const FrameKind = {
  /** UTF-8 JSON: everything rare. */
  Json: 1,
  /** A Batch (batch-codec.ts). */
  Batch: 2,
  /** The packets that a command asked for. */
  Packets: 3,
} as const
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind]

/** Bytes of length and kind before a body. */
export const FRAME_HEADER_LEN = 5

/**
 * Most bytes of an engine's frame, header included. A batch that carries all its bounds at once (batcher.ts) stays
 * below half of it; whoever announces more is broken or hostile.
 */
export const MAX_ENGINE_FRAME_BYTES = 64 * 1024 * 1024
/** Most bytes of a command: the longest holds a filter of 4 KiB. */
export const MAX_COMMAND_FRAME_BYTES = 256 * 1024

/** The other side sent what cannot be understood: the channel is of no use any more. */
export function protocolError(what: string): EngineError {
  return new EngineError('ERR_IPC', `broken message between the processes: ${what}`, 'the engine is started anew')
}

/** Writes the header of a frame whose body begins at FRAME_HEADER_LEN and ends at `end`. */
export function putFrameHeader(frame: Buffer, kind: FrameKind, end: number): void {
  frame.writeUInt32LE(end - 4, 0)
  frame[4] = kind
}

/** A whole frame that holds a value as JSON. */
export function jsonFrame(value: unknown, replacer?: (key: string, value: unknown) => unknown): Buffer {
  const text = JSON.stringify(value, replacer)
  const frame = Buffer.allocUnsafe(FRAME_HEADER_LEN + Buffer.byteLength(text))
  frame.write(text, FRAME_HEADER_LEN)
  putFrameHeader(frame, FrameKind.Json, frame.length)
  return frame
}

/**
 * Cuts a byte stream into frames, however it was split on its way.
 * @throws EngineError ERR_IPC on a length of nothing or above the bound; after that the stream is lost.
 */
export class FrameReader {
  private readonly maxBytes: number
  private readonly onFrame: (kind: number, body: Buffer) => void
  private readonly header = Buffer.alloc(4)
  private headerFilled = 0
  private frame: Buffer | null = null
  private frameFilled = 0

  /** `onFrame` gets a body that is its own to keep. */
  constructor(maxBytes: number, onFrame: (kind: number, body: Buffer) => void) {
    this.maxBytes = maxBytes
    this.onFrame = onFrame
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.frame === null) {
        const taken = chunk.copy(this.header, this.headerFilled, at)
        this.headerFilled += taken
        at += taken
        if (this.headerFilled < 4) return
        this.begin(this.header.readUInt32LE(0))
      }
      const frame = this.frame
      if (frame === null) return
      const taken = chunk.copy(frame, this.frameFilled, at)
      this.frameFilled += taken
      at += taken
      if (this.frameFilled < frame.length) return
      this.frame = null
      this.headerFilled = 0
      this.onFrame(frame[0]!, frame.subarray(1))
    }
  }

  private begin(length: number): void {
    if (length < 1) throw protocolError('a frame without a kind')
    if (length + 4 > this.maxBytes) throw protocolError(`a frame of ${length} bytes, ${this.maxBytes} at most`)
    this.frame = Buffer.allocUnsafe(length)
    this.frameFilled = 0
  }
}
