/** Starts the real `ctscope live` in the lab's router and talks to it as any client does, through a forwarder. */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import { repositoryDir } from '@ctscope/engine/testing'
import type { Stats } from '../../../src/api/rest.ts'
import type { Lab } from '../lab.ts'
import { scriptArgv } from '../script.ts'

export type StartOptions = {
  /** In place of the lab's watched one. */
  interfaces?: string[]
  /** More of the command line. */
  args?: string[]
  /** A command before it, such as setpriv with its options. */
  through?: string[]
  env?: NodeJS.ProcessEnv
  /** The checkout as the process finds it. */
  checkout?: string
}

export type Answer<T> = { status: number; body: T }

const LINK = /^http:\/\/127\.0\.0\.1:(?<port>\d+)\/#token=(?<token>\S+)$/m
const START_MS = 20_000
const STOP_MS = 10_000
let forwarders = 0

export class Ctscope {
  readonly process: ChildProcess
  readonly token: string
  readonly port: number
  readonly #output: Output
  readonly #socketPath: string

  private constructor(process: ChildProcess, output: Output, link: { token: string; port: number }, socketPath: string) {
    this.process = process
    this.#output = output
    this.token = link.token
    this.port = link.port
    this.#socketPath = socketPath
  }

  /** Resolves when the link is printed; an engine captures from `capturing()` on. */
  static async start(lab: Lab, options: StartOptions = {}): Promise<Ctscope> {
    const { interfaces = [lab.interface], args = [], through = [], env = {}, checkout = repositoryDir } = options
    const bin = join(checkout, 'packages/server/bin/ctscope.js')
    const argv = [...through, process.execPath, bin, 'live', ...interfaces.flatMap((name) => ['-i', name]), ...args]
    const child = lab.router.start(argv, { ...process.env, ...env })
    const output = collect(child)
    const link = await until(START_MS, 'print its link', output, () => {
      if (child.exitCode !== null) throw new Error(`ctscope ended with ${child.exitCode}: ${output.stderr}${output.stdout}`)
      return LINK.exec(output.stdout)?.groups
    })
    const port = Number(link.port)
    const socketPath = join(lab.dir, `forward-${++forwarders}`)
    const forwarder = lab.router.start(scriptArgv(lab.dir, 'forward-main', socketPath, String(port)))
    await once(forwarder.stdout as NonNullable<typeof forwarder.stdout>, 'data')
    return new Ctscope(child, output, { token: link.token as string, port }, socketPath)
  }

  get stdout(): string {
    return this.#output.stdout
  }

  get stderr(): string {
    return this.#output.stderr
  }

  /** A connection to the server, as if made in the router's namespace. */
  connect(): Socket {
    return connect(this.#socketPath)
  }

  /** As printed. */
  get link(): string {
    return `http://${this.host}/#token=${this.token}`
  }

  get host(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Waits until its engines run: what passes from then on is seen. */
  async capturing(): Promise<Stats> {
    const deadline = Date.now() + START_MS
    for (;;) {
      const stats = await this.get<Stats>('stats')
      if (stats.engines.length > 0 && stats.engines.every(({ state }) => state === 'running')) return stats
      if (Date.now() > deadline) throw new Error(`no engine runs: ${JSON.stringify(stats.engines)} ${this.stderr}`)
      await delay(50)
    }
  }

  /** GET under /api/v1, with the token; anything but 200 is an error. */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.ask<T>('GET', path)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** All pages of a list. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = []
    const separator = path.includes('?') ? '&' : '?'
    for (let cursor: string | null = null; ;) {
      const query: string = cursor === null ? 'limit=1000' : `limit=1000&cursor=${cursor}`
      const page: { items: T[]; cursor: string | null } = await this.get(`${path}${separator}${query}`)
      items.push(...page.items)
      if (page.cursor === null) return items
      cursor = page.cursor
    }
  }

  ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          socketPath: this.#socketPath,
          method,
          path: `/api/v1/${path}`,
          headers: {
            host: this.host,
            authorization: `Bearer ${this.token}`,
            ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          },
        },
        (response) => {
          let received = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(received) as T }))
          response.on('error', reject)
        },
      )
      asked.on('error', reject).end(text)
    })
  }

  /** Ends it as Ctrl-C does. Gives the exit code; a process that stays is killed and told of. */
  async stop(): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
    const ended = once(this.process, 'exit') as Promise<[number | null]>
    this.process.kill('SIGINT')
    const timeout = delay(STOP_MS).then(() => {
      this.process.kill('SIGKILL')
      throw new Error(`ctscope does not end on SIGINT: ${this.stderr}`)
    })
    timeout.catch(() => undefined)
    const [code] = await Promise.race([ended, timeout])
    return code
  }
}

type Output = { stdout: string; stderr: string }

function collect(child: ChildProcess): Output {
  const output: Output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  return output
}

async function until<T>(ms: number, what: string, output: Output, test: () => T | undefined): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = test()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`ctscope did not ${what} in ${ms} ms: ${output.stderr}${output.stdout}`)
    await delay(50)
  }
}
