/** Text as helpers read it in packets: ASCII, as far as the kernel does. */

export const Ascii = { Lf: 0x0a, Cr: 0x0d, Space: 0x20, Tab: 0x09, Zero: 0x30, Colon: 0x3a, At: 0x40 } as const

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** Latin-1's letters are letters to the kernel. */
export function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7)
}

export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** Whether the bytes from `at` on are `word`. */
export function startsWith(b: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false
  for (let i = 0; i < word.length; i++) if (b[at + i] !== word[i]) return false
  return true
}

/** As `startsWith`, without regard to the case of ASCII letters. `word` is in lower case. */
export function startsWithIgnoringCase(b: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false
  for (let i = 0; i < word.length; i++) {
    const byte = b[at + i]!
    if ((isLetter(byte) ? byte | 0x20 : byte) !== word[i]) return false
  }
  return true
}

/** Where `word` first stands in [at, end), or -1. */
export function indexOf(b: Uint8Array, at: number, end: number, word: Uint8Array): number {
  const first = word[0]!
  for (let from = at; ; from++) {
    from = b.indexOf(first, from)
    if (from < 0 || from + word.length > end) return -1
    if (startsWith(b, from, end, word)) return from
  }
}

/** A decimal number read from bytes. Reused. */
export class Decimal {
  /** Modulo 2³². */
  value = 0
  /** One past its last digit; where it was to begin when it has none. */
  end = 0

  read(b: Uint8Array, at: number, end: number): this {
    let value = 0
    while (at < end && isDigit(b[at]!)) value = (Math.imul(value, 10) + b[at++]! - Ascii.Zero) >>> 0
    this.value = value
    this.end = at
    return this
  }
}
