/** Serves the page from memory. Paths of the page's own router get index.html; the API's unknown paths a 404. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiFault } from '../api-fault.ts'
import type { StaticFile, StaticFiles } from './static-files.ts'

const YEAR_S = 31_536_000

/** @param methodsOf a path that is there */
export function serveStatic(app: FastifyInstance, files: StaticFiles | null, methodsOf: (path: string) => string[]): void {
  const index = files?.get('/index.html')
  for (const [path, file] of files ?? []) {
    if (path === '/index.html') continue
    app.get(path, { config: { isPublic: true }, schema: { hide: true } }, (_request, reply) => send(reply, file))
  }
  if (index !== undefined) {
    for (const path of ['/', '/index.html', '/api/docs']) {
      app.get(path, { config: { isPublic: true }, schema: { hide: true } }, (_request, reply) => send(reply, index))
    }
    // The page's own routes: one path of words, no dot, so that a missing asset is not answered with HTML.
    app.get('/*', { config: { isPublic: true }, schema: { hide: true } }, (request, reply) => {
      const [path = ''] = request.url.split('?')
      if (path.startsWith('/api/') || path.includes('.')) throw notFound(path)
      return send(reply, index)
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    const methods = methodsOf(path)
    if (methods.length === 0 || methods.includes(request.method)) throw notFound(request.url)
    reply.header('allow', methods.join(', '))
    throw new ApiFault('ERR_METHOD', `${path} does not take ${request.method}`, `It takes ${methods.join(', ')}.`)
  })
}

function notFound(path: string): ApiFault {
  return new ApiFault('ERR_NOT_FOUND', `there is nothing at ${path.slice(0, 200)}`, 'See /api/openapi.json.')
}

function send(reply: FastifyReply, file: StaticFile): FastifyReply {
  const caching = file.immutable ? `public, max-age=${YEAR_S}, immutable` : 'no-store'
  return reply.header('cache-control', caching).type(file.contentType).send(file.body)
}
