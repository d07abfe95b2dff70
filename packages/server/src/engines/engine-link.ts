/** One engine as the server holds it: messages in, commands out, over whatever lies between. */
import type { Socket } from 'node:net'
import {
  decodeMessage,
  encodeCommand,
  type EngineCommand,
  type EngineMessage,
  FrameReader,
  MAX_ENGINE_FRAME_BYTES,
} from '@ctscope/engine/ipc'
import type { SourceRequest } from '../launcher/requests.ts'

export interface EngineLinkHandlers {
  onMessage(message: EngineMessage): void
  /** Once: nothing comes after it. `cause` is for people. */
  onClose(cause: string): void
}

export interface EngineLink {
  send(command: EngineCommand): void
  /** Ends the engine too, which lives only as long as its channel. */
  close(): void
}

/** Whoever starts engines: the launcher, or in tests this very process. */
export interface EngineOpener {
  /**
   * @param engine its number, never used before
   * @throws EngineError when it cannot be started
   */
  open(engine: number, source: SourceRequest, handlers: EngineLinkHandlers): Promise<EngineLink>
  /** Makes sure that its process is gone. */
  stop(engine: number): void
}

/** An engine at the other end of a socket. */
export class SocketLink implements EngineLink {
  private readonly socket: Socket
  private readonly handlers: EngineLinkHandlers
  private isClosed = false

  constructor(socket: Socket, handlers: EngineLinkHandlers) {
    this.socket = socket
    this.handlers = handlers
    const reader = new FrameReader(MAX_ENGINE_FRAME_BYTES, (kind, body) => {
      if (!this.isClosed) handlers.onMessage(decodeMessage(kind, body))
    })
    socket.on('data', (chunk: Buffer) => {
      if (this.isClosed) return
      try {
        reader.push(chunk)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ERR_IPC') throw error
        this.end((error as Error).message)
      }
    })
    socket.on('error', () => undefined) // `close` follows
    socket.on('close', () => {
      this.end('the process ended')
    })
    socket.resume()
  }

  send(command: EngineCommand): void {
    if (!this.isClosed) this.socket.write(encodeCommand(command))
  }

  close(): void {
    this.isClosed = true
    this.socket.destroy()
  }

  private end(cause: string): void {
    if (this.isClosed) return
    this.close()
    this.handlers.onClose(cause)
  }
}
