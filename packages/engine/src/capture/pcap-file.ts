// pcap files, draft-ietf-opsawg-pcap. Offsets from the first byte of each header.
import type { BatchWriter } from './batch-writer.ts'
import type { ByteWindow } from './byte-window.ts'
import { corruptFile, foreignFile, MAX_FRAME_LEN } from './capture-file-error.ts'
import type { FileParser } from './file-parser.ts'

const SNAP_LENGTH = 16
const LINK_TYPE = 20
const PCAP_HEADER_LEN = 24
/** The upper half holds the length of the frame check sequence and the like. */
const LINK_TYPE_MASK = 0xffff

const RECORD_SECONDS = 0
const RECORD_FRACTION = 4
const RECORD_CAPTURED_LEN = 8
const RECORD_WIRE_LEN = 12
const RECORD_LEN = 16
/** Old Red Hat and SuSE libpcaps added interface, protocol and packet type. */
const PATCHED_RECORD_LEN = 24

const MAGIC_MICROSECONDS = 0xa1b2c3d4
const MAGIC_NANOSECONDS = 0xa1b23c4d
const MAGIC_PATCHED = 0xa1b2cd34

/** Whether a file that begins with `magic`, read in the given byte order, is a pcap file. */
function isMagic(magic: number): boolean {
  return magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_PATCHED
}

export class PcapParser implements FileParser {
  readonly linkType: number
  readonly snapLength: number
  /** A record is taken whole or not at all. */
  readonly isInsideRecord = false
  offset = PCAP_HEADER_LEN

  readonly #littleEndian: boolean
  readonly #recordLen: number
  readonly #fractionsPerSecond: number

  /** Whether the window begins as a pcap file does. */
  static matches(window: ByteWindow): boolean {
    if (window.end - window.at < 4) return false
    return isMagic(window.view.getUint32(window.at, true)) || isMagic(window.view.getUint32(window.at, false))
  }

  /** Takes the file's header. @throws EngineError ERR_CAPTURE_FILE_FORMAT where it is cut. */
  constructor(window: ByteWindow) {
    const { view, at } = window
    if (window.end - at < PCAP_HEADER_LEN) throw foreignFile('its pcap header is cut off')
    this.#littleEndian = isMagic(view.getUint32(at, true))
    const magic = view.getUint32(at, this.#littleEndian)
    this.#recordLen = magic === MAGIC_PATCHED ? PATCHED_RECORD_LEN : RECORD_LEN
    this.#fractionsPerSecond = magic === MAGIC_NANOSECONDS ? 1e9 : 1e6
    this.linkType = view.getUint32(at + LINK_TYPE, this.#littleEndian) & LINK_TYPE_MASK
    // Programs write 0, or more than any frame can have, for "all of it".
    this.snapLength = Math.min(view.getUint32(at + SNAP_LENGTH, this.#littleEndian) || MAX_FRAME_LEN, MAX_FRAME_LEN)
    window.at += PCAP_HEADER_LEN
  }

  parse(window: ByteWindow, out: BatchWriter): void {
    const view = window.view
    const littleEndian = this.#littleEndian
    const recordLen = this.#recordLen
    const fractionsPerSecond = this.#fractionsPerSecond
    const nanosecondsEach = 1e9 / fractionsPerSecond
    out.setInterface(this.linkType, 0)
    while (!out.isHalted && window.end - window.at >= recordLen) {
      const at = window.at
      const capturedLen = view.getUint32(at + RECORD_CAPTURED_LEN, littleEndian)
      if (capturedLen > MAX_FRAME_LEN) {
        throw corruptFile(`a frame of ${String(capturedLen)} bytes, more than the ${String(MAX_FRAME_LEN)} that can be`, this.offset)
      }
      const dataAt = at + recordLen
      if (dataAt + capturedLen > window.end) return
      let seconds = view.getUint32(at + RECORD_SECONDS, littleEndian)
      let fraction = view.getUint32(at + RECORD_FRACTION, littleEndian)
      if (fraction >= fractionsPerSecond) {
        seconds += Math.floor(fraction / fractionsPerSecond)
        fraction %= fractionsPerSecond
      }
      out.add(window, dataAt, capturedLen, view.getUint32(at + RECORD_WIRE_LEN, littleEndian), seconds, fraction * nanosecondsEach)
      window.at = dataAt + capturedLen
      this.offset += recordLen + capturedLen
    }
  }
}
