/** Cuts a filter into tokens. Browser-safe. */
import { FilterError } from './ast.ts'

export type Token = {
  readonly kind: 'word' | 'string' | 'op' | 'end'
  /** An operator's normal form (`and` → `&&`), a string's content, a word as it stands. */
  readonly text: string
  /** From 1. */
  readonly column: number
  /** Offset of the first character after it. */
  readonly end: number
}

/** Longest first: `<=` before `<`. */
const SYMBOLS = ['&&', '||', '==', '!=', '<=', '>=', '<', '>', '!', '(', ')', '{', '}', ','] as const
const WORD_OPERATORS = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
  ['in', 'in'],
  ['contains', 'contains'],
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
])
const WORD = /[^\s()!=<>&|,{}"']+/y
const SPACE = /\s*/y

/** The tokens, the last of kind `end`. @throws FilterError */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    SPACE.lastIndex = at
    SPACE.exec(text)
    at = SPACE.lastIndex
    if (at >= text.length) break
    const token = symbolAt(text, at) ?? stringAt(text, at) ?? wordAt(text, at)
    tokens.push(token)
    at = token.end
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1, end: text.length })
  return tokens
}

function symbolAt(text: string, at: number): Token | null {
  for (const symbol of SYMBOLS) {
    if (text.startsWith(symbol, at)) return { kind: 'op', text: symbol, column: at + 1, end: at + symbol.length }
  }
  return null
}

function stringAt(text: string, at: number): Token | null {
  const quote = text[at]
  if (quote !== '"' && quote !== "'") return null
  let content = ''
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]!
    if (char === quote) return { kind: 'string', text: content, column: at + 1, end: i + 1 }
    if (char === '\\' && i + 1 < text.length) {
      i++
      content += text[i]!
    } else {
      content += char
    }
  }
  throw new FilterError(at + 1, `the quote ${quote} is not closed`, `Close it with ${quote}.`)
}

function wordAt(text: string, at: number): Token {
  WORD.lastIndex = at
  const match = WORD.exec(text)
  if (match === null) {
    const char = text[at]!
    const double = char === '=' ? '==' : char === '&' ? '&&' : '||'
    throw new FilterError(at + 1, `expected ${double}, found a single ${char}`, `Write ${double}.`)
  }
  const word = match[0]
  const operator = WORD_OPERATORS.get(word.toLowerCase())
  const end = at + word.length
  return operator === undefined ? { kind: 'word', text: word, column: at + 1, end } : { kind: 'op', text: operator, column: at + 1, end }
}
