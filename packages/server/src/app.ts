/** The HTTP application. It never listens: server.ts does, tests use inject and injectWS. */
import Fastify, { type FastifyInstance } from 'fastify'
import type { AppDeps } from './deps.ts'

// eslint-disable-next-line @typescript-eslint/require-await -- plugins are awaited as they come
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({ logger: deps.log })
  return app
}
