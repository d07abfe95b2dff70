import { protocolError } from './frame.ts'

/**
 * Reads what ByteWriter wrote.
 * @throws EngineError ERR_IPC where the bytes end too early or a value is outside of its range
 */
export class ByteReader {
  private readonly bytes: Buffer
  private at: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** Whether all was read. */
  get isAtEnd(): boolean {
    return this.at === this.bytes.length
  }

  /** Makes sure that so many bytes are left; the single reads below do not ask again. */
  need(length: number): void {
    if (this.at + length > this.bytes.length) throw protocolError('it ends too early')
  }

  u8(): number {
    return this.bytes[this.at++]!
  }
  /** A byte that counts in a table of so many. */
  code(count: number, name: string): number {
    const value = this.u8()
    if (value >= count) throw protocolError(`${name} ${value}`)
    return value
  }
  u16(): number {
    const value = this.bytes.readUInt16LE(this.at)
    this.at += 2
    return value
  }
  u32(): number {
    const value = this.bytes.readUInt32LE(this.at)
    this.at += 4
    return value
  }
  f64(): number {
    const value = this.bytes.readDoubleLE(this.at)
    this.at += 8
    return value
  }
  /** A whole number below 2⁵³. */
  count(name: string): number {
    const value = this.f64()
    if (!Number.isSafeInteger(value) || value < 0) throw protocolError(`${name} ${value}`)
    return value
  }
  /** 4 bytes for l3 4, 16 for 6, none for 0: a copy. */
  address(l3: number): Uint8Array {
    const length = l3 === 4 ? 4 : l3 === 6 ? 16 : 0
    const address = new Uint8Array(length)
    for (let i = 0; i < length; i++) address[i] = this.bytes[this.at + i]!
    this.at += 16
    return address
  }
  text(): string {
    this.need(4)
    const length = this.u32()
    this.need(length)
    const value = this.bytes.toString('utf8', this.at, this.at + length)
    this.at += length
    return value
  }
}
