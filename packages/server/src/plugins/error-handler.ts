/** Every error as `{ code, message, hint[, column] }` with its status. */
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { statusOfError, STATUS_OF_ERROR } from '../api/error-codes.ts'
import type { ApiError } from '../api/rest.ts'
import { DOOR_HEADERS } from '../auth/doors.ts'
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

/** A request that Fastify refuses before any hook: its address is not well-formed. */
export function refuseAddress(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  const { status, error: told } = failureOf(error)
  void reply.headers(DOOR_HEADERS).code(status).send(told)
}

/** What cannot be read as HTTP never becomes a request; it is answered in the same form, and the socket is closed. */
export function refuseBytes(error: { code?: string }, socket: { writable: boolean; end(text: string): unknown; destroy(): unknown }): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const code = isTooLarge ? 'ERR_HEADERS_TOO_LARGE' : 'ERR_VALIDATION'
  const message = isTooLarge ? 'the headers and the address are too long' : 'this is not a request of HTTP, or it did not come in time'
  const status = statusOfError(code)
  const body = JSON.stringify({ code, message, hint: '' } satisfies ApiError)
  const headers = { ...DOOR_HEADERS, 'content-type': 'application/json; charset=utf-8', 'content-length': body.length, connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}
