/** The WebSocket, /api/v1/stream; api/live.ts says what goes over it. */
import type { App, Context } from '../context.ts'

export function liveRoute(app: App, { hub }: Context): void {
  app.get('/stream', { websocket: true, schema: { hide: true } }, (socket) => {
    hub.accept(socket)
  })
}
