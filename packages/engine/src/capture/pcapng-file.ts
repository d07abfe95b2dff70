// pcapng files, draft-ietf-opsawg-pcapng. Offsets from the first byte of each block.
import type { EngineError } from '../errors.ts'
import type { BatchWriter } from './batch-writer.ts'
import type { ByteWindow } from './byte-window.ts'
import { corruptFile, MAX_FRAME_LEN } from './capture-file-error.ts'
import type { FileParser } from './file-parser.ts'
import { LinkType } from './link-type.ts'
import { PcapngClock } from './pcapng-time.ts'

const BlockType = {
  SectionHeader: 0x0a0d0d0a,
  Interface: 1,
  /** The Packet Block that the Enhanced one replaced. */
  OldPacket: 2,
  SimplePacket: 3,
  EnhancedPacket: 6,
} as const

const TOTAL_LENGTH = 4
const BODY = 8
/** Block type, and total length before and after the body. */
const BLOCK_MIN_LEN = 12

const SECTION_BYTE_ORDER = BODY
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const SWAPPED_BYTE_ORDER_MAGIC = 0x4d3c2b1a

const INTERFACE_LINK_TYPE = BODY
const INTERFACE_SNAP_LENGTH = BODY + 4
const INTERFACE_OPTIONS = BODY + 8
const INTERFACE_MIN_LEN = 20
/** More would be a file made to fill memory; the widest capture cards have hundreds. */
const MAX_INTERFACES = 65536
/** An interface's options are looked at up to here; a longer description says nothing that is needed. */
const MAX_INTERFACE_LEN = 1 << 20

const OPTION_HEADER_LEN = 4
const OPTION_END = 0
const OPTION_TIME_RESOLUTION = 9
const OPTION_TIME_OFFSET = 14

/** Enhanced and old packet blocks have these at the same places; the interface is a u32 in the one, a u16 in the other. */
const PACKET_INTERFACE = BODY
const PACKET_TIME_HIGH = BODY + 4
const PACKET_TIME_LOW = BODY + 8
const PACKET_CAPTURED_LEN = BODY + 12
const PACKET_WIRE_LEN = BODY + 16
const PACKET_DATA = BODY + 20
const PACKET_MIN_LEN = 32

const SIMPLE_WIRE_LEN = BODY
const SIMPLE_DATA = BODY + 4
const SIMPLE_MIN_LEN = 16

interface FileInterface {
  linkType: number
  /** 0: all. */
  snapLength: number
  clock: PcapngClock
}

/** No further block can be taken from this window. */
const NO_BLOCK = -1

export class PcapngParser implements FileParser {
  linkType: number = LinkType.Ethernet
  snapLength = MAX_FRAME_LEN
  offset = 0

  #littleEndian = true
  /** Of the section that is being read. */
  #interfaces: FileInterface[] = []
  #hasInterface = false
  /** What is left to pass over of the block before: all of it, or its options; may reach past the window. */
  #skipLen = 0

  /** Whether the window begins as a pcapng file does. */
  static matches(window: ByteWindow): boolean {
    // A section header's type reads the same in both byte orders.
    return window.end - window.at >= 4 && window.view.getUint32(window.at, true) === BlockType.SectionHeader
  }

  /** Takes what stands before the first packet, so far as the window holds it: the first interface says the link type. */
  constructor(window: ByteWindow) {
    while (!this.#hasInterface && this.#nextBlock(window) === BlockType.Interface) this.#takeInterface(window)
  }

  get isInsideRecord(): boolean {
    return this.#skipLen > 0
  }

  parse(window: ByteWindow, out: BatchWriter): void {
    while (!out.isHalted) {
      const type = this.#nextBlock(window)
      if (type === NO_BLOCK) return
      if (type === BlockType.Interface) this.#takeInterface(window)
      else if (type === BlockType.SimplePacket) this.#takeSimplePacket(window, out)
      else this.#takePacket(window, type, out)
    }
  }

  /**
   * The type of the interface or packet block that the window now begins with, as whole as its taker needs it; else
   * NO_BLOCK. Blocks of other types are passed over, section headers are obeyed.
   */
  #nextBlock(window: ByteWindow): number {
    const view = window.view
    for (;;) {
      const passed = Math.min(this.#skipLen, window.end - window.at)
      window.at += passed
      this.#skipLen -= passed
      if (this.#skipLen > 0) return NO_BLOCK
      const { at } = window
      const available = window.end - at
      if (available < BLOCK_MIN_LEN) return NO_BLOCK
      const littleEndianType = view.getUint32(at, true)
      if (littleEndianType === BlockType.SectionHeader) this.#beginSection(window)
      const length = view.getUint32(at + TOTAL_LENGTH, this.#littleEndian)
      if (length < BLOCK_MIN_LEN) throw corruptFile(`a block that says it is ${String(length)} bytes long`, this.offset)
      const type = this.#littleEndian ? littleEndianType : view.getUint32(at, false)
      const needed = this.#neededLength(view, at, type, length, available)
      if (needed > 0) return available >= needed ? type : NO_BLOCK
      this.#pass(length)
    }
  }

  /** How much of the block must be in the window; 0: it may be passed over unseen. */
  #neededLength(view: DataView, at: number, type: number, length: number, available: number): number {
    switch (type) {
      case BlockType.Interface:
        if (length < INTERFACE_MIN_LEN || length > MAX_INTERFACE_LEN) throw this.#badLength('an interface block', length)
        return length
      case BlockType.SimplePacket:
        if (length < SIMPLE_MIN_LEN || length > MAX_FRAME_LEN + SIMPLE_MIN_LEN) throw this.#badLength('a packet block', length)
        return length
      case BlockType.EnhancedPacket:
      case BlockType.OldPacket: {
        if (length < PACKET_MIN_LEN) throw this.#badLength('a packet block', length)
        // The options behind the frame may be longer than any window.
        if (available < PACKET_DATA) return PACKET_DATA
        const capturedLen = view.getUint32(at + PACKET_CAPTURED_LEN, this.#littleEndian)
        if (capturedLen > MAX_FRAME_LEN || capturedLen > length - PACKET_MIN_LEN) {
          throw corruptFile(`a frame of ${String(capturedLen)} bytes in a block of ${String(length)}`, this.offset)
        }
        return PACKET_DATA + capturedLen
      }
      default:
        return 0
    }
  }

  #beginSection(window: ByteWindow): void {
    const magic = window.view.getUint32(window.at + SECTION_BYTE_ORDER, true)
    this.#littleEndian = magic === BYTE_ORDER_MAGIC
    if (!this.#littleEndian && magic !== SWAPPED_BYTE_ORDER_MAGIC) throw corruptFile('a section without byte order', this.offset)
    this.#interfaces = []
  }

  #takeInterface(window: ByteWindow): void {
    const { view, at } = window
    const littleEndian = this.#littleEndian
    const length = view.getUint32(at + TOTAL_LENGTH, littleEndian)
    if (this.#interfaces.length === MAX_INTERFACES) throw corruptFile('more interfaces than can be', this.offset)
    const linkType = view.getUint16(at + INTERFACE_LINK_TYPE, littleEndian)
    const snapLength = view.getUint32(at + INTERFACE_SNAP_LENGTH, littleEndian)
    this.#interfaces.push({ linkType, snapLength, clock: readClock(view, at + INTERFACE_OPTIONS, at + length - 4, littleEndian) })
    if (!this.#hasInterface) {
      this.#hasInterface = true
      this.linkType = linkType
      this.snapLength = Math.min(snapLength || MAX_FRAME_LEN, MAX_FRAME_LEN)
    }
    this.#pass(length)
  }

  #takePacket(window: ByteWindow, type: number, out: BatchWriter): void {
    const { view, at } = window
    const littleEndian = this.#littleEndian
    const id =
      type === BlockType.EnhancedPacket
        ? view.getUint32(at + PACKET_INTERFACE, littleEndian)
        : view.getUint16(at + PACKET_INTERFACE, littleEndian)
    const from = this.#interface(id)
    from.clock.convert(view.getUint32(at + PACKET_TIME_HIGH, littleEndian), view.getUint32(at + PACKET_TIME_LOW, littleEndian))
    const capturedLen = view.getUint32(at + PACKET_CAPTURED_LEN, littleEndian)
    const wireLen = view.getUint32(at + PACKET_WIRE_LEN, littleEndian)
    out.setInterface(from.linkType, id)
    out.add(window, at + PACKET_DATA, capturedLen, wireLen, from.clock.seconds, from.clock.nanoseconds)
    this.#pass(view.getUint32(at + TOTAL_LENGTH, littleEndian))
  }

  /** A Simple Packet Block has neither time nor interface: 1970 and the section's first. */
  #takeSimplePacket(window: ByteWindow, out: BatchWriter): void {
    const { view, at } = window
    const length = view.getUint32(at + TOTAL_LENGTH, this.#littleEndian)
    const wireLen = view.getUint32(at + SIMPLE_WIRE_LEN, this.#littleEndian)
    const from = this.#interface(0)
    const capturedLen = Math.min(wireLen, from.snapLength || wireLen, length - SIMPLE_MIN_LEN)
    out.setInterface(from.linkType, 0)
    out.add(window, at + SIMPLE_DATA, capturedLen, wireLen, 0, 0)
    this.#pass(length)
  }

  #interface(id: number): FileInterface {
    const found = this.#interfaces[id]
    if (found === undefined) throw corruptFile(`a frame of interface ${String(id)}, of which the file says nothing`, this.offset)
    return found
  }

  /** The block that begins at `offset` is done with; what the window still holds of it is passed over next. */
  #pass(length: number): void {
    this.#skipLen = length
    this.offset += length
  }

  #badLength(what: string, length: number): EngineError {
    return corruptFile(`${what} of ${String(length)} bytes`, this.offset)
  }
}

function readClock(view: DataView, optionsAt: number, end: number, littleEndian: boolean): PcapngClock {
  let resolution: number | undefined
  let offsetSeconds = 0
  for (let at = optionsAt; end - at >= OPTION_HEADER_LEN;) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    const valueAt = at + OPTION_HEADER_LEN
    if (code === OPTION_END || valueAt + length > end) break
    if (code === OPTION_TIME_RESOLUTION && length >= 1) resolution = view.getUint8(valueAt)
    if (code === OPTION_TIME_OFFSET && length >= 8) offsetSeconds = Number(view.getBigInt64(valueAt, littleEndian))
    at = valueAt + ((length + 3) & ~3)
  }
  return new PcapngClock(resolution, offsetSeconds)
}
