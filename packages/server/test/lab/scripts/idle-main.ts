/**
 * Runs in the client's namespace: `HOST PORT IDLE-MS THEN` opens a TCP connection, leaves it idle, and then (THEN is
 * `request` or `close`) sends a request and reads the answer, or closes at once. Ends when the connection has.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const [host, port, idleMs, then] = process.argv.slice(2)

const socket = connect(Number(port), host)
await once(socket, 'connect')
await delay(Number(idleMs))
if (then === 'request') socket.write('GET / HTTP/1.0\r\n\r\n')
else socket.end()
socket.resume()
await once(socket, 'close')
