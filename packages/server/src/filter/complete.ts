/** What could stand at the cursor: the search box's completion, from the same table of fields. Browser-safe. */
import { FilterError } from './ast.ts'
import { FIELDS, fieldOf, operatorsOf, type Field, type Subject } from './fields.ts'
import { tokenize, type Token } from './lexer.ts'

export type Suggestion = {
  /** Put in place of the text between `from` and `to`. */
  readonly insert: string
  readonly what: string
  readonly kind: 'field' | 'operator' | 'value'
}

export type Completion = {
  /** Offsets of what is replaced. */
  readonly from: number
  readonly to: number
  readonly suggestions: readonly Suggestion[]
}

const MAX_SUGGESTIONS = 50

/** `cursor` is an offset into `text`. What stands after the cursor's word is not looked at. */
export function completeFilter(text: string, cursor: number, subject: Subject): Completion {
  const before = text.slice(0, cursor)
  const tokens = tokensOf(before)
  if (tokens === null) return { from: cursor, to: cursor, suggestions: [] }
  const last = tokens.at(-1)
  // The word that is being typed ends at the cursor; a word with a space after it is finished.
  const typing = last?.kind === 'word' && last.end === cursor ? last : null
  const done = typing === null ? tokens : tokens.slice(0, -1)
  const prefix = typing?.text.toLowerCase() ?? ''
  const candidates = candidatesAfter(done, subject)
  return {
    from: typing === null ? cursor : typing.column - 1,
    to: cursor,
    suggestions: rank(candidates, prefix).slice(0, MAX_SUGGESTIONS),
  }
}

function tokensOf(text: string): Token[] | null {
  try {
    return tokenize(text).slice(0, -1)
  } catch (error) {
    if (error instanceof FilterError) return null
    throw error
  }
}

function candidatesAfter(done: readonly Token[], subject: Subject): Suggestion[] {
  const last = done.at(-1)
  if (last === undefined) return fields(subject)
  if (last.kind === 'op') {
    if (last.text === ')' || last.text === '}') return connectives()
    if (last.text === '{' || last.text === ',') {
      const field = setField(done)
      return field === undefined ? [] : values(field)
    }
    if (last.text === '&&' || last.text === '||' || last.text === '!' || last.text === '(') return fields(subject)
    if (last.text === 'in') return [{ insert: '{', what: 'a set of values', kind: 'operator' }]
    const field = fieldAt(done, done.length - 2)
    return field === undefined ? [] : values(field)
  }
  const field = isOperandPosition(done, done.length - 1) ? fieldAt(done, done.length - 1) : undefined
  if (field === undefined || !field.subjects.includes(subject)) return connectives()
  const operators = operatorsOf(field.type).map((op): Suggestion => ({ insert: op, what: operatorWhat(op), kind: 'operator' }))
  return [...operators, ...connectives()]
}

/** Whether the token at `index` begins a comparison rather than being its value. */
function isOperandPosition(tokens: readonly Token[], index: number): boolean {
  const previous = tokens[index - 1]
  return previous === undefined || (previous.kind === 'op' && ['&&', '||', '!', '('].includes(previous.text))
}

function fieldAt(tokens: readonly Token[], index: number): Field | undefined {
  const token = tokens[index]
  return token?.kind === 'word' ? fieldOf(token.text) : undefined
}

/** The field whose set is open at the end. */
function setField(tokens: readonly Token[]): Field | undefined {
  const open = tokens.findLastIndex((token) => token.text === '{' && token.kind === 'op')
  return fieldAt(tokens, open - 2)
}

function fields(subject: Subject): Suggestion[] {
  return FIELDS.filter((field) => field.subjects.includes(subject)).map((field) => ({
    insert: field.name,
    what: field.what,
    kind: 'field',
  }))
}

function values(field: Field): Suggestion[] {
  const words = field.words ?? field.examples ?? (field.type === 'boolean' ? ['true', 'false'] : [])
  return words.map((word) => ({ insert: word, what: '', kind: 'value' }))
}

function connectives(): Suggestion[] {
  return [
    { insert: '&&', what: 'and', kind: 'operator' },
    { insert: '||', what: 'or', kind: 'operator' },
  ]
}

function operatorWhat(op: string): string {
  return (
    {
      '==': 'equal',
      '!=': 'none equal',
      '<': 'less',
      '<=': 'at most',
      '>': 'more',
      '>=': 'at least',
      contains: 'has the text',
      in: 'one of',
    }[op] ?? ''
  )
}

/** Those that begin with what is typed, then those that hold it; an exact match says nothing new. */
function rank(candidates: readonly Suggestion[], prefix: string): Suggestion[] {
  const lower = (suggestion: Suggestion): string => suggestion.insert.toLowerCase()
  const begins = candidates.filter((each) => lower(each).startsWith(prefix) && lower(each) !== prefix)
  const holds = candidates.filter((each) => !lower(each).startsWith(prefix) && lower(each).includes(prefix))
  return [...begins, ...holds]
}
