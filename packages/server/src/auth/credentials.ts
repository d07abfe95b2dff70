/** Where a request may carry its token: an Authorization header or a WebSocket subprotocol, never its URL. */
import type { IncomingHttpHeaders } from 'node:http'

/** What the page and scripts ask for; the server chooses it and never repeats the token. */
export const STREAM_PROTOCOL = 'ctscope.v1'
const TOKEN_PROTOCOL_PREFIX = 'ctscope.token.'

export function bearerOf(headers: IncomingHttpHeaders): string | null {
  const match = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')
  return match?.[1] ?? null
}

export function protocolTokenOf(headers: IncomingHttpHeaders): string | null {
  const offered = headers['sec-websocket-protocol']
  if (offered === undefined) return null
  for (const protocol of offered.split(',')) {
    const name = protocol.trim()
    if (name.startsWith(TOKEN_PROTOCOL_PREFIX)) return name.slice(TOKEN_PROTOCOL_PREFIX.length)
  }
  return null
}
