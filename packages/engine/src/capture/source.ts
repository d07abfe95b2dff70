/**
 * What every source of frames gives, a live interface and a capture file alike: batches of records in one
 * Buffer. A source copies bytes and nothing else; it decodes no frame and keeps no table.
 */
import type { EngineError } from '../errors.ts'

/** Length in bytes of the header before each record's bytes. */
export const RECORD_HEADER_LEN = 16

/**
 * Byte offsets in a record's header; each field is a uint32, little-endian.
 * The captured bytes follow the header and are padded with up to three bytes, so that the next record begins
 * at a multiple of four: `next = at + RECORD_HEADER_LEN + paddedLength(capturedLen)`.
 */
export const RECORD_SECONDS = 0
/** Nanoseconds within the second, 0 … 999,999,999. */
export const RECORD_NANOSECONDS = 4
/** Bytes that are here. */
export const RECORD_CAPTURED_LEN = 8
/** Bytes that were on the wire; more than the captured length where the snap length (or the filter) cut. */
export const RECORD_WIRE_LEN = 12

/** Length in bytes of a record's data with its padding. */
export function paddedLength(capturedLen: number): number {
  return (capturedLen + 3) & ~3
}

/** The packet's own time of the record at `at`: ms since 1970. */
export function recordTimeMs(batch: FrameBatch, at: number): number {
  const { buffer } = batch
  return buffer.readUInt32LE(at + RECORD_SECONDS) * 1000 + buffer.readUInt32LE(at + RECORD_NANOSECONDS) / 1e6
}

/**
 * A run of records of one interface. Borrowed: valid only during the call that hands it over, since the source
 * fills the same Buffer (and the same object) again.
 */
export interface FrameBatch {
  /** Holds the records from byte 0 on. */
  buffer: Buffer
  /** Bytes of `buffer` that are filled. */
  length: number
  /** Number of records. */
  count: number
  /** LINKTYPE_ value of all records in this batch, numbered as in capture files (raw IP is 101). */
  linkType: number
  /** Index of the interface within the source: 0 when live, the interface's number in its section in a pcapng file. */
  interfaceId: number
}

/** Frames that the source knows of, counted since it was opened. */
export interface CaptureStats {
  /** Frames that passed the filter, those that the ring dropped included. */
  received: number
  /** Lost because the kernel's ring (live) was full. */
  droppedByRing: number
  /** Lost by the interface or its driver, where those say so. */
  droppedByInterface: number
}

/** What a running source calls. None of these is called after `close()`, nor after `onEnd`. */
export interface CaptureHandlers {
  onBatch(batch: FrameBatch): void
  /** Live only: the interface went down (no frame comes, the handle stays open) or came up again. */
  onLinkChange?(isUp: boolean): void
  /** Once: a file's end (no error), or an error after which no frame comes. What came before stays valid. */
  onEnd(error?: EngineError): void
}

/** An open source of frames. Opening is what needs rights and is done by each kind's own function. */
export interface CaptureSource {
  /** Name of the interface (`eth0`), or path of the file. */
  readonly interfaceName: string
  /** LINKTYPE_ value; of a pcapng file the first interface's (a batch carries its own). */
  readonly linkType: number
  /** Most bytes of a frame that are copied. */
  readonly snapLength: number

  /** Begins delivery. Never calls a handler before it has returned. */
  start(handlers: CaptureHandlers): void
  /** Stops delivery. A live ring goes on filling meanwhile and then drops, which is counted. */
  pause(): void
  resume(): void
  stats(): CaptureStats
  /**
   * Replaces the BPF filter; an empty text takes it away. Frames already captured under the old filter may
   * still come.
   * @throws EngineError ERR_BPF with libpcap's text; the old filter then stays in force.
   */
  setFilter(text: string): void
  /** Frees everything. Calling it twice is harmless. */
  close(): void
}
