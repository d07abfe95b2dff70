/**
 * Runs in the server's namespace: HTTP on 80, a UDP responder on 53 that answers as a DNS server does (the query with
 * its answer bit set), a silent UDP port. Says `ready` once all listen; any other port is closed.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'

const HTTP_PORT = 80
const ANSWERING_UDP_PORT = 53
const SILENT_UDP_PORT = 9
/** QR, RFC 1035 section 4.1.1: first bit of the third byte. */
const FLAGS_AT = 2
const IS_RESPONSE = 0x80

const http = createServer((_, response) => {
  response.setHeader('connection', 'close').end('hello from the lab\n')
}).listen(HTTP_PORT, '::')

const responder = createSocket('udp6').bind(ANSWERING_UDP_PORT)
responder.on('message', (query, from) => {
  const answer = Buffer.from(query)
  if (answer.length > FLAGS_AT) answer[FLAGS_AT] = (answer[FLAGS_AT] as number) | IS_RESPONSE
  responder.send(answer, from.port, from.address)
})
const silent = createSocket('udp6').bind(SILENT_UDP_PORT)

await Promise.all([once(http, 'listening'), once(responder, 'listening'), once(silent, 'listening')])
process.stdout.write('ready\n')
