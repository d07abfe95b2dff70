/** What `buildApp` is given: everything that differs between production and a test. */
import type { CaptureHost } from './mirror/capture-host.ts'
import type { Limits } from './config.ts'
import type { StaticFiles } from './plugins/static-files.ts'

export type AppDeps = {
  host: CaptureHost
  /** Session token first, then the user's fixed ones. At least one; each of at least 22 characters (128 bits in base64url). */
  tokens: readonly string[]
  /** Host names beyond the loopback ones, lower case, without port. */
  allowHosts: readonly string[]
  /** The built page, read before rights were dropped; null: no page is served. */
  web: StaticFiles | null
  /** The dashboard's own connections are left out of the capture. */
  ownExcluded: boolean
  /** Shown in the hello and in OpenAPI. */
  version: string
  /** Changes whenever the server is started anew. */
  epoch: string
  limits: Limits
  /** Fastify's logger: false for none. */
  log: boolean
}
