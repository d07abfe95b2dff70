/** Writes values in aligned PER (ITU-T X.691), the other way round than the decoder: by the same types, on its own. */
import { type PerType, UNBOUNDED } from '../../../src/helpers/h323/per.ts'

/** As decoded, but octets and characters are bytes. What a choice has is its only field. */
export type Encodable = null | boolean | number | Uint8Array | readonly Encodable[] | { readonly [name: string]: Encodable | undefined }
type Fields = { readonly [name: string]: Encodable | undefined }

export function encodePer(type: PerType, value: Encodable): Buffer {
  const writer = new Writer()
  writer.value(type, value)
  return writer.done()
}

class Writer {
  private readonly bytes: number[] = []
  /** Bits used of the last byte; 0: it is full. */
  private used = 0

  /** Of at least one byte, as a value in a message is. */
  done(): Buffer {
    return Buffer.from(this.bytes.length === 0 ? [0] : this.bytes)
  }

  value(type: PerType, value: Encodable): void {
    switch (type.kind) {
      case 'null':
      case 'end':
        return
      case 'boolean':
        return this.bits(value ? 1 : 0, 1)
      case 'integer':
        return this.constrained(value as number, type.min, type.max)
      case 'seconds':
        return this.constrained(value as number, 1, 0xffff_ffff)
      case 'objectIdentifier':
        return this.counted(value as Uint8Array)
      case 'octets': {
        const octets = value as Uint8Array
        if (type.min === type.max && type.max <= 2) return octets.forEach((octet) => this.bits(octet, 8))
        if (type.min === type.max) return this.octets(octets)
        if (type.max >= UNBOUNDED) return this.counted(octets)
        this.constrained(octets.length, type.min, type.max)
        return this.octets(octets)
      }
      case 'characters': {
        const octets = value as Uint8Array
        this.constrained((octets.length * 8) / type.bits, type.min, type.max)
        return type.max * type.bits > 16 ? this.octets(octets) : octets.forEach((octet) => this.bits(octet, 8))
      }
      case 'list': {
        const items = value as readonly Encodable[]
        if (type.max < UNBOUNDED) this.constrained(items.length, type.min, type.max)
        else this.length(items.length)
        for (const item of items) this.value(type.item(), item)
        return
      }
      case 'sequence':
        return this.sequence(type, value as Fields)
      case 'choice':
        return this.choice(type, value as Fields)
      case 'contained':
        return this.counted(value instanceof Uint8Array ? value : encodePer(type.type(), value))
    }
  }

  private sequence({ isExtensible, fields, extensions }: Extract<PerType, { kind: 'sequence' }>, value: Fields): void {
    const given = extensions.map(({ name }) => value[name] !== undefined)
    const isExtended = given.includes(true)
    if (isExtensible) this.bits(isExtended ? 1 : 0, 1)
    for (const { name, isOptional } of fields) if (isOptional) this.bits(value[name] === undefined ? 0 : 1, 1)
    for (const { name, type } of fields) if (value[name] !== undefined) this.value(type!(), value[name])
    if (!isExtended) return
    this.small(given.length - 1)
    for (const isGiven of given) this.bits(isGiven ? 1 : 0, 1)
    for (const { name, type } of extensions) if (value[name] !== undefined) this.open(type, value[name])
  }

  private choice({ isExtensible, options, extensions }: Extract<PerType, { kind: 'choice' }>, value: Fields): void {
    const [name] = Object.keys(value)
    const index = options.findIndex((option) => option.name === name)
    if (isExtensible) this.bits(index < 0 ? 1 : 0, 1)
    if (index >= 0) {
      this.bits(index, options.length <= 1 ? 0 : 32 - Math.clz32(options.length - 1))
      this.value(options[index]!.type!(), value[name!]!)
      return
    }
    const extension = extensions.findIndex((option) => option.name === name)
    if (extension < 0) throw new Error(`no alternative ${name}`)
    this.small(extension)
    this.open(extensions[extension]!.type, value[name!]!)
  }

  /** An extension without a type is given as its bytes, or as null for an empty one. */
  private open(type: (() => PerType) | null, value: Encodable): void {
    if (type !== null) this.counted(encodePer(type(), value))
    else this.counted(value instanceof Uint8Array ? value : Uint8Array.of(0))
  }

  private constrained(value: number, min: number, max: number): void {
    const range = max - min + 1
    const offset = value - min
    if (range <= 255) this.bits(offset, range <= 1 ? 0 : 32 - Math.clz32(range - 1))
    else if (range <= 65536) {
      this.align()
      this.bits(offset, range === 256 ? 8 : 16)
    } else {
      const bytes = offset < 0x100 ? 1 : offset < 0x1_0000 ? 2 : offset < 0x100_0000 ? 3 : 4
      this.bits(bytes - 1, 2)
      this.align()
      this.bits(offset, bytes * 8)
    }
  }

  private small(value: number): void {
    this.bits(0, 1)
    this.bits(value, 6)
  }

  private counted(octets: Uint8Array): void {
    this.length(octets.length)
    this.octets(octets)
  }

  private length(value: number): void {
    this.align()
    if (value < 0x80) this.bits(value, 8)
    else this.bits(0x8000 | value, 16)
  }

  private octets(octets: Uint8Array): void {
    this.align()
    this.bytes.push(...octets)
  }

  private bits(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) {
      if (this.used === 0) this.bytes.push(0)
      this.bytes[this.bytes.length - 1]! |= (Math.floor(value / 2 ** bit) & 1) << (7 - this.used)
      this.used = (this.used + 1) & 7
    }
  }

  private align(): void {
    this.used = 0
  }
}
