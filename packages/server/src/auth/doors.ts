/**
 * The doors, for every request, before anything else is looked at: Host, Origin, token, and the headers that tell a
 * browser to let nobody else in. Nothing but what a route names public passes without the token.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiFault } from '../api-fault.ts'
import { bearerOf, protocolTokenOf } from './credentials.ts'
import { isAllowedHost, isSameOrigin } from './origin.ts'
import type { TokenGate } from './token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no token: the health word and the page's own files. */
    isPublic?: boolean
  }
}

export const DOOR_HEADERS = {
  'content-security-policy': [
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    // 'self' holds the page's own WebSocket too (CSP level 3; Chromium and Firefox do so).
    "connect-src 'self'",
    "img-src 'self' data:",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const

export type DoorOptions = { gate: TokenGate; allowHosts: ReadonlySet<string>; urlBytes: number }

export function guardDoors(app: FastifyInstance, { gate, allowHosts, urlBytes }: DoorOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(DOOR_HEADERS)
    if (request.url.length > urlBytes)
      throw new ApiFault('ERR_URI_TOO_LONG', `the address is longer than ${urlBytes} bytes`, 'Shorten the filter.')
    const { host } = request.headers
    if (!isAllowedHost(host, allowHosts)) {
      throw new ApiFault(
        'ERR_HOST',
        'this host name is not allowed',
        'Use 127.0.0.1 or localhost, or start ctscope with --allow-host NAME.',
      )
    }
    checkOrigin(request)
    if (request.routeOptions.config.isPublic === true) return
    reply.header('cache-control', 'no-store')
    await checkToken(request, reply, gate)
  })
}

/** A page of another origin can make a browser send anything but a right Origin; programs send none, but have the token. */
function checkOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isRead && !isUpgrade(request)) return
  const isRight = origin === undefined ? bearerOf(request.headers) !== null : isSameOrigin(origin, request.protocol, host ?? '')
  if (isRight) return
  throw new ApiFault(
    'ERR_ORIGIN',
    'this request does not come from the page that ctscope serves',
    'Programs send a Bearer token and no Origin.',
  )
}

async function checkToken(request: FastifyRequest, reply: FastifyReply, gate: TokenGate): Promise<void> {
  const token = bearerOf(request.headers) ?? (isUpgrade(request) ? protocolTokenOf(request.headers) : null)
  if (token !== null && gate.isRight(token)) return
  reply.header('www-authenticate', 'Bearer realm="ctscope"')
  if (token !== null && !(await gate.slowDown(request.ip))) {
    throw new ApiFault('ERR_TOO_MANY', 'too many wrong tokens', 'Open the link that ctscope printed when it started.')
  }
  throw new ApiFault(
    'ERR_TOKEN',
    token === null ? 'the token is missing' : 'the token is wrong',
    'Open the link that ctscope printed when it started.',
  )
}

function isUpgrade(request: FastifyRequest): boolean {
  return request.headers.upgrade !== undefined
}
