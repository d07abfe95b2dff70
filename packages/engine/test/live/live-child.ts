// Drives live-child.mjs: requests, their answers, and what the child tells by itself.
import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('live-child.mjs', import.meta.url))
const PATIENCE_MS = 10_000

export interface ChildFrame {
  seconds: number
  nanoseconds: number
  capturedLen: number
  wireLen: number
  /** The first 64 bytes. */
  bytes: string
}

export interface ChildEvent {
  event: 'batch' | 'link' | 'end' | 'listening'
  name: string
  linkType?: number
  count?: number
  frames?: ChildFrame[]
  isUp?: boolean
  error?: string
  message?: string
}

/** A request that the child refused, with the code and hint of its error. */
export class ChildError extends Error {
  readonly code: string | undefined
  readonly hint: string | undefined

  constructor(error: { code?: string; message: string; hint?: string }) {
    super(error.message)
    this.code = error.code
    this.hint = error.hint
  }
}

export class LiveChild {
  readonly events: ChildEvent[] = []
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #pending = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  readonly #watchers = new Set<() => void>()
  #nextId = 1
  #stderr = ''

  /** @param prefix command line that the child is started with, such as `ip netns exec x` */
  constructor(prefix: readonly string[], nodeArgs: readonly string[] = []) {
    const [program = process.execPath, ...args] = [...prefix, process.execPath, ...nodeArgs, SCRIPT]
    this.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#process.stderr.on('data', (data: Buffer) => (this.#stderr += data.toString()))
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#take(line)
    })
    this.exited = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        for (const { reject } of this.#pending.values()) reject(new Error(`the child died (${String(code ?? signal)}): ${this.#stderr}`))
        this.#pending.clear()
        resolve({ code, signal })
      })
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get stderr(): string {
    return this.#stderr
  }

  ask<Result>(what: string, request: Record<string, unknown> = {}): Promise<Result> {
    const id = this.#nextId++
    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#process.stdin.write(`${JSON.stringify({ ...request, id, do: what })}\n`)
    })
  }

  /** Frames of all batches so far. */
  frames(): ChildFrame[] {
    return this.events.flatMap((event) => event.frames ?? [])
  }

  /** Waits until `isSo` holds; looked at again at each event. */
  until(what: string, isSo: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const watcher = () => {
        if (!isSo()) return
        clearTimeout(timer)
        this.#watchers.delete(watcher)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#watchers.delete(watcher)
        reject(new Error(`waited in vain for ${what}; events: ${JSON.stringify(this.events).slice(0, 2000)} ${this.#stderr}`))
      }, PATIENCE_MS)
      this.#watchers.add(watcher)
      watcher()
    })
  }

  async end(): Promise<void> {
    this.#process.stdin.end()
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 2000)
    await this.exited
    clearTimeout(timer)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Lets the child's address space grow by so many bytes and no more. */
  limitMemory(bytes: number): void {
    const kibibytes = /VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${String(this.pid)}/status`, 'utf8'))?.[1]
    execFileSync('prlimit', [`--pid=${String(this.pid)}`, `--as=${String(Number(kibibytes) * 1024 + bytes)}`])
  }

  #take(line: string): void {
    const message = JSON.parse(line) as ChildEvent & { id?: number; result?: never; error?: { code?: string; message: string } | string }
    if (message.id === undefined) this.events.push(message)
    else {
      const waiting = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      if (typeof message.error === 'object') waiting?.reject(new ChildError(message.error))
      else waiting?.resolve(message.result as never)
    }
    for (const watcher of this.#watchers) watcher()
  }
}
