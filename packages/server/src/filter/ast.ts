/** What a filter means, once read. Every node that can be wrong when compiled says where it stood. Browser-safe. */
import type { Comparison, Field, Subject } from './fields.ts'
import type { Family } from '../formats/address.ts'

/** An inclusive range of numbers; a single number is a range of one. */
export type NumberRange = { readonly low: number; readonly high: number }
export type Network = { readonly family: Family; readonly words: readonly number[]; readonly prefix: number }

export type Term =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Term[] }
  | { readonly kind: 'not'; readonly term: Term }
  /** A bare word. */
  | { readonly kind: 'free'; readonly text: string }
  /** A field's name alone: there is one, or it is true, or not 0. */
  | { readonly kind: 'present'; readonly field: Field; readonly column: number }
  | { readonly kind: 'number'; readonly field: Field; readonly column: number; readonly op: Comparison; readonly value: number }
  | { readonly kind: 'ranges'; readonly field: Field; readonly column: number; readonly ranges: readonly NumberRange[] }
  | { readonly kind: 'networks'; readonly field: Field; readonly column: number; readonly networks: readonly Network[] }
  /** Equal to one of these, lower case. */
  | { readonly kind: 'words'; readonly field: Field; readonly column: number; readonly words: readonly string[] }
  | { readonly kind: 'contains'; readonly field: Field; readonly column: number; readonly text: string }
  /** One of these bits is set. */
  | { readonly kind: 'bits'; readonly field: Field; readonly column: number; readonly mask: number }

/** `term` null: an empty filter, everything. */
export type Filter = { readonly text: string; readonly subject: Subject; readonly term: Term | null }

/** A filter that cannot be read. `column` counts characters from 1. */
export class FilterError extends Error {
  readonly column: number
  readonly hint: string

  constructor(column: number, message: string, hint: string) {
    super(message)
    this.name = 'FilterError'
    this.column = column
    this.hint = hint
  }
}
