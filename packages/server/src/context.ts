/** What routes and live sessions work with. */
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { AppDeps } from './deps.ts'
import type { IdSnapshots } from './mirror/id-snapshots.ts'
import type { Mirror } from './mirror/mirror.ts'
import type { Hub } from './live/hub.ts'

export type Context = {
  readonly deps: AppDeps
  readonly mirror: Mirror
  readonly snapshots: IdSnapshots
  readonly hub: Hub
}

/** The app, its handlers typed by their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
