/**
 * Runs in the client's namespace: `HOST PORT COUNT WAIT-MS GAP-MS` sends COUNT datagrams from one socket, GAP apart, waits for
 * answers, and prints how it ended as JSON: `{ "answers": 1, "error": null }`, error ECONNREFUSED when an ICMP error came.
 */
import { createSocket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'

const [host = '', port, count, waitMs, gapMs] = process.argv.slice(2)
/** A DNS query's header and the root's question: enough for a responder that looks no further. */
const QUERY = Buffer.from('2a2a01000001000000000000 0000010001'.replace(' ', ''), 'hex')

const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
let answers = 0
let error: string | null = null
socket.on('message', () => answers++)
socket.on('error', (problem: NodeJS.ErrnoException) => (error = problem.code ?? problem.message))
await new Promise<void>((resolve) => socket.connect(Number(port), host, resolve))
for (let sent = 0; sent < Number(count); sent++) {
  if (sent > 0) await delay(Number(gapMs))
  socket.send(QUERY)
}
const deadline = Date.now() + Number(waitMs)
while (Date.now() < deadline && answers < Number(count) && error === null) await delay(10)
process.stdout.write(JSON.stringify({ answers, error }))
process.exit(0)
