/** Checks requests by their schemas. Numbers in queries and paths are texts that must be numbers; bodies are taken as they are. */
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

const NUMBER = /^-?\d{1,16}(?:\.\d{1,9})?$/

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  const numeric = httpPart === 'body' ? [] : numericNames(schema)
  return (value: unknown) => {
    const given = numeric.length === 0 ? value : withNumbers(value as Record<string, unknown>, numeric)
    if (validator.Check(given)) return { value: given }
    // TypeBox says of a property that must not be there that its schema is false.
    const errors = validator
      .Errors(given)
      .map((error) => (error.keyword === 'boolean' ? { ...error, message: 'is not known here' } : error))
    return { error: errors as unknown as Error }
  }
}

type Described = { type?: string; properties?: Record<string, Described> }

function numericNames(schema: TSchema): string[] {
  return Object.entries((schema as Described).properties ?? {}).flatMap(([name, { type }]) =>
    type === 'integer' || type === 'number' ? [name] : [],
  )
}

function withNumbers(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const given = { ...value }
  for (const name of names) {
    const text = given[name]
    if (typeof text === 'string' && NUMBER.test(text)) given[name] = Number(text)
  }
  return given
}
