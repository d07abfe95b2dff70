import type { BatchWriter } from './batch-writer.ts'
import type { ByteWindow } from './byte-window.ts'

/** Takes one kind of capture file apart. */
export interface FileParser {
  /** LINKTYPE_ value; of a pcapng file the first interface's. */
  readonly linkType: number
  /** Most bytes of a frame that the capturing program copied. */
  readonly snapLength: number
  /** Byte of the (unpacked) file at which the record begins that is to be taken next. */
  readonly offset: number
  /** Whether the record taken last has bytes that were not there to be passed over yet. */
  readonly isInsideRecord: boolean

  /**
   * Takes every whole record of the window, moving its `at`, until only a part of one is left or `out` is halted.
   * @throws EngineError ERR_CAPTURE_FILE_CORRUPT at bytes that cannot be.
   */
  parse(window: ByteWindow, out: BatchWriter): void
}
