/** The engines that run: started and stopped on request, each with a socket that is handed to the server. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { EngineSpec } from '@ctscope/engine'
import type { Identity } from './rights.ts'
import type { SourceRequest } from './requests.ts'

export type EngineStart = {
  /** Before `node`: what takes rights away or hands them on. */
  command: readonly string[]
  /** The engine's entry. */
  entry: string
  environment: NodeJS.ProcessEnv
  /** Whom it becomes once it has opened; null: it is nobody special already. */
  become: Identity | null
  /** The capture file of the command line. */
  file: string | null
}

/** At once. */
const MAX_ENGINES = 32
/** Starts within OPEN_WINDOW_MS, so that a server gone wrong cannot make this machine busy with nothing else. */
const MAX_OPENS = 40
const OPEN_WINDOW_MS = 10_000

export class EngineChildren {
  private readonly start: EngineStart
  private readonly onExit: (engine: number, cause: string) => void
  private readonly children = new Map<number, ChildProcess>()
  private opens: number[] = []

  constructor(start: EngineStart, onExit: (engine: number, cause: string) => void) {
    this.start = start
    this.onExit = onExit
  }

  /** @returns the engine's socket, or why there is none */
  open(engine: number, source: SourceRequest): Socket | string {
    const now = Date.now()
    this.opens = this.opens.filter((at) => now - at < OPEN_WINDOW_MS)
    if (this.children.has(engine)) return 'an engine of that number runs'
    if (this.children.size >= MAX_ENGINES) return `${MAX_ENGINES} engines run already`
    if (this.opens.length >= MAX_OPENS) return 'too many engines were started in the last seconds'
    this.opens.push(now)

    const [command = '', ...args] = [...this.start.command, process.execPath, this.start.entry, JSON.stringify(this.spec(source))]
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'], env: this.start.environment })
    this.children.set(engine, child)
    let hasEnded = false
    const end = (cause: string) => {
      if (hasEnded) return
      hasEnded = true
      this.children.delete(engine)
      this.onExit(engine, cause)
    }
    child.on('exit', (code, signal) => {
      end(signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`)
    })
    child.on('error', (error) => {
      end(`could not be started: ${error.message}`)
    })
    return child.stdio[3] as Socket
  }

  stop(engine: number): void {
    this.children.get(engine)?.kill('SIGKILL')
  }

  /** An engine holds nothing that a harder end could spoil. */
  stopAll(): void {
    for (const child of this.children.values()) child.kill('SIGKILL')
  }

  private spec(source: SourceRequest): EngineSpec {
    const { become, file } = this.start
    return { become, source: source.kind === 'live' ? source : { kind: 'file', path: file ?? '' } }
  }
}
