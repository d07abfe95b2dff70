/**
 * Decodes the aligned variant of ASN.1's packed encoding rules (ITU-T X.691) by types that are data. Only what H.225.0 and
 * H.245 use is here; a length of 16384 and more (fragments) is an error. Where the kernel reads differently, so does this:
 * a value inside another's octets may run past them, up to the message's end, and what follows them is read all the same.
 */

/** A type. Sizes and values are inclusive ranges. */
export type PerType =
  | { readonly kind: 'null' | 'boolean' | 'objectIdentifier' }
  /** The kernel reads no further in a sequence that has this field: it is taken as it is so far. */
  | { readonly kind: 'end' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** 1…2³²−1. The kernel steps over its bytes twice, so the message must go on for as many bytes after it. */
  | { readonly kind: 'seconds' }
  | { readonly kind: 'octets'; readonly min: number; readonly max: number }
  /** Characters of known size in bits: 4, 8 or 16. */
  | { readonly kind: 'characters'; readonly bits: number; readonly min: number; readonly max: number }
  | { readonly kind: 'list'; readonly min: number; readonly max: number; readonly item: () => PerType }
  | {
      readonly kind: 'sequence'
      readonly isExtensible: boolean
      readonly fields: readonly PerField[]
      readonly extensions: readonly PerField[]
      /** Extensions that the kernel knows; further ones it passes over by their length, without a look at whether they are there. */
      readonly known: number
    }
  | {
      readonly kind: 'choice'
      readonly isExtensible: boolean
      readonly options: readonly PerField[]
      readonly extensions: readonly PerField[]
    }
  /** An octet string that holds another value; what is in it counts, and must be decodable. */
  | { readonly kind: 'contained'; readonly type: () => PerType }

export type PerField = {
  readonly name: string
  readonly isOptional: boolean
  /** null: passed over; in an extension only, which says its length. */
  readonly type: (() => PerType) | null
}

/** Where octets lie in the message's bytes. */
export type PerOctets = { readonly at: number; readonly length: number }
/** A sequence's fields that are there, or the one alternative of a choice. */
export type PerRecord = { readonly [name: string]: PerValue | undefined }
export type PerValue = null | boolean | number | PerOctets | PerRecord | readonly PerValue[]

/** Sizes above this are sent without a bound. */
export const UNBOUNDED = 65535

/** The kernel takes no sequence with more. */
const MAX_EXTENSIONS = 32

/** What an alternative or field that is passed over decodes to. */
const SKIPPED = null

/** The bytes end too early, or a value is none of its type's. */
class Undecodable extends Error {}

/** The value in [at, end), or undefined where the bytes hold none. */
export function decodePer(type: PerType, b: Uint8Array, at: number, end: number): PerValue | undefined {
  try {
    return new Reader(b, at, end).value(type)
  } catch (error) {
    if (error instanceof Undecodable) return undefined
    throw error
  }
}

class Reader {
  private readonly b: Uint8Array
  /** In bits. */
  private at: number
  private readonly end: number
  /** Of the last number of a range above 65536. */
  private bytesRead = 0

  constructor(b: Uint8Array, at: number, end: number) {
    this.b = b
    this.at = at * 8
    this.end = end * 8
  }

  value(type: PerType): PerValue {
    switch (type.kind) {
      case 'null':
      case 'end':
        return null
      case 'boolean':
        return this.bits(1) === 1
      case 'integer':
        return this.constrained(type.min, type.max)
      case 'seconds': {
        const seconds = this.constrained(1, 0xffff_ffff)
        this.skip(8 * this.bytesRead)
        return seconds
      }
      case 'objectIdentifier':
        return this.octets(this.length())
      case 'octets':
        return this.octetString(type.min, type.max)
      case 'characters':
        return this.characterString(type.bits, type.min, type.max)
      case 'list':
        return this.list(type)
      case 'sequence':
        return this.sequence(type)
      case 'choice':
        return this.choice(type)
      case 'contained':
        return this.openType(type.type)
    }
  }

  private sequence({ isExtensible, fields, extensions, known }: Extract<PerType, { kind: 'sequence' }>): PerRecord {
    const record: Record<string, PerValue> = {}
    const isExtended = isExtensible && this.bits(1) === 1
    const isThere = fields.map(({ isOptional }) => isOptional && this.bits(1) === 1)
    for (const [i, { name, isOptional, type }] of fields.entries()) {
      if (isEnd(type)) return record
      if (!isOptional || isThere[i]) record[name] = this.value(type!())
    }
    if (!isExtended) return record
    const count = this.smallNumber() + 1
    if (count > MAX_EXTENSIONS) throw new Undecodable()
    const present = Array.from({ length: count }, () => this.bits(1) === 1)
    for (const [i, isPresent] of present.entries()) {
      const extension = extensions[i]
      if (extension !== undefined && isEnd(extension.type)) return record
      if (!isPresent && i < known) continue
      const value = this.openType(extension?.type ?? null)
      if (extension !== undefined) record[extension.name] = value
    }
    return record
  }

  private choice({ isExtensible, options, extensions }: Extract<PerType, { kind: 'choice' }>): PerRecord {
    if (isExtensible && this.bits(1) === 1) {
      const extension = extensions[this.smallNumber()]
      const value = this.openType(extension?.type ?? null)
      return extension === undefined ? {} : { [extension.name]: value }
    }
    const option = options[this.bits(bitsFor(options.length))]
    if (option === undefined) throw new Undecodable()
    return { [option.name]: this.value(option.type!()) }
  }

  /** A value with its length before it, decoded or passed over. */
  private openType(type: (() => PerType) | null): PerValue {
    const { at, length } = this.octets(this.length())
    if (type === null) return SKIPPED
    this.at = at * 8
    const value = this.value(type())
    this.at = (at + length) * 8
    return value
  }

  private list({ min, max, item }: Extract<PerType, { kind: 'list' }>): PerValue[] {
    const count = max < UNBOUNDED ? this.constrained(min, max) : this.length()
    const items: PerValue[] = []
    const type = item()
    for (let i = 0; i < count; i++) items.push(this.value(type))
    return items
  }

  private octetString(min: number, max: number): PerOctets {
    if (min === max && max <= 2) {
      // So short that it is not aligned; none is of use.
      this.bits(max * 8)
      return { at: this.at >>> 3, length: max }
    }
    if (min === max) return this.octets(max)
    return this.octets(max < UNBOUNDED ? this.constrained(min, max) : this.length())
  }

  private characterString(bits: number, min: number, max: number): PerOctets {
    const count = max < UNBOUNDED ? this.constrained(min, max) : this.length()
    if (max * bits > 16) this.align()
    const at = this.at >>> 3
    this.skip(count * bits)
    return { at, length: (count * bits + 7) >>> 3 }
  }

  private octets(length: number): PerOctets {
    this.align()
    const at = this.at >>> 3
    this.skip(length * 8)
    return { at, length }
  }

  /** A whole number of a range (X.691 10.5). */
  private constrained(min: number, max: number): number {
    const range = max - min + 1
    if (range <= 255) return min + this.bits(bitsFor(range))
    if (range <= 65536) {
      this.align()
      return min + this.bits(range === 256 ? 8 : 16)
    }
    this.bytesRead = this.bits(2) + 1
    this.align()
    return min + this.bits(this.bytesRead * 8)
  }

  /** A length determinant (X.691 10.9), aligned. */
  private length(): number {
    this.align()
    const first = this.bits(8)
    if (first < 0x80) return first
    if (first >= 0xc0) throw new Undecodable()
    return ((first & 0x3f) << 8) | this.bits(8)
  }

  /** A normally small number (X.691 10.6), but the kernel takes the bit that says "not so small" for one of the number's. */
  private smallNumber(): number {
    return this.bits(7)
  }

  private bits(count: number): number {
    const end = this.at + count
    if (end > this.end) throw new Undecodable()
    let value = 0
    for (; this.at < end; this.at++) value = value * 2 + ((this.b[this.at >>> 3]! >>> (7 - (this.at & 7))) & 1)
    return value
  }

  private skip(count: number): void {
    this.at += count
    if (this.at > this.end) throw new Undecodable()
  }

  private align(): void {
    this.at = (this.at + 7) & ~7
  }
}

function isEnd(type: (() => PerType) | null): boolean {
  return type !== null && type().kind === 'end'
}

/** Bits that tell `count` values apart. */
function bitsFor(count: number): number {
  return count <= 1 ? 0 : 32 - Math.clz32(count - 1)
}
