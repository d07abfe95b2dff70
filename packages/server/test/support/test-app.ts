/** The app over a synthetic host, with what a request that may come in carries. */
import type { FastifyInstance, InjectOptions } from 'fastify'
import { buildApp } from '../../src/app.ts'
import { DEFAULT_LIMITS, type Limits } from '../../src/config.ts'
import type { AppDeps } from '../../src/deps.ts'
import { SyntheticHost } from './synthetic-host.ts'

export const TOKEN = 'a-session-token-of-some-length'
export const FIXED_TOKEN = 'a-fixed-token-for-scripts-0123'
export const HOST = '127.0.0.1:4040'
export const BEARER = { host: HOST, authorization: `Bearer ${TOKEN}` }

export type TestApp = {
  app: FastifyInstance
  host: SyntheticHost
  /** GET with everything that is needed. */
  get(url: string): ReturnType<typeof request>
  send(method: 'PUT' | 'POST' | 'DELETE', url: string, body?: object): ReturnType<typeof request>
}

function request(app: FastifyInstance, options: InjectOptions) {
  return app.inject({ headers: BEARER, ...options })
}

type Options = { limits?: Partial<Limits> } & Partial<Omit<AppDeps, 'limits' | 'host'>>

export async function testApp({ limits, ...deps }: Options = {}): Promise<TestApp> {
  const host = new SyntheticHost()
  const app = await buildApp({
    host,
    tokens: [TOKEN, FIXED_TOKEN],
    allowHosts: ['gateway.example'],
    web: null,
    ownExcluded: false,
    version: '0.1.0-test',
    epoch: 'epoch-1',
    log: false,
    ...deps,
    // Ticks come when a test says so.
    limits: { ...DEFAULT_LIMITS, tickMs: 2 ** 30, ...limits },
  })
  await app.ready()
  return {
    app,
    host,
    get: (url) => request(app, { method: 'GET', url }),
    send: (method, url, body) => request(app, { method, url, ...(body === undefined ? {} : { payload: body }) }),
  }
}
