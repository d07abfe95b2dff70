// Builds and runs the image by the shared container script, where there is no Docker engine.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { promisify } from 'node:util'
import { repositoryDir, sharedDir } from '@ctscope/engine/testing'

const script = path.join(sharedDir, 'containers/container.sh')
const image = 'localhost/app:latest'
const entry = '/app/packages/server/bin/ctscope.js'

export async function buildImage(): Promise<void> {
  await promisify(execFile)('bash', [script, 'build', repositoryDir], { maxBuffer: 64 * 1024 * 1024 })
}

export type ContainerRun = {
  /** Of `run`, besides those that every run here has. */
  options?: string[]
  /** Starts ctscope as Docker does, which gives a user other than root no ambient capabilities. */
  isWithoutAmbient?: boolean
  /** Of ctscope. */
  args: string[]
}

/** A container in this host's network, removed when it ends. */
export class Container {
  private static runs = 0
  private readonly name = `ctscope-test-${process.pid}-${++Container.runs}`
  private readonly child: ChildProcess
  private readonly closed: Promise<unknown>
  /** What it wrote to stdout and stderr so far. */
  output = ''

  constructor({ options = [], isWithoutAmbient = false, args }: ContainerRun) {
    const start = isWithoutAmbient ? ['setpriv', '--inh-caps=-all', '--ambient-caps=-all', 'node', entry] : ['node', entry]
    const [program = '', ...before] = start
    const run = ['run', '--rm', '--net=host', '--name', this.name, ...options, '--entrypoint', program, image, ...before, ...args]
    this.child = spawn('bash', [script, ...run], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.closed = once(this.child, 'close')
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    }
  }

  /** The address and token that the link in the log says. @throws when it ends or 20 s pass without one */
  async link(): Promise<{ origin: string; token: string }> {
    const deadline = Date.now() + 20_000
    while (Date.now() < deadline && this.child.exitCode === null) {
      const match = /^(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)$/m.exec(this.output)
      if (match !== null) return { origin: match[1]!, token: match[2]! }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`no link in the log:\n${this.output}`)
  }

  /** Waits for it to end by itself. @returns its exit code */
  async ended(): Promise<number | null> {
    await this.closed
    return this.child.exitCode
  }

  /** Ends it as `docker stop` does: SIGTERM, and SIGKILL after 10 s. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) await this.podman('stop', this.name)
    return this.ended()
  }

  /** Runs a command inside it. @returns its stdout */
  async exec(command: string[]): Promise<string> {
    return this.podman('exec', this.name, ...command)
  }

  private async podman(...args: string[]): Promise<string> {
    return (await promisify(execFile)('bash', [script, 'podman', ...args])).stdout
  }
}
