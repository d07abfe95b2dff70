import { once } from 'node:events'
import { connect } from 'node:net'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { listenOnAll } from './listen.ts'

it('lets no more sockets in by the second address than by the first', async () => {
  const app = Fastify({ forceCloseConnections: true })
  app.server.maxConnections = 1
  // Both are of IPv4, so that a machine without IPv6 tests it too.
  const hosts = ['127.0.0.1', '127.0.0.2']
  const port = await listenOnAll(app, hosts, 0)
  for (const host of hosts) {
    const first = connect({ host, port })
    await once(first, 'connect')
    const second = connect({ host, port }).on('error', () => undefined)
    await once(second, 'close')
    expect(first.closed, host).toBe(false)
    first.destroy()
  }
  await app.close()
})
