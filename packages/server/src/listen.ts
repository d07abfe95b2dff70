/** Takes the port on every address, or on none. */
import { createServer, type Server } from 'node:net'
import { EngineError } from '@ctscope/engine'
import type { FastifyInstance } from 'fastify'

/** A free port of one address may be taken on the next. */
const TRIES_FOR_FREE_PORT = 5

/**
 * The first address is Fastify's own; connections to the others are handed to the same HTTP server.
 * @param port 0: any that is free on all of them
 * @throws EngineError ERR_PORT
 */
export async function listenOnAll(app: FastifyInstance, hosts: readonly string[], port: number): Promise<number> {
  const [first = '127.0.0.1', ...others] = hosts
  const taken: Server[] = []
  for (let attempt = 1; ; attempt++) {
    // The others first: Fastify listens once only.
    let wanted = port
    try {
      for (const host of others) {
        const server = await listen(host, wanted, (socket) => app.server.emit('connection', socket))
        if (server === null) continue
        server.maxConnections = app.server.maxConnections
        taken.push(server)
        wanted = portOf(server)
      }
      await app.listen({ host: first, port: wanted })
      return portOf(app.server)
    } catch (error) {
      taken.splice(0).forEach((server) => server.close())
      if (port === 0 && attempt < TRIES_FOR_FREE_PORT && codeOf(error) === 'EADDRINUSE') continue
      throw portError(error, port)
    }
  }
}

/** Null where this machine has no such address: a kernel without IPv6. */
function listen(host: string, port: number, onConnection: (socket: unknown) => void): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection)
    server.once('error', (error) => {
      if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))) resolve(null)
      else reject(error)
    })
    server.listen({ host, port }, () => {
      resolve(server)
    })
  })
}

function portOf(server: { address: () => unknown }): number {
  return (server.address() as { port: number }).port
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code)
}

function portError(error: unknown, port: number): unknown {
  const address = (error as { address?: string; hostname?: string }).address ?? (error as { hostname?: string }).hostname ?? ''
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new EngineError('ERR_PORT', `port ${port} is in use on ${address}`, 'Choose another one with --port.', { cause: error })
    case 'EACCES':
      return new EngineError('ERR_PORT', `port ${port} may not be used`, 'Choose one above 1023 with --port.', { cause: error })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new EngineError('ERR_PORT', `this machine has no address ${address}`, 'Give one of its own with --host.', { cause: error })
    default:
      return error
  }
}
