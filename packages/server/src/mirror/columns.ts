/**
 * Rows as columns: one typed array a field, all of one capacity, over shared memory so that another thread can read
 * them. A column of width n holds n values a row, side by side.
 */

export type ColumnKind = 'u8' | 'u16' | 'u32' | 'f32' | 'f64'
export type ColumnSchema = Readonly<Record<string, readonly [kind: ColumnKind, width: number]>>

type ArrayOf<K extends ColumnKind> = K extends 'u8'
  ? Uint8Array<SharedArrayBuffer>
  : K extends 'u16'
    ? Uint16Array<SharedArrayBuffer>
    : K extends 'u32'
      ? Uint32Array<SharedArrayBuffer>
      : K extends 'f32'
        ? Float32Array<SharedArrayBuffer>
        : Float64Array<SharedArrayBuffer>

export type Columns<S extends ColumnSchema> = { -readonly [K in keyof S]: ArrayOf<S[K][0]> }

const BYTES: Readonly<Record<ColumnKind, number>> = { u8: 1, u16: 2, u32: 4, f32: 4, f64: 8 }

function allocate(kind: ColumnKind, length: number): ArrayOf<ColumnKind> {
  const buffer = new SharedArrayBuffer(length * BYTES[kind])
  switch (kind) {
    case 'u8':
      return new Uint8Array(buffer)
    case 'u16':
      return new Uint16Array(buffer)
    case 'u32':
      return new Uint32Array(buffer)
    case 'f32':
      return new Float32Array(buffer)
    case 'f64':
      return new Float64Array(buffer)
  }
}

export class ColumnTable<S extends ColumnSchema> {
  readonly #schema: S
  readonly #names: readonly (keyof S & string)[]
  /** The arrays; each is another object after `grow`: do not keep one over a call that may add rows. */
  readonly at: Columns<S>
  capacity: number

  constructor(schema: S, capacity: number) {
    this.#schema = schema
    this.#names = Object.keys(schema)
    this.capacity = capacity
    const at: Record<string, ArrayOf<ColumnKind>> = {}
    for (const name of this.#names) at[name] = allocate(schema[name]![0], capacity * schema[name]![1])
    this.at = at as Columns<S>
  }

  /** Makes room for at least `capacity` rows; what is there stays. */
  grow(capacity: number): void {
    if (capacity <= this.capacity) return
    const at = this.at as Record<string, ArrayOf<ColumnKind>>
    for (const name of this.#names) {
      const [kind, width] = this.#schema[name]!
      const larger = allocate(kind, capacity * width)
      larger.set(at[name]!)
      at[name] = larger
    }
    this.capacity = capacity
  }

  /** Copies a row of a table of the same schema. */
  copyRow(from: ColumnTable<S>, fromRow: number, toRow: number): void {
    const source = from.at as Record<string, ArrayOf<ColumnKind>>
    const target = this.at as Record<string, ArrayOf<ColumnKind>>
    for (const name of this.#names) {
      const width = this.#schema[name]![1]
      const read = source[name]!
      const write = target[name]!
      for (let i = 0; i < width; i++) write[toRow * width + i] = read[fromRow * width + i]!
    }
  }

  /** Bytes that the columns take. */
  get byteLength(): number {
    return this.#names.reduce((sum, name) => sum + BYTES[this.#schema[name]![0]] * this.#schema[name]![1] * this.capacity, 0)
  }
}
