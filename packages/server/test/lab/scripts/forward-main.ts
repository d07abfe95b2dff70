/**
 * Runs in the router's namespace: `PATH PORT` carries connections from a Unix socket, which the test reaches from
 * its own namespace, to 127.0.0.1:PORT in this one. Says `ready` once it listens.
 */
import { connect, createServer } from 'node:net'

const [path, port] = process.argv.slice(2)

const server = createServer({ allowHalfOpen: true }, (outer) => {
  const inner = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
  outer.pipe(inner).pipe(outer)
  outer.on('error', () => inner.destroy())
  inner.on('error', () => outer.destroy())
})
server.listen(path, () => process.stdout.write('ready\n'))
