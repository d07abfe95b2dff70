/** The WebSocket, /api/v1/stream; api/live.ts says what goes over it. */
import { ApiFault } from '../api-fault.ts'
import type { App, Context } from '../context.ts'

export function liveRoute(app: App, { hub }: Context): void {
  app.route({
    method: 'GET',
    url: '/stream',
    schema: { hide: true },
    handler: () => {
      throw new ApiFault('ERR_NOT_FOUND', 'this is a WebSocket', 'Open it with ws:// and the subprotocol ctscope.v1.')
    },
    wsHandler: (socket) => {
      hub.accept(socket)
    },
  })
}
