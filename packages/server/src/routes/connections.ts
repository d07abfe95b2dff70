import {
  ConnectionPacketsSchema,
  ConnectionSchema,
  ConnectionsQuerySchema,
  IdParamsSchema,
  ListQuerySchema,
  RelatedSchema,
  TransitionSchema,
  type Connection,
} from '../api/rest.ts'
import type { App, Context } from '../context.ts'
import { connectionLine } from '../formats/conntrack-api.ts'
import { CONNECTIONS_CSV_HEADER, connectionCsv } from '../formats/csv.ts'
import { jsonLine } from '../formats/escape.ts'
import { connectionPackets } from '../mirror/connection-packets.ts'
import { connectionsOf, relatedOf, rowOrFault, selectConnections } from '../mirror/queries.ts'
import { answers, DEFAULT_PAGE, listAnswers } from './page.ts'
import { textStream } from './text-stream.ts'

const TEXT_FORMATS = {
  conntrack: { type: 'text/plain; charset=utf-8', head: '', line: (connection: Connection) => `${connectionLine(connection)}\n` },
  csv: { type: 'text/csv; charset=utf-8', head: CONNECTIONS_CSV_HEADER, line: connectionCsv },
  ndjson: { type: 'application/x-ndjson', head: '', line: (connection: Connection) => `${jsonLine(connection)}\n` },
} as const

export function connectionRoutes(app: App, { mirror, snapshots, deps }: Context): void {
  app.get(
    '/connections',
    {
      schema: {
        summary: 'Connections',
        tags: ['connections'],
        querystring: ConnectionsQuerySchema,
        response: listAnswers(ConnectionSchema),
      },
    },
    async (request, reply) => {
      const { cursor, limit, format = 'json', ...selection } = request.query
      mirror.refreshClocks()
      if (format !== 'json') {
        const { type, head, line } = TEXT_FORMATS[format]
        const ids = selectConnections(mirror, selection)
        const lineOf = (id: number): string => connectionsOf(mirror, [id]).map(line).join('')
        // The schema's type is the JSON form; a stream is sent as it is.
        return reply.type(type).send(textStream(head, limit === undefined ? ids : ids.subarray(0, limit), lineOf) as never)
      }
      const page =
        cursor === undefined
          ? snapshots.first('connections', selectConnections(mirror, selection), limit ?? DEFAULT_PAGE)
          : snapshots.next<number>('connections', cursor, limit ?? DEFAULT_PAGE)
      return { items: connectionsOf(mirror, page.items), total: page.total, cursor: page.cursor, asOf: mirror.now() }
    },
  )

  app.get(
    '/connections/:id',
    {
      schema: {
        summary: 'One connection, live or ended',
        tags: ['connections'],
        params: IdParamsSchema,
        response: answers(ConnectionSchema),
      },
    },
    async (request) => {
      mirror.refreshClocks()
      return mirror.connectionJson(rowOrFault(mirror, request.params.id))
    },
  )

  app.get(
    '/connections/:id/packets',
    {
      schema: {
        summary: 'Its packets that the ring still holds, oldest first',
        tags: ['connections'],
        params: IdParamsSchema,
        response: answers(ConnectionPacketsSchema),
      },
    },
    async (request) => {
      const { id } = request.params
      const { items, cut } = await connectionPackets(mirror, deps.host, id, deps.limits.ladderPackets)
      return { items, cut, asOf: mirror.now() }
    },
  )

  app.get(
    '/connections/:id/transitions',
    {
      schema: {
        summary: 'Its transitions that are still held, oldest first',
        tags: ['connections'],
        params: IdParamsSchema,
        querystring: ListQuerySchema,
        response: listAnswers(TransitionSchema),
      },
    },
    async (request) => {
      const { id } = request.params
      const { cursor, limit = DEFAULT_PAGE } = request.query
      rowOrFault(mirror, id)
      const page =
        cursor === undefined
          ? snapshots.first('transitions', mirror.transitionSeqsOf(id), limit)
          : snapshots.next<number>('transitions', cursor, limit)
      const items = page.items.filter((seq) => seq >= mirror.transitions.firstSeq).map((seq) => mirror.transitions.json(seq))
      return { ...page, items, asOf: mirror.now() }
    },
  )

  app.get(
    '/connections/:id/related',
    {
      schema: {
        summary: 'Its master, children, siblings and expectations',
        tags: ['connections'],
        params: IdParamsSchema,
        response: answers(RelatedSchema),
      },
    },
    async (request) => {
      const { id } = request.params
      mirror.refreshClocks()
      return relatedOf(mirror, id, rowOrFault(mirror, id))
    },
  )
}
