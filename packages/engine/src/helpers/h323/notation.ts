/**
 * A short notation for the types that `per.ts` decodes, close to ASN.1:
 *
 *     Name = sequence { a: octets(4), b?: Other, ..., c?: list Other, d }
 *
 * `?` marks what is OPTIONAL, `...` where extensions begin, `...(26)` how many of them the kernel knows if more than are
 * listed; an extension without a type is passed over. `end` is where the kernel stops reading the sequence. Types:
 * null boolean objectIdentifier seconds end integer(min..max) octets octets(n) octets(min..max) digits(…) text(…) wide(…)
 * list T, list(min..max) T, contained T, sequence { … }, choice { … }, or a name.
 */
import { type PerField, type PerType, UNBOUNDED } from './per.ts'

export type Types = ReadonlyMap<string, PerType>

const TOKEN = /\.\.\.|\.\.|[A-Za-z][A-Za-z0-9-]*|\d+|[{}():,?=]/g
const CHARACTER_BITS: Readonly<Record<string, number>> = { digits: 4, text: 8, wide: 16 }

/** @throws Error on a mistake in the notation */
export function compileTypes(text: string): Types {
  return new Compiler(text).run()
}

class Compiler {
  private readonly tokens: string[]
  private at = 0
  private readonly types = new Map<string, PerType>()
  private readonly named = new Set<string>()

  constructor(text: string) {
    this.tokens = text.match(TOKEN) ?? []
  }

  run(): Types {
    while (this.at < this.tokens.length) {
      const name = this.take()
      this.expect('=')
      this.types.set(name, this.type())
    }
    for (const name of this.named) if (!this.types.has(name)) throw new Error(`type ${name} is not defined`)
    return this.types
  }

  private type(): PerType {
    const word = this.take()
    switch (word) {
      case 'null':
      case 'boolean':
      case 'end':
      case 'objectIdentifier':
      case 'seconds':
        return { kind: word }
      case 'integer':
        return { kind: 'integer', ...this.range() }
      case 'octets':
        return { kind: 'octets', ...this.range() }
      case 'digits':
      case 'text':
      case 'wide':
        return { kind: 'characters', bits: CHARACTER_BITS[word]!, ...this.range() }
      case 'list': {
        const range = this.range()
        return { kind: 'list', ...range, item: this.lazyType() }
      }
      case 'contained':
        return { kind: 'contained', type: this.lazyType() }
      case 'sequence': {
        const { first, extensions, isExtensible, known } = this.fields()
        return { kind: 'sequence', isExtensible, fields: first, extensions, known }
      }
      case 'choice': {
        const { first, extensions, isExtensible } = this.fields()
        return { kind: 'choice', isExtensible, options: first, extensions }
      }
      default:
        throw new Error(`${word} is no type`)
    }
  }

  /** A type, or the name of one that may be defined later. */
  private lazyType(): () => PerType {
    const word = this.tokens[this.at]!
    if (!/^[A-Z]/.test(word)) {
      const type = this.type()
      return () => type
    }
    this.at++
    this.named.add(word)
    return () => this.types.get(word)!
  }

  private fields(): { first: PerField[]; extensions: PerField[]; isExtensible: boolean; known: number } {
    const first: PerField[] = []
    const extensions: PerField[] = []
    let isExtensible = false
    let known = 0
    this.expect('{')
    while (this.tokens[this.at] !== '}') {
      if (this.skip('...')) {
        isExtensible = true
        if (this.tokens[this.at] === '(') known = this.range().max
      } else {
        const name = this.take()
        const isOptional = this.skip('?')
        const type = this.skip(':') ? this.lazyType() : null
        if (type === null && !isExtensible) throw new Error(`${name} has no type`)
        ;(isExtensible ? extensions : first).push({ name, isOptional, type })
      }
      if (!this.skip(',')) break
    }
    this.expect('}')
    return { first, extensions, isExtensible, known: Math.max(known, extensions.length) }
  }

  private range(): { min: number; max: number } {
    if (!this.skip('(')) return { min: 0, max: UNBOUNDED }
    const min = Number(this.take())
    const max = this.skip('..') ? Number(this.take()) : min
    this.expect(')')
    return { min, max }
  }

  private take(): string {
    const token = this.tokens[this.at++]
    if (token === undefined) throw new Error('the notation ends too early')
    return token
  }

  private skip(token: string): boolean {
    if (this.tokens[this.at] !== token) return false
    this.at++
    return true
  }

  private expect(token: string): void {
    if (!this.skip(token)) throw new Error(`${token} expected, not ${this.tokens[this.at]}`)
  }
}
