/** Packets, expectations and transitions. */
import {
  ExpectationSchema,
  ExpectationsQuerySchema,
  PacketSchema,
  PacketsQuerySchema,
  TransitionSchema,
  TransitionsQuerySchema,
  type Expectation,
} from '../api/rest.ts'
import type { App, Context } from '../context.ts'
import { expectationListLine, transitionLine } from '../formats/conntrack-api.ts'
import { jsonLine } from '../formats/escape.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { packetJson, type SeenPacket } from '../mirror/packet-json.ts'
import { connectionsOf, selectExpectations, selectPackets, selectTransitions } from '../mirror/queries.ts'
import { DEFAULT_PAGE, listAnswers } from './page.ts'
import { textStream } from './text-stream.ts'

const PLAIN = 'text/plain; charset=utf-8'

export function listRoutes(app: App, { mirror, snapshots, deps }: Context): void {
  app.get(
    '/packets',
    {
      schema: {
        summary: 'The latest packets, newest first, those without a connection among them',
        description: 'Of those that the engines’ rings still hold, the latest 50,000 are looked at and 5,000 matching ones listed.',
        tags: ['packets'],
        querystring: PacketsQuerySchema,
        response: listAnswers(PacketSchema),
      },
    },
    async (request) => {
      const { filter = '', cursor, limit = DEFAULT_PAGE } = request.query
      const page =
        cursor === undefined
          ? snapshots.first('packets', await selectPackets(mirror, deps.host, filter), limit)
          : snapshots.next<SeenPacket>('packets', cursor, limit)
      return { ...page, items: page.items.map(packetJson), asOf: mirror.now() }
    },
  )

  app.get(
    '/expectations',
    {
      schema: {
        summary: 'Expectations that wait and that ended lately, newest first',
        tags: ['expectations'],
        querystring: ExpectationsQuerySchema,
        response: listAnswers(ExpectationSchema),
      },
    },
    async (request, reply) => {
      const { ended = 'true', cursor, limit, format = 'json' } = request.query
      mirror.refreshClocks()
      if (format === 'conntrack') {
        const ids = selectExpectations(mirror, 'false')
        return reply.type(PLAIN).send(textStream('', ids, (id) => expectationsOf(mirror, [id]).map(lineOf(mirror)).join('')) as never)
      }
      const page =
        cursor === undefined
          ? snapshots.first('expectations', selectExpectations(mirror, ended), limit ?? DEFAULT_PAGE)
          : snapshots.next<number>('expectations', cursor, limit ?? DEFAULT_PAGE)
      return { ...page, items: expectationsOf(mirror, page.items), asOf: mirror.now() }
    },
  )

  app.get(
    '/transitions',
    {
      schema: {
        summary: 'State changes, each with its reason',
        tags: ['transitions'],
        querystring: TransitionsQuerySchema,
        response: listAnswers(TransitionSchema),
      },
    },
    async (request, reply) => {
      const { filter = '', since, cursor, limit, format = 'json' } = request.query
      const { transitions } = mirror
      if (format !== 'json') {
        const seqs = selectTransitions(mirror, filter, since ?? 0)
        const line =
          format === 'ndjson' ? (seq: number) => `${jsonLine(transitions.json(seq))}\n` : (seq: number) => eventLineOf(mirror, seq)
        const kept = (seq: number): string => (seq >= transitions.firstSeq ? line(seq) : '')
        const type = format === 'ndjson' ? 'application/x-ndjson' : PLAIN
        return reply.type(type).send(textStream('', limit === undefined ? seqs : seqs.slice(0, limit), kept) as never)
      }
      const page =
        cursor === undefined
          ? snapshots.first('transitions', selectTransitions(mirror, filter, since), limit ?? DEFAULT_PAGE)
          : snapshots.next<number>('transitions', cursor, limit ?? DEFAULT_PAGE)
      const items = page.items.filter((seq) => seq >= transitions.firstSeq).map((seq) => transitions.json(seq))
      return { ...page, items, asOf: mirror.now() }
    },
  )
}

function expectationsOf(mirror: Mirror, ids: readonly number[]): Expectation[] {
  return ids.flatMap((id) => {
    const held = mirror.expectations.get(id)
    return held === undefined ? [] : [mirror.expectationJson(held)]
  })
}

function lineOf(mirror: Mirror): (expectation: Expectation) => string {
  return (expectation) => `${expectationListLine(expectation, connectionsOf(mirror, [expectation.master])[0] ?? null)}\n`
}

function eventLineOf(mirror: Mirror, seq: number): string {
  const transition = mirror.transitions.json(seq)
  const [connection = null] = connectionsOf(mirror, [transition.connection])
  const [expectation = null] = transition.expectation === null ? [] : expectationsOf(mirror, [transition.expectation])
  const line = transitionLine(transition, connection, expectation)
  return line === '' ? '' : `${line}\n`
}
