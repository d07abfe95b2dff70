/** The filter language as the search box uses it: what is wrong, what could come next, how it is painted. */
import { completeFilter, FIELDS, FilterError, parseFilter, type Completion, type Subject } from '@ctscope/server/filter'
import type { ViewId } from '../route/route.ts'

export type FilterProblem = { column: number; message: string; hint: string }

/** What a view's filter picks from; null for views that have none of their own. */
export function subjectOf(view: ViewId): Subject | null {
  return view === 'connections' || view === 'packets' || view === 'transitions' ? view : null
}

export function filterProblem(text: string, subject: Subject): FilterProblem | null {
  try {
    parseFilter(text, subject)
    return null
  } catch (error) {
    if (error instanceof FilterError) return { column: error.column, message: error.message, hint: error.hint }
    throw error
  }
}

export function complete(text: string, cursor: number, subject: Subject): Completion {
  return completeFilter(text, cursor, subject)
}

/** Fields for the help, those that a subject has. */
export function fieldsOf(subject: Subject): readonly { name: string; what: string }[] {
  return FIELDS.filter((field) => field.subjects.includes(subject))
}

const FIELD_NAMES: ReadonlySet<string> = new Set(FIELDS.map(({ name }) => name))

export type Painted = { text: string; kind: 'field' | 'value' | 'plain'; wrong: boolean }

const PIECE = /("[^"]*"?|'[^']*'?)|([^\s()!=<>&|,{}"']+)|(\s+|.)/g
const WORD_OPERATORS = new Set(['and', 'or', 'not', 'in', 'contains', 'eq', 'ne', 'lt', 'le', 'gt', 'ge'])

/** The text cut in coloured pieces; the piece at `wrongColumn` (from 1) is marked. Joined they are the text again. */
export function paint(text: string, wrongColumn: number | null): Painted[] {
  const pieces: Painted[] = []
  let before = ''
  for (const match of text.matchAll(PIECE)) {
    const word = match[2]
    const wrong = wrongColumn !== null && wrongColumn - 1 >= match.index && wrongColumn - 1 < match.index + match[0].length
    pieces.push({ text: match[0], kind: kindOf(word, match[1], before), wrong })
    if (match[0].trim() !== '') before = match[0]
  }
  // Where more was expected there is nothing to mark but the place after the end.
  if (wrongColumn !== null && wrongColumn > text.length) pieces.push({ text: ' ', kind: 'plain', wrong: true })
  return pieces
}

/** What a value may follow: the last character of a comparison, a set's brace or comma, or `contains`. */
const BEFORE_VALUE = /^([=<>{,]|contains|eq|ne|lt|le|gt|ge)$/i

function kindOf(word: string | undefined, quoted: string | undefined, before: string): Painted['kind'] {
  if (quoted !== undefined) return 'value'
  if (word === undefined || WORD_OPERATORS.has(word.toLowerCase())) return 'plain'
  return FIELD_NAMES.has(word.toLowerCase()) && !BEFORE_VALUE.test(before) ? 'field' : 'value'
}
