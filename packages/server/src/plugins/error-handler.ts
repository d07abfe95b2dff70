/** Every error as `{ code, message, hint[, column] }` with its status. */
import type { FastifyError, FastifyInstance } from 'fastify'
import { statusOfError, STATUS_OF_ERROR } from '../api/error-codes.ts'
import type { ApiError } from '../api/rest.ts'
import { reportDefect } from '../defects.ts'
import { FilterError } from '../filter/index.ts'

/** Fastify's own errors that a caller can cause, by code. */
const FASTIFY_CODES: Readonly<Record<string, keyof typeof STATUS_OF_ERROR>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'ERR_TOO_LARGE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'ERR_VALIDATION',
  FST_ERR_CTP_INVALID_JSON_BODY: 'ERR_VALIDATION',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'ERR_VALIDATION',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'ERR_VALIDATION',
  FST_ERR_BAD_URL: 'ERR_VALIDATION',
  FST_ERR_MAX_LIMIT_REACHED: 'ERR_TOO_MANY',
}

type Failure = { status: number; error: ApiError }

/** What is told of an error. Our own defects are told as such, without their inside. */
export function failureOf(error: unknown): Failure {
  if (error instanceof FilterError) {
    const message = `Column ${error.column}: ${error.message}`
    return { status: 400, error: { code: 'ERR_FILTER', message, hint: error.hint, column: error.column } }
  }
  const { code, message, hint, validation, validationContext } = error as Partial<FastifyError & { hint: string }>
  if (validation !== undefined) {
    const [first] = validation
    const where = `${validationContext ?? 'request'}${first?.instancePath ?? ''}`
    const text = `${where} ${first?.message ?? 'is not valid'}`
    return { status: 400, error: { code: 'ERR_VALIDATION', message: text, hint: 'See /api/openapi.json.' } }
  }
  if (typeof code === 'string' && code.startsWith('ERR_') && Object.hasOwn(STATUS_OF_ERROR, code)) {
    return { status: statusOfError(code), error: { code, message: message ?? code, hint: hint ?? '' } }
  }
  if (typeof code === 'string' && Object.hasOwn(FASTIFY_CODES, code)) {
    const known = FASTIFY_CODES[code]!
    return { status: statusOfError(known), error: { code: known, message: message ?? code, hint: 'See /api/openapi.json.' } }
  }
  return {
    status: 500,
    error: { code: 'ERR_INTERNAL', message: 'something went wrong inside ctscope', hint: 'What it wrote to stderr says more.' },
  }
}

export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, error: told } = failureOf(error)
    if (told.code === 'ERR_INTERNAL') reportDefect(`${request.method} ${request.routeOptions.url ?? ''}`, error)
    return reply.code(status).send(told)
  })
}
