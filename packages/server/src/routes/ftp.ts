import { FtpSessionDetailSchema, FtpSessionSchema, IdParamsSchema, ListQuerySchema } from '../api/rest.ts'
import { ApiFault } from '../api-fault.ts'
import type { App, Context } from '../context.ts'
import { ftpSessionDetail, ftpSessions } from '../mirror/ftp-queries.ts'
import { answers, DEFAULT_PAGE, listAnswers } from './page.ts'

export function ftpRoutes(app: App, { mirror, snapshots }: Context): void {
  app.get(
    '/ftp/sessions',
    {
      schema: {
        summary: 'FTP sessions, newest first',
        tags: ['ftp'],
        querystring: ListQuerySchema,
        response: listAnswers(FtpSessionSchema),
      },
    },
    async (request) => {
      const { cursor, limit = DEFAULT_PAGE } = request.query
      mirror.refreshClocks()
      const all = ftpSessions(mirror)
      const byId = new Map(all.map((session) => [session.id, session]))
      const page =
        cursor === undefined
          ? snapshots.first(
              'ftp-sessions',
              all.map(({ id }) => id),
              limit,
            )
          : snapshots.next<number>('ftp-sessions', cursor, limit)
      return { ...page, items: page.items.flatMap((id) => byId.get(id) ?? []), asOf: mirror.now() }
    },
  )

  app.get(
    '/ftp/sessions/:id',
    {
      schema: {
        summary: 'One FTP session with its dialogue, expectations and data connections',
        tags: ['ftp'],
        params: IdParamsSchema,
        response: answers(FtpSessionDetailSchema),
      },
    },
    async (request) => {
      const { id } = request.params
      mirror.refreshClocks()
      const session = ftpSessionDetail(mirror, id)
      if (session === null)
        throw new ApiFault('ERR_NOT_FOUND', `there is no FTP session ${id}`, 'A session has the id of its control connection.')
      return session
    },
  )
}
