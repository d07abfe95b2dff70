/** The HTTP application. It never listens: server.ts does, tests use inject and injectWS. */
import swagger from '@fastify/swagger'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { STREAM_PROTOCOL } from './auth/credentials.ts'
import { guardDoors } from './auth/doors.ts'
import { TokenGate } from './auth/token.ts'
import type { App, Context } from './context.ts'
import type { AppDeps } from './deps.ts'
import { Hub } from './live/hub.ts'
import { IdSnapshots } from './mirror/id-snapshots.ts'
import { Mirror } from './mirror/mirror.ts'
import { jsonLine } from './formats/escape.ts'
import { allowedMethods } from './plugins/allowed-methods.ts'
import { handleErrors, refuseAddress, refuseBytes } from './plugins/error-handler.ts'
import { serveStatic } from './plugins/static.ts'
import { compileValidator } from './plugins/validation.ts'
import { captureRoutes, healthRoute } from './routes/capture.ts'
import { connectionRoutes } from './routes/connections.ts'
import { ftpRoutes } from './routes/ftp.ts'
import { listRoutes } from './routes/lists.ts'
import { liveRoute } from './routes/live.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For tests that do not wait for the clock. */
    ctscope: Context
  }
}

/** All headers of a request, and how long it may take to come. */
const MAX_HEADER_BYTES = 16_384
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
/** How often requests that take too long to come are looked for. */
const SLOW_CHECK_MS = 5000

/** Registers with the host at once: its engines are to be started afterwards. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { limits } = deps
  const fastify = Fastify({
    logger: deps.log,
    bodyLimit: limits.bodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: SLOW_CHECK_MS,
      // The doors refuse a request without Host themselves.
      requireHostHeader: false,
    },
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  })
  fastify.server.maxConnections = limits.sockets
  const app: App = fastify.withTypeProvider<TypeBoxTypeProvider>()
  // What is not in a schema is an error; texts become numbers in queries and paths, never in bodies.
  app.setValidatorCompiler(compileValidator)
  // The answers' schemas hold their types; what is sent is what the handlers return.
  // It may go to a terminal.
  app.setSerializerCompiler(() => jsonLine)

  const gate = new TokenGate(deps.tokens)
  const mirror = new Mirror(deps.host, limits)
  const snapshots = new IdSnapshots(limits.cursors, limits.cursorLifeMs, () => mirror.nowMs())
  const hub = new Hub(mirror, deps, snapshots, () => gate.refused)
  const context: Context = { deps, mirror, snapshots, hub }
  deps.host.listen(mirror)
  fastify.decorate('ctscope', context)

  handleErrors(app)
  const methodsOf = allowedMethods(app)
  // Before the doors: it is what ends the socket of an upgrade that they refuse.
  await app.register(websocket, {
    options: {
      maxPayload: limits.clientMessageBytes,
      perMessageDeflate: false,
      handleProtocols: (protocols: Set<string>) => (protocols.has(STREAM_PROTOCOL) ? STREAM_PROTOCOL : false),
    },
  })
  guardDoors(app, { gate, allowHosts: new Set(deps.allowHosts), urlBytes: limits.urlBytes })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'ctscope', version: deps.version, description: 'What a stateful Linux firewall would make of every packet.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  })
  await app.register(
    (v1, _options, done) => {
      const api = v1.withTypeProvider<TypeBoxTypeProvider>()
      connectionRoutes(api, context)
      listRoutes(api, context)
      ftpRoutes(api, context)
      captureRoutes(api, context)
      liveRoute(api, context)
      done()
    },
    { prefix: '/api/v1' },
  )
  healthRoute(app)
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger() as never)
  serveStatic(app, deps.web, methodsOf)

  app.addHook('onReady', (done) => {
    hub.start()
    done()
  })
  app.addHook('preClose', (done) => {
    hub.stop()
    done()
  })
  return fastify
}
