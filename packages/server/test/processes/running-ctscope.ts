/** The real command line, started as a person would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { repositoryDir } from '@ctscope/engine/testing'

export const BIN = join(repositoryDir, 'packages/server/bin/ctscope.js')
const LINK = /^http:\/\/\S+:(?<port>\d+)\/#token=(?<token>\S+)$/m
const START_MS = 30_000

/** Without what the tests' own process was started with. */
export const ENVIRONMENT: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: process.env.HOME }

export type Ended = { exitCode: number | null; stdout: string; stderr: string }

/** Runs to its end. */
export async function runCtscope(args: readonly string[], through: readonly string[] = []): Promise<Ended> {
  const [command = '', ...rest] = [...through, process.execPath, BIN, ...args]
  const child = spawn(command, rest, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = collect(child)
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, ...output }
}

export class RunningCtscope {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  readonly port: number
  readonly token: string

  private constructor(child: ChildProcess, output: { stdout: string; stderr: string }, { port, token }: { port: number; token: string }) {
    this.child = child
    this.output = output
    this.port = port
    this.token = token
  }

  /** Resolves when the link is printed. */
  static async start(args: readonly string[], through: readonly string[] = []): Promise<RunningCtscope> {
    const [command = '', ...rest] = [...through, process.execPath, BIN, ...args]
    const child = spawn(command, rest, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = collect(child)
    const deadline = Date.now() + START_MS
    for (;;) {
      const found = LINK.exec(output.stdout)?.groups
      if (found !== undefined) return new RunningCtscope(child, output, { port: Number(found.port), token: found.token! })
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no link: ${output.stdout}${output.stderr}`)
      await delay(20)
    }
  }

  get link(): string {
    return `http://127.0.0.1:${this.port}/#token=${this.token}`
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1/${path}`, { headers: { authorization: `Bearer ${this.token}` } })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  async put(path: string, body: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1/${path}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        origin: `http://127.0.0.1:${this.port}`,
      },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }

  /** @returns its exit code */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode
    this.child.kill(signal)
    await once(this.child, 'close')
    return this.child.exitCode
  }
}

/** Asks again until it is so. */
export async function eventually<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean, patienceMs = 15_000): Promise<T> {
  for (const deadline = Date.now() + patienceMs; ; await delay(50)) {
    const answer = await ask()
    if (isSo(answer)) return answer
    if (Date.now() > deadline) throw new Error(`it never was so, but: ${JSON.stringify(answer)}`)
  }
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (data: Buffer) => (output.stdout += data.toString()))
  child.stderr?.on('data', (data: Buffer) => (output.stderr += data.toString()))
  return output
}
