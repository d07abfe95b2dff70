/**
 * Makes a predicate of a filter. What a row is, is the accessor's affair: a number of a row in columns, or an object.
 * The predicate allocates nothing where the accessor's getters do not. Browser-safe.
 */
import { FilterError, type Filter, type Network, type Term } from './ast.ts'
import type { Comparison, Field, Subject } from './fields.ts'
import { maskWord } from './values.ts'

/** NaN: the row has none. */
export type NumberGetter<T> = (row: T) => number
/** '': the row has none. */
export type TextGetter<T> = (row: T) => string
/** Fills in the address's words and returns its family; 0: the row has none. */
export type AddressGetter<T> = (row: T, words: Uint32Array) => 0 | 4 | 6

/** By field name, each with all its values; a field that applies to the subject must be here under its type. */
export type Accessor<T> = {
  readonly subject: Subject
  /** number, size, duration (seconds); boolean (1 or 0). */
  readonly numbers: Readonly<Record<string, readonly NumberGetter<T>[]>>
  /** bits. */
  readonly bits: Readonly<Record<string, NumberGetter<T>>>
  /** word and text. */
  readonly texts: Readonly<Record<string, readonly TextGetter<T>[]>>
  readonly addresses: Readonly<Record<string, readonly AddressGetter<T>[]>>
  /** What a bare word is looked for in. */
  readonly free: readonly TextGetter<T>[]
}

export type Predicate<T> = (row: T) => boolean

/** @throws FilterError when a field does not apply to the accessor's subject. */
export function compileFilter<T>(filter: Filter, accessor: Accessor<T>): Predicate<T> {
  return filter.term === null ? () => true : compileTerm(filter.term, accessor)
}

function compileTerm<T>(term: Term, accessor: Accessor<T>): Predicate<T> {
  switch (term.kind) {
    case 'and':
      return every(term.terms.map((each) => compileTerm(each, accessor)))
    case 'or':
      return some(term.terms.map((each) => compileTerm(each, accessor)))
    case 'not': {
      const inner = compileTerm(term.term, accessor)
      return (row) => !inner(row)
    }
    case 'free':
      return some(accessor.free.map((get) => (row) => get(row).toLowerCase().includes(term.text)))
    case 'present':
      return present(term.field, term.column, accessor)
    case 'number':
      return some(numbers(term.field, term.column, accessor).map((get) => compareNumber(get, term.op, term.value)))
    case 'ranges':
      return some(
        numbers(term.field, term.column, accessor).flatMap((get) =>
          term.ranges.map(({ low, high }): Predicate<T> =>
            low === high
              ? (row) => get(row) === low
              : (row) => {
                  const value = get(row)
                  return value >= low && value <= high
                },
          ),
        ),
      )
    case 'networks':
      return inNetworks(found(accessor.addresses, term.field, term.column), term.networks)
    case 'words': {
      const words = new Set(term.words)
      const only = term.words.length === 1 ? term.words[0] : undefined
      return some(
        found(accessor.texts, term.field, term.column).map((get): Predicate<T> =>
          only === undefined ? (row) => words.has(get(row).toLowerCase()) : (row) => get(row).toLowerCase() === only,
        ),
      )
    }
    case 'contains':
      return some(found(accessor.texts, term.field, term.column).map((get) => (row) => get(row).toLowerCase().includes(term.text)))
    case 'bits': {
      const get = found(accessor.bits, term.field, term.column)
      const { mask } = term
      return (row) => (get(row) & mask) !== 0
    }
  }
}

function compareNumber<T>(get: NumberGetter<T>, op: Comparison, value: number): Predicate<T> {
  switch (op) {
    case '<':
      return (row) => get(row) < value
    case '<=':
      return (row) => get(row) <= value
    case '>':
      return (row) => get(row) > value
    case '>=':
      return (row) => get(row) >= value
    case '==':
      return (row) => get(row) === value
    case '!=':
      return (row) => get(row) !== value
  }
}

/** A name alone: numbers must be there and not 0, texts not empty, some bit set. */
function present<T>(field: Field, column: number, accessor: Accessor<T>): Predicate<T> {
  switch (field.type) {
    case 'number':
    case 'size':
    case 'duration':
    case 'boolean':
      return some(
        numbers(field, column, accessor).map((get): Predicate<T> => (row) => {
          const value = get(row)
          return value !== 0 && !Number.isNaN(value)
        }),
      )
    case 'word':
    case 'text':
      return some(found(accessor.texts, field, column).map((get) => (row) => get(row) !== ''))
    case 'bits': {
      const get = found(accessor.bits, field, column)
      return (row) => get(row) !== 0
    }
    case 'address': {
      const words = new Uint32Array(4)
      return some(found(accessor.addresses, field, column).map((get) => (row) => get(row, words) !== 0))
    }
  }
}

function inNetworks<T>(getters: readonly AddressGetter<T>[], networks: readonly Network[]): Predicate<T> {
  const words = new Uint32Array(4)
  const masks = networks.map(({ words: net, prefix }) => net.map((_, i) => maskWord(prefix, i)))
  return (row) => {
    for (const get of getters) {
      const family = get(row, words)
      for (let n = 0; n < networks.length; n++) {
        const network = networks[n]!
        if (network.family !== family) continue
        const mask = masks[n]!
        let equal = true
        for (let i = 0; i < mask.length && equal; i++) equal = (words[i]! & mask[i]!) >>> 0 === network.words[i]
        if (equal) return true
      }
    }
    return false
  }
}

function numbers<T>(field: Field, column: number, accessor: Accessor<T>): readonly NumberGetter<T>[] {
  return found(accessor.numbers, field, column)
}

function found<G>(getters: Readonly<Record<string, G>>, field: Field, column: number): G {
  const getter = Object.hasOwn(getters, field.name) ? getters[field.name] : undefined
  if (getter === undefined)
    throw new FilterError(column, `${field.name} cannot be asked here`, `It is one of ${field.subjects.join(' and ')}.`)
  return getter
}

function every<T>(predicates: readonly Predicate<T>[]): Predicate<T> {
  return (row) => {
    for (const predicate of predicates) if (!predicate(row)) return false
    return true
  }
}

function some<T>(predicates: readonly Predicate<T>[]): Predicate<T> {
  const [only] = predicates
  if (predicates.length === 1 && only !== undefined) return only
  return (row) => {
    for (const predicate of predicates) if (predicate(row)) return true
    return false
  }
}
