/** Bytes of capture files for tests. */
import { LinkType } from '../../src/capture/link-type.ts'

export interface Frame {
  data: Uint8Array
  /** Nanoseconds since 1970. */
  time?: bigint
  /** More than `data` where it was cut. */
  wireLen?: number
  /** pcapng: number of the interface in its section. */
  interfaceId?: number
}

export interface PcapOptions {
  bigEndian?: boolean
  nanoseconds?: boolean
  linkType?: number
  snapLength?: number
}

class Writer {
  readonly #parts: Buffer[] = []
  readonly #bigEndian: boolean

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian
  }

  u16(...values: number[]): this {
    for (const value of values) {
      const b = Buffer.alloc(2)
      if (this.#bigEndian) b.writeUInt16BE(value)
      else b.writeUInt16LE(value)
      this.#parts.push(b)
    }
    return this
  }

  u32(...values: number[]): this {
    for (const value of values) {
      const b = Buffer.alloc(4)
      if (this.#bigEndian) b.writeUInt32BE(value >>> 0)
      else b.writeUInt32LE(value >>> 0)
      this.#parts.push(b)
    }
    return this
  }

  /** Upper half first, whatever the byte order: as pcapng's packet times are. */
  time(value: bigint): this {
    return this.u32(Number(value >> 32n), Number(value & 0xffffffffn))
  }

  raw(...parts: Uint8Array[]): this {
    this.#parts.push(...parts.map((part) => Buffer.from(part)))
    return this
  }

  padded(part: Uint8Array): this {
    return this.raw(part, new Uint8Array(-part.length & 3))
  }

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Frames have 1 µs between them from 2023-11-14 on where they say no time. */
export function frameTime(index: number): bigint {
  return 1_700_000_000_000_000_000n + BigInt(index) * 1000n
}

export function pcapFile(frames: readonly Frame[], o: PcapOptions = {}): Buffer {
  const w = new Writer(o.bigEndian ?? false)
  w.u32(o.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4).u16(2, 4)
  w.u32(0, 0, o.snapLength ?? 262144, o.linkType ?? LinkType.Ethernet)
  frames.forEach((frame, index) => {
    const time = frame.time ?? frameTime(index)
    const rest = Number(time % 1_000_000_000n)
    w.u32(Number(time / 1_000_000_000n), o.nanoseconds ? rest : Math.floor(rest / 1000))
    w.u32(frame.data.length, frame.wireLen ?? frame.data.length).raw(frame.data)
  })
  return w.done()
}

export interface PcapngInterface {
  linkType?: number
  snapLength?: number
  /** The if_tsresol byte. */
  resolution?: number
  offsetSeconds?: bigint
}

/** Blocks of one pcapng file, in the byte order of their section. */
export class PcapngBuilder {
  readonly #bigEndian: boolean

  constructor(o: { bigEndian?: boolean } = {}) {
    this.#bigEndian = o.bigEndian ?? false
  }

  block(type: number, body: Uint8Array): Buffer {
    const length = 12 + ((body.length + 3) & ~3)
    return this.#writer().u32(type, length).padded(body).u32(length).done()
  }

  section(): Buffer {
    return this.block(0x0a0d0d0a, this.#writer().u32(0x1a2b3c4d).u16(1, 0).u32(0xffffffff, 0xffffffff).done())
  }

  interface(o: PcapngInterface = {}): Buffer {
    const w = this.#writer()
      .u16(o.linkType ?? LinkType.Ethernet, 0)
      .u32(o.snapLength ?? 0)
    if (o.resolution !== undefined) w.u16(9, 1).padded(Buffer.from([o.resolution]))
    if (o.offsetSeconds !== undefined) {
      const value = Buffer.alloc(8)
      if (this.#bigEndian) value.writeBigInt64BE(o.offsetSeconds)
      else value.writeBigInt64LE(o.offsetSeconds)
      w.u16(14, 8).raw(value)
    }
    return this.block(1, w.u16(0, 0).done())
  }

  /** `units`: time in the interface's unit. */
  enhancedPacket(frame: Frame, units: bigint): Buffer {
    const w = this.#writer()
      .u32(frame.interfaceId ?? 0)
      .time(units)
    return this.block(
      6,
      w
        .u32(frame.data.length, frame.wireLen ?? frame.data.length)
        .padded(frame.data)
        .done(),
    )
  }

  oldPacket(frame: Frame, units: bigint): Buffer {
    const w = this.#writer()
      .u16(frame.interfaceId ?? 0, 0xffff)
      .time(units)
    return this.block(
      2,
      w
        .u32(frame.data.length, frame.wireLen ?? frame.data.length)
        .padded(frame.data)
        .done(),
    )
  }

  simplePacket(frame: Frame): Buffer {
    return this.block(
      3,
      this.#writer()
        .u32(frame.wireLen ?? frame.data.length)
        .padded(frame.data)
        .done(),
    )
  }

  #writer(): Writer {
    return new Writer(this.#bigEndian)
  }
}

/** A pcapng file of one section and one interface with microseconds. */
export function pcapngFile(frames: readonly Frame[], o: PcapngInterface & { bigEndian?: boolean } = {}): Buffer {
  const builder = new PcapngBuilder(o)
  const packets = frames.map((frame, index) => builder.enhancedPacket(frame, (frame.time ?? frameTime(index)) / 1000n))
  return Buffer.concat([builder.section(), builder.interface(o), ...packets])
}
