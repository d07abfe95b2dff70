/** The real `ctscope`, as someone starts it, for tests that look at its page. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { repositoryDir } from '@ctscope/engine/testing'

const LINK = /^http:\/\/127\.0\.0\.1:\d+\/#token=\S+$/m
const START_MS = 30_000
const STOP_MS = 10_000

export class Ctscope {
  readonly link: string
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, link: string) {
    this.#process = process
    this.link = link
  }

  /** `args` without a port: any free one. Resolves when the link is printed. */
  static async start(args: readonly string[]): Promise<Ctscope> {
    const bin = join(repositoryDir, 'packages/server/bin/ctscope.js')
    const child = spawn(process.execPath, [bin, ...args, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    for (const deadline = Date.now() + START_MS; ; await delay(50)) {
      const link = LINK.exec(said)?.[0]
      if (link !== undefined) return new Ctscope(child, link)
      if (child.exitCode !== null || Date.now() > deadline) {
        child.kill('SIGKILL')
        throw new Error(`ctscope printed no link: ${said}`)
      }
    }
  }

  /** Where a path of the page is; the token is in the link alone. */
  url(path: string): string {
    return new URL(path, this.link).href
  }

  /** Kills the server as a crash would; the launcher starts it again. */
  killServer(): void {
    this.#kill('/server.js')
  }

  /** Kills the engine as a crash would; the server has it started again. */
  killEngine(): void {
    this.#kill('/child-main.js')
  }

  #kill(program: string): void {
    const found = children(this.#process.pid!).find((pid) => commandOf(pid).some((word) => word.endsWith(program)))
    if (found === undefined) throw new Error(`no process runs ${program}`)
    process.kill(found, 'SIGKILL')
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGINT')
    const isLate = await Promise.race([ended.then(() => false), delay(STOP_MS, true, { ref: false })])
    if (isLate) this.#process.kill('SIGKILL')
  }
}

function children(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

function commandOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
}
