/**
 * The one socket to the server. It tries again without an end, ever more slowly, and says always in which of four
 * states it is. It stops trying only where trying cannot help: no token, a refused token, another version.
 */
import type { ClientMessage, ServerMessage } from '@ctscope/server/api/live'

/** stale: there was a connection, what the page shows is from then. failed: it does not try any more. */
export type SocketState = 'connecting' | 'live' | 'stale' | 'failed'
export type SocketFailure = 'no-token' | 'refused' | 'version'

type Socket = Pick<WebSocket, 'send' | 'close'> & {
  readonly readyState: number
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
}

export type SocketOptions = {
  /** The live version that this page speaks. */
  version: number
  token: string | null
  open: (protocols: string[]) => Socket
  /** Asks by HTTP whether the token is refused: a browser hides why a WebSocket was not opened. */
  isRefused: (token: string) => Promise<boolean>
  onState: (state: SocketState, failure: SocketFailure | null) => void
  onMessage: (message: ServerMessage) => void
  /** From 0 up to 1: spreads the attempts of many pages. */
  random?: () => number
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5000
/** Statistics come every second: after this much silence the peer is gone, whatever TCP says. */
const SILENCE_MS = 15_000

export class LiveSocket {
  readonly #options: SocketOptions
  #socket: Socket | null = null
  #attempts = 0
  #wasLive = false
  #stopped = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: SocketOptions) {
    this.#options = options
  }

  start(): void {
    const { token } = this.#options
    if (token === null) return this.#fail('no-token')
    this.#options.onState(this.#wasLive ? 'stale' : 'connecting', null)
    const socket = this.#options.open(['ctscope.v1', `ctscope.token.${token}`])
    this.#socket = socket
    socket.onmessage = (event) => this.#receive(JSON.parse(String(event.data)) as ServerMessage)
    socket.onclose = () => void this.#closed(token)
    this.#watchSilence(socket)
  }

  /** Whether it was handed to the socket; what is not, is asked for anew after the next hello. */
  send(message: ClientMessage): boolean {
    if (this.#socket?.readyState !== 1) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  /** Tries now instead of after the wait: the network is back, or the reader asked. */
  hurry(): void {
    if (this.#stopped || this.#socket !== null) return
    clearTimeout(this.#timer)
    this.start()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }

  #receive(message: ServerMessage): void {
    if (this.#stopped) return
    if (this.#socket !== null) this.#watchSilence(this.#socket)
    if (message.type === 'hello') {
      if (message.version !== this.#options.version) return this.#fail('version')
      this.#attempts = 0
      this.#wasLive = true
    }
    this.#options.onMessage(message)
    if (message.type === 'hello') this.#options.onState('live', null)
  }

  async #closed(token: string): Promise<void> {
    clearTimeout(this.#timer)
    this.#socket = null
    if (this.#stopped) return
    this.#options.onState(this.#wasLive ? 'stale' : 'connecting', null)
    const refused = await this.#options.isRefused(token)
    // `hurry` may have opened another meanwhile.
    if (this.#stopped || this.#socket !== null) return
    if (refused) return this.#fail('refused')
    this.#timer = setTimeout(() => this.start(), this.#wait())
  }

  #wait(): number {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts++)
    return longest * (0.5 + 0.5 * (this.#options.random ?? Math.random)())
  }

  #watchSilence(socket: Socket): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => socket.close(), SILENCE_MS)
  }

  #fail(failure: SocketFailure): void {
    this.stop()
    this.#options.onState('failed', failure)
  }
}
