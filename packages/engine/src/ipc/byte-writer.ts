/** A buffer that grows, written from front to back, little-endian. Used again for each message. */
export class ByteWriter {
  private bytes: Buffer
  private at = 0

  constructor(initialBytes = 64 * 1024) {
    this.bytes = Buffer.allocUnsafe(initialBytes)
  }

  get length(): number {
    return this.at
  }

  reset(at: number): void {
    this.at = at
  }

  /** A copy of all that was written: a socket may hold it longer than the next message takes. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.at))
  }

  /** Makes room; the single writes below do not ask again. */
  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + more))
    this.bytes.copy(grown, 0, 0, this.at)
    this.bytes = grown
  }

  u8(value: number): void {
    this.at = this.bytes.writeUInt8(value, this.at)
  }
  u16(value: number): void {
    this.at = this.bytes.writeUInt16LE(value, this.at)
  }
  u32(value: number): void {
    this.at = this.bytes.writeUInt32LE(value, this.at)
  }
  f64(value: number): void {
    this.at = this.bytes.writeDoubleLE(value, this.at)
  }
  /** An address in a field of 16 bytes, the rest zero. */
  address(address: Uint8Array): void {
    this.bytes.fill(0, this.at, this.at + 16)
    this.bytes.set(address, this.at)
    this.at += 16
  }
  /** UTF-8 with its length before it; makes its own room. */
  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.reserve(4 + length)
    this.u32(length)
    this.at += this.bytes.write(value, this.at)
  }
}
