/** What is captured, what could be, and how it goes. */
import { Type } from 'typebox'
import {
  CaptureChangeSchema,
  CaptureSchema,
  InterfacesSchema,
  ReplayChangeSchema,
  ReplaySchema,
  StatsSchema,
  type Replay,
} from '../api/rest.ts'
import { ApiFault } from '../api-fault.ts'
import type { App, Context } from '../context.ts'
import type { ReplayChange } from '../mirror/capture-host.ts'
import { answers } from './page.ts'

export function captureRoutes(app: App, { mirror, hub, deps }: Context): void {
  const { host } = deps

  app.get('/stats', { schema: { summary: 'Counts', tags: ['stats'], response: answers(StatsSchema) } }, async () => hub.stats())

  app.get(
    '/interfaces',
    { schema: { summary: 'What can be captured, and if not, why not', tags: ['capture'], response: answers(InterfacesSchema) } },
    async () => ({ items: await host.interfaces() }),
  )

  app.get('/capture', { schema: { summary: 'What is captured', tags: ['capture'], response: answers(CaptureSchema) } }, async () =>
    host.capture(),
  )

  app.put(
    '/capture',
    {
      schema: {
        summary: 'Change interfaces, filter, or whether it runs',
        tags: ['capture'],
        body: CaptureChangeSchema,
        response: answers(CaptureSchema),
      },
    },
    async (request) => {
      const { interfaces, filter, running } = request.body
      // All or nothing: what can be wrong comes first, and is taken back when the next step fails.
      const { filter: oldFilter } = host.capture()
      if (filter !== undefined) await host.setFilter(filter)
      try {
        if (interfaces !== undefined) await host.setInterfaces(interfaces)
        if (running !== undefined) await host.setRunning(running)
      } catch (error) {
        if (filter !== undefined) await host.setFilter(oldFilter)
        throw error
      }
      mirror.captureChanged()
      return host.capture()
    },
  )

  app.get('/replay', { schema: { summary: 'How the file is played', tags: ['capture'], response: answers(ReplaySchema) } }, async () =>
    replayOrFault(),
  )

  app.put(
    '/replay',
    {
      schema: {
        summary: 'Play, pause, change speed, go to a time',
        tags: ['capture'],
        body: ReplayChangeSchema,
        response: answers(ReplaySchema),
      },
    },
    async (request) => {
      replayOrFault()
      const { at, ...rest } = request.body
      const change: ReplayChange = { ...rest, ...(at === undefined ? {} : { atUs: microsecondsOf(at) }) }
      await host.setReplay(change)
      mirror.captureChanged()
      return replayOrFault()
    },
  )

  function replayOrFault(): Replay {
    const { replay } = host.capture()
    if (replay === null) throw new ApiFault('ERR_NOT_A_FILE', 'a live capture cannot be replayed', 'Start with: ctscope replay FILE')
    return replay
  }
}

/** RFC 3339 with up to nanoseconds. @throws ApiFault ERR_VALIDATION */
function microsecondsOf(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  const ms = match === null ? NaN : Date.parse(`${match[1] ?? ''}${match[3] ?? ''}`)
  if (Number.isNaN(ms)) throw new ApiFault('ERR_VALIDATION', `"${text}" is not a time`, 'As in 2026-11-22T12:00:00.5Z.')
  return ms * 1000 + Math.floor(Number(`0.${match?.[2] ?? '0'}`) * 1e6)
}

/** The health word: whether the process answers; what it captures is in /api/v1/stats. */
export function healthRoute(app: App): void {
  app.get(
    '/healthz',
    { config: { isPublic: true }, schema: { summary: 'One word: ok', tags: ['health'], security: [], response: { 200: Type.String() } } },
    async (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok'),
  )
}
