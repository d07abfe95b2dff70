/**
 * Reads a filter.
 *
 *   filter     = [ or ]
 *   or         = and { ( "||" | "or" ) and }
 *   and        = not { ( "&&" | "and" ) not }
 *   not        = ( "!" | "not" ) not | "(" or ")" | comparison
 *   comparison = field [ operator value | "in" "{" value { "," value } "}" ] | word | string
 *
 * A field with several values (`ip.addr`, `port`) matches when any of them does. `a != b` is `!(a == b)`, as in
 * Wireshark since 3.6: none of the values is b. A field's name alone asks whether there is one.
 * Bounded in length, depth and number of terms; no construct can hang. Browser-safe.
 */
import { FilterError, type Filter, type Term } from './ast.ts'
import { FIELDS, fieldOf, operatorsOf, type Comparison, type Field, type Operator, type Subject } from './fields.ts'
import { tokenize, type Token } from './lexer.ts'
import { describe, readBit, readBoolean, readNetwork, readNumber, readRange, readWord } from './values.ts'

export const MAX_FILTER_LENGTH = 4096
export const MAX_FILTER_DEPTH = 64
/** Comparisons and words, the values of a set among them. */
export const MAX_FILTER_TERMS = 256

const OPERATORS = new Set<string>(['==', '!=', '<', '<=', '>', '>=', 'in', 'contains'])

/** @throws FilterError with the column and what was expected there. */
export function parseFilter(text: string, subject: Subject): Filter {
  if (text.length > MAX_FILTER_LENGTH) {
    throw new FilterError(
      MAX_FILTER_LENGTH + 1,
      `the filter is longer than ${MAX_FILTER_LENGTH} characters`,
      'Use networks, ranges and sets.',
    )
  }
  return { text, subject, term: new Parser(tokenize(text), subject).parse() }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #subject: Subject
  #at = 0
  #depth = 0
  #terms = 0

  constructor(tokens: readonly Token[], subject: Subject) {
    this.#tokens = tokens
    this.#subject = subject
  }

  parse(): Term | null {
    if (this.#next().kind === 'end') return null
    const term = this.#or()
    const rest = this.#next()
    if (rest.kind !== 'end') {
      const what = rest.text === ')' ? 'nothing to close' : 'expected && or ||'
      throw new FilterError(rest.column, `${what}, found ${describe(rest)}`, 'Put text of several words in quotes.')
    }
    return term
  }

  #or(): Term {
    return this.#chain('or', '||', () => this.#and())
  }

  #and(): Term {
    return this.#chain('and', '&&', () => this.#not())
  }

  #chain(kind: 'and' | 'or', operator: string, operand: () => Term): Term {
    const first = operand()
    const terms = [first]
    while (this.#takes(operator)) terms.push(operand())
    return terms.length === 1 ? first : { kind, terms }
  }

  #not(): Term {
    const token = this.#next()
    if (++this.#depth > MAX_FILTER_DEPTH) {
      throw new FilterError(token.column, `more than ${MAX_FILTER_DEPTH} levels of ( and !`, 'Write it with fewer parentheses.')
    }
    try {
      if (this.#takes('!')) return { kind: 'not', term: this.#not() }
      if (!this.#takes('(')) return this.#comparison()
      const term = this.#or()
      this.#expect(')')
      return term
    } finally {
      this.#depth--
    }
  }

  #comparison(): Term {
    const token = this.#next()
    if (token.kind !== 'word' && token.kind !== 'string') {
      throw new FilterError(token.column, `expected a field, a word or (, found ${describe(token)}`, 'As in: ct.state == NEW && port == 21')
    }
    this.#at++
    this.#count(token)
    const operator = this.#next()
    const compares = operator.kind === 'op' && OPERATORS.has(operator.text)
    const field = token.kind === 'word' ? fieldOf(token.text) : undefined
    if (field === undefined) {
      if (compares) throw unknownField(token, this.#subject)
      return { kind: 'free', text: token.text.toLowerCase() }
    }
    if (!field.subjects.includes(this.#subject)) {
      throw new FilterError(
        token.column,
        `${field.name} is not a field of ${this.#subject}`,
        `It is one of ${field.subjects.join(' and ')}.`,
      )
    }
    if (!compares) return { kind: 'present', field, column: token.column }
    this.#at++
    const op = operator.text as Operator
    if (!operatorsOf(field.type).includes(op)) {
      throw new FilterError(operator.column, `${field.name} takes ${operatorsOf(field.type).join(', ')}, not ${op}`, field.what)
    }
    const column = token.column
    if (op === 'contains') return { kind: 'contains', field, column, text: this.#value().text.toLowerCase() }
    if (op === 'in') return oneOf(field, column, this.#set())
    return this.#compare(field, column, op)
  }

  #compare(field: Field, column: number, op: Comparison): Term {
    const value = this.#value()
    if (op === '!=') return { kind: 'not', term: oneOf(field, column, [value]) }
    if (op === '==') return oneOf(field, column, [value])
    return { kind: 'number', field, column, op, value: readNumber(field, value) }
  }

  #set(): Token[] {
    this.#expect('{')
    const values = [this.#value()]
    // Wireshark takes commas and, in its older versions, spaces.
    while (this.#takes(',') || this.#next().kind === 'word' || this.#next().kind === 'string') values.push(this.#value())
    this.#expect('}')
    return values
  }

  #value(): Token {
    const token = this.#next()
    if (token.kind !== 'word' && token.kind !== 'string') {
      throw new FilterError(token.column, `expected a value, found ${describe(token)}`, 'Put text with spaces or symbols in quotes.')
    }
    this.#count(token)
    this.#at++
    return token
  }

  #count(token: Token): void {
    if (++this.#terms > MAX_FILTER_TERMS) {
      throw new FilterError(token.column, `more than ${MAX_FILTER_TERMS} terms`, 'Use networks, ranges and sets.')
    }
  }

  #next(): Token {
    return this.#tokens[this.#at]!
  }

  #takes(operator: string): boolean {
    const token = this.#next()
    if (token.kind !== 'op' || token.text !== operator) return false
    this.#at++
    return true
  }

  #expect(operator: string): void {
    const token = this.#next()
    if (!this.#takes(operator)) throw new FilterError(token.column, `expected ${operator}, found ${describe(token)}`, '')
  }
}

/** The field equals one of the values. @throws FilterError */
function oneOf(field: Field, column: number, values: readonly Token[]): Term {
  switch (field.type) {
    case 'number':
    case 'size':
    case 'duration':
      return { kind: 'ranges', field, column, ranges: values.map((value) => readRange(field, value)) }
    case 'address':
      return { kind: 'networks', field, column, networks: values.map((value) => readNetwork(value)) }
    case 'word':
      return { kind: 'words', field, column, words: values.map((value) => readWord(field, value)) }
    case 'text':
      return { kind: 'words', field, column, words: values.map((value) => value.text.toLowerCase()) }
    case 'bits':
      return { kind: 'bits', field, column, mask: values.reduce((mask, value) => (mask | readBit(field, value)) >>> 0, 0) }
    case 'boolean': {
      const present: Term = { kind: 'present', field, column }
      return values.every((value) => readBoolean(value)) ? present : { kind: 'not', term: present }
    }
  }
}

function unknownField(token: Token, subject: Subject): FilterError {
  const word = token.text.toLowerCase()
  const names = FIELDS.filter((field) => field.subjects.includes(subject)).map((field) => field.name)
  const near = names.filter((name) => name.includes(word) || word.includes(name)).slice(0, 4)
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `The fields are ${names.join(', ')}.`
  return new FilterError(token.column, `expected a field before the operator, found "${token.text}"`, hint)
}
