/**
 * TCP connections whose first packet that is seen is their end: INVALID, since a FIN or RST opens none. A few were opened
 * before the capture began. Others are left half-closed until a firewall has forgotten them (its time for CLOSE_WAIT is a
 * minute), and only then closed by their other end.
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Longer than nf_conntrack_tcp_timeout_close_wait. */
const FORGOTTEN_MS = 75_000

export class StaleSockets {
  private readonly server: Server
  private readonly port: number
  /** The server's ends, each ready to be closed; the oldest first. */
  private readonly ready: Socket[] = []

  private constructor(server: Server, port: number) {
    this.server = server
    this.port = port
  }

  /** @param count opened now, before anybody captures */
  static async open(host: string, count: number): Promise<StaleSockets> {
    const server = createServer({ allowHalfOpen: true }).listen({ host, port: 0 })
    await once(server, 'listening')
    const stale = new StaleSockets(server, (server.address() as { port: number }).port)
    for (let i = 0; i < count; i++) stale.ready.push((await stale.pair(host)).accepted)
    return stale
  }

  /** Closes one that no firewall knows any more. */
  closeOne(): void {
    const socket = this.ready.shift()
    if (socket === undefined) return
    // Both ways in turn: what a person sees is a FIN and a RST.
    if (this.ready.length % 2 === 0) socket.resetAndDestroy()
    else socket.destroy()
  }

  /** Leaves one half-closed, to be closed once it is forgotten. */
  async leaveOne(host: string): Promise<void> {
    const { accepted, opened } = await this.pair(host)
    opened.end()
    setTimeout(() => this.ready.push(accepted), FORGOTTEN_MS)
  }

  private async pair(host: string): Promise<{ accepted: Socket; opened: Socket }> {
    const arrival = once(this.server, 'connection')
    const opened = connect({ host, port: this.port })
    const [accepted] = (await arrival) as [Socket]
    for (const socket of [accepted, opened]) {
      socket.on('error', () => undefined)
      socket.resume()
    }
    await (opened.connecting ? once(opened, 'connect') : undefined)
    return { accepted, opened }
  }
}
