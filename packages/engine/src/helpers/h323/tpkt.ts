/** Messages in TCP segments, each behind a header of four bytes (RFC 1006 6: version 3, reserved 0, length with the header). */
import type { Dir } from '../../model/index.ts'
import { u16 } from '../../wire/bytes.ts'

const HEADER_LEN = 4
const VERSION = 3

/** Walks over the messages of segments, and remembers lone headers. One a helper. */
export class TpktReader {
  /** The message found last. */
  at = 0
  end = 0

  /** Length of the message that a lone header announced, by connection * 2 + direction. */
  private readonly announced = new Map<number, number>()

  /** Finds the segment's first message. */
  first(b: Uint8Array, at: number, end: number, connection: number, dir: Dir): boolean {
    if (at >= end) return false
    const key = connection * 2 + dir
    const announced = this.announced.get(key)
    if (!isHeader(b, at, end)) {
      if (announced === undefined) return false
      this.announced.delete(key)
      return announced <= end - at && this.found(at, at + announced)
    }
    this.announced.delete(key)
    const length = u16(b, at + 2)
    if (length < HEADER_LEN) return false
    if (length <= end - at) return this.found(at + HEADER_LEN, at + length)
    if (end - at === HEADER_LEN) this.announced.set(key, length - HEADER_LEN)
    return false
  }

  /** Finds the message after the last one. */
  next(b: Uint8Array, end: number): boolean {
    const at = this.end
    if (end - at <= HEADER_LEN || !isHeader(b, at, end)) return false
    const length = u16(b, at + 2)
    return length >= HEADER_LEN && length <= end - at && this.found(at + HEADER_LEN, at + length)
  }

  forget(connection: number): void {
    this.announced.delete(connection * 2)
    this.announced.delete(connection * 2 + 1)
  }

  private found(at: number, end: number): true {
    this.at = at
    this.end = end
    return true
  }
}

function isHeader(b: Uint8Array, at: number, end: number): boolean {
  return end - at >= HEADER_LEN && b[at] === VERSION && b[at + 1] === 0
}
