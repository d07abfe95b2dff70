/**
 * The process that keeps the rights it was started with. It listens on no socket and parses no packet: it starts the
 * server, starts and stops engines when the server asks (requests.ts), hands their sockets over, and starts the server
 * anew when it dies.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { forgetTerminal } from '../hang-up.ts'
import { EngineChildren, type EngineStart } from './engine-children.ts'
import { type Notice, parseRequest, type SourceRequest } from './requests.ts'
import type { ServerStart } from './start.ts'

export type LauncherOptions = {
  /** Before `node`: what takes the server's rights away. */
  serverCommand: readonly string[]
  serverEntry: string
  environment: NodeJS.ProcessEnv
  /** Told to each server; the port it got the first time is kept. */
  start: ServerStart
  engines: EngineStart
  allowed: SourceRequest['kind']
  /** Called once, when the page is served. */
  onListening: (port: number) => void
  say: (line: string) => void
}

const RESTART_MS = { first: 100, most: 5_000 } as const
/** A server that lived so long is started anew without waiting longer than the first time. */
const STABLE_MS = 30_000
const SHUTDOWN_MS = 2_000
/** Requests that are not on the list before the server is ended: a server does not err by itself. */
const MAX_BAD_REQUESTS = 10

/** Runs until the server ends on purpose or a signal comes. @returns the exit code */
export function runLauncher(options: LauncherOptions): Promise<number> {
  return new Promise((resolve) => {
    new Launcher(options, resolve).run()
  })
}

class Launcher {
  private readonly options: LauncherOptions
  private readonly finish: (exitCode: number) => void
  private readonly engines: EngineChildren
  private server: ChildProcess | undefined
  private start: ServerStart
  private hasServed = false
  private badRequests = 0
  private restartMs: number = RESTART_MS.first
  private exitCode: number | undefined

  constructor(options: LauncherOptions, finish: (exitCode: number) => void) {
    this.options = options
    this.finish = finish
    this.start = options.start
    this.engines = new EngineChildren(options.engines, (engine, cause) => {
      this.tell({ type: 'exited', engine, cause })
    })
  }

  run(): void {
    // SIGINT of a terminal goes to the whole group: the others ignore it, the order of ending is decided here.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        this.shutdown(0)
      })
    }
    process.once('SIGHUP', forgetTerminal)
    this.startServer()
  }

  private startServer(): void {
    const { serverCommand, serverEntry, environment } = this.options
    const [command = '', ...args] = [...serverCommand, process.execPath, serverEntry]
    const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: environment })
    const startedAt = Date.now()
    this.server = server
    this.badRequests = 0
    server.on('message', (message) => {
      this.obey(server, message)
    })
    server.once('exit', (code, signal) => {
      this.serverEnded(Date.now() - startedAt, signal ?? `exit code ${code}`)
    })
    server.once('error', (error) => {
      // Without `exit` when it could not be started at all.
      if (server.pid === undefined) this.serverEnded(0, error.message)
    })
    this.tell({ type: 'start', start: this.start })
  }

  private obey(server: ChildProcess, message: unknown): void {
    if (server !== this.server || this.exitCode !== undefined || this.badRequests >= MAX_BAD_REQUESTS) return
    const request = parseRequest(message, this.options.allowed)
    if (typeof request === 'string') {
      this.options.say(`refused what the server asked for: ${request}`)
      const engine = (message as { engine?: unknown } | null)?.engine
      if (Number.isInteger(engine)) this.tell({ type: 'refused', engine: engine as number, message: request })
      if (++this.badRequests >= MAX_BAD_REQUESTS) server.kill('SIGKILL')
      return
    }
    switch (request.type) {
      case 'open': {
        this.start = { ...this.start, nextEngine: Math.max(this.start.nextEngine, request.engine + 1) }
        const socket = this.engines.open(request.engine, request.source)
        if (typeof socket === 'string') this.tell({ type: 'refused', engine: request.engine, message: socket })
        else this.tell({ type: 'opened', engine: request.engine }, socket)
        return
      }
      case 'stop':
        this.engines.stop(request.engine)
        return
      case 'listening':
        this.start = { ...this.start, port: request.port, isRestart: true }
        if (!this.hasServed) this.options.onListening(request.port)
        this.hasServed = true
        return
      case 'bye':
        this.shutdown(request.exitCode)
    }
  }

  private tell(notice: Notice, socket?: Socket): void {
    const { server } = this
    if (server?.connected !== true) {
      socket?.destroy()
      return
    }
    // The server may be gone by the time; its exit says so.
    server.send(notice, socket, {}, () => socket?.destroy())
  }

  private serverEnded(livedMs: number, cause: string): void {
    this.server = undefined
    this.engines.stopAll()
    if (this.exitCode !== undefined) {
      this.finish(this.exitCode)
      return
    }
    if (!this.hasServed) {
      this.options.say(`the server did not start (${cause})`)
      this.finish(1)
      return
    }
    if (livedMs > STABLE_MS) this.restartMs = RESTART_MS.first
    this.options.say(`the server ended (${cause}) and is started anew`)
    setTimeout(() => {
      if (this.exitCode === undefined) this.startServer()
    }, this.restartMs)
    this.restartMs = Math.min(this.restartMs * 2, RESTART_MS.most)
  }

  private shutdown(exitCode: number): void {
    if (this.exitCode !== undefined) return
    this.exitCode = exitCode
    if (this.server === undefined) {
      this.engines.stopAll()
      this.finish(exitCode)
      return
    }
    this.tell({ type: 'shutdown' })
    const { server } = this
    setTimeout(() => server.kill('SIGKILL'), SHUTDOWN_MS).unref()
  }
}
