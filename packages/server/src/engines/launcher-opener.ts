/** Engines by way of the launcher: a request goes out over Node's IPC, the engine's socket comes back. */
import type { Socket } from 'node:net'
import { EngineError } from '@ctscope/engine'
import type { Notice, Request, SourceRequest } from '../launcher/requests.ts'
import { type EngineLink, type EngineLinkHandlers, type EngineOpener, SocketLink } from './engine-link.ts'

type Waiting = { resolve: (link: EngineLink) => void; reject: (error: EngineError) => void; handlers: EngineLinkHandlers }

/** Longer than any engine takes to be spawned. */
const OPEN_TIMEOUT_MS = 10_000

export class LauncherOpener implements EngineOpener {
  private readonly request: (request: Request) => void
  private readonly waiting = new Map<number, Waiting>()
  /** How an engine ended, where the launcher told before its socket closed. */
  private readonly causes = new Map<number, string>()

  constructor(request: (request: Request) => void) {
    this.request = request
  }

  open(engine: number, source: SourceRequest, handlers: EngineLinkHandlers): Promise<EngineLink> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.refuse(engine, 'the launcher does not answer')
      }, OPEN_TIMEOUT_MS)
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          how(value)
        }
      this.waiting.set(engine, { resolve: settle(resolve), reject: settle(reject), handlers })
      this.request({ type: 'open', engine, source })
    })
  }

  stop(engine: number): void {
    this.request({ type: 'stop', engine })
  }

  /** What the launcher says of engines; other notices are not for here. */
  take(notice: Notice, handle: unknown): void {
    if (notice.type === 'opened') this.opened(notice.engine, handle as Socket | undefined)
    else if (notice.type === 'refused') this.refuse(notice.engine, notice.message)
    else if (notice.type === 'exited') this.exited(notice.engine, notice.cause)
  }

  private opened(engine: number, socket: Socket | undefined): void {
    const waiting = this.waiting.get(engine)
    if (waiting === undefined || socket === undefined) {
      socket?.destroy()
      if (socket === undefined) this.refuse(engine, 'it ended at once')
      return
    }
    this.waiting.delete(engine)
    const { handlers } = waiting
    const link = new SocketLink(socket, {
      onMessage: (message) => {
        handlers.onMessage(message)
      },
      onClose: (cause) => {
        // How it ended is told on another channel, a moment before or after.
        setTimeout(() => {
          const told = this.causes.get(engine)
          this.causes.delete(engine)
          handlers.onClose(told ?? cause)
        }, 20)
      },
    })
    waiting.resolve(link)
  }

  private refuse(engine: number, why: string): void {
    const waiting = this.waiting.get(engine)
    this.waiting.delete(engine)
    waiting?.reject(new EngineError('ERR_NO_ENGINE', `no engine could be started: ${why}`, 'It is tried again.'))
  }

  private exited(engine: number, cause: string): void {
    if (this.waiting.has(engine)) this.refuse(engine, cause)
    else {
      this.causes.set(engine, cause)
      // Nobody asks for the end of one that the server closed itself.
      setTimeout(() => this.causes.delete(engine), 1_000).unref()
    }
  }
}
