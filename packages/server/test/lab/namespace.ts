/**
 * Network namespaces of the lab. A name holds the pid of the process that made it, so that what a killed test left
 * behind is found and swept by the next one.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { run, runOk, type CommandOptions, type CommandResult } from './command.ts'

const PREFIX = 'ctlab'
const OWNED = new RegExp(`^${PREFIX}-(\\d+)-`)
const NAMESPACES = '/run/netns'

/** A name that no other living process uses: for namespaces and for directories under the system's temporary one. */
export function ownedName(rest: string): string {
  return `${PREFIX}-${process.pid}-${rest}`
}

export type NamespaceOptions = {
  /** Everything started in the namespace runs on this one processor. */
  cpu?: number
}

export class Namespace {
  readonly name: string
  readonly #enter: readonly string[]

  private constructor(name: string, options: NamespaceOptions) {
    this.name = name
    const pin = options.cpu === undefined ? [] : ['taskset', '--cpu-list', String(options.cpu)]
    this.#enter = [...pin, 'ip', 'netns', 'exec', name]
  }

  /** With `lo` up. Needs root. */
  static async create(name: string, options: NamespaceOptions = {}): Promise<Namespace> {
    await runOk(['ip', 'netns', 'add', name])
    await runOk(['ip', '-n', name, 'link', 'set', 'lo', 'up'])
    return new Namespace(name, options)
  }

  /** The command line that runs `argv` inside. `ip netns exec` replaces itself: the pid is the program's. */
  argv(argv: readonly string[]): string[] {
    return [...this.#enter, ...argv]
  }

  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return run(this.argv(argv), options)
  }

  runOk(argv: readonly string[], options?: CommandOptions): Promise<string> {
    return runOk(this.argv(argv), options)
  }

  /** Starts a program that stays; ended by `remove()` at the latest. Output is piped. */
  start(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    const [program, ...args] = this.argv(argv)
    return spawn(program as string, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** `ip` in this namespace, for links, addresses and routes. */
  ip(...args: string[]): Promise<string> {
    return runOk(['ip', '-n', this.name, ...args])
  }

  async sysctl(settings: Readonly<Record<string, number>>): Promise<void> {
    if (Object.keys(settings).length === 0) return
    const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    await this.runOk(['sysctl', '--quiet', '--write', ...assignments])
  }

  /** Kills every process inside, daemons of daemons too, and deletes the namespace with its interfaces. */
  remove(): Promise<void> {
    return removeNamespace(this.name)
  }
}

async function removeNamespace(name: string): Promise<void> {
  for (let round = 0; round < 50; round++) {
    const pids = (await run(['ip', 'netns', 'pids', name])).stdout.split('\n').filter(Boolean).map(Number)
    if (pids.length === 0) break
    for (const pid of pids) kill(pid)
    await delay(20)
  }
  await run(['ip', 'netns', 'delete', name])
}

/** Removes namespaces and directories whose makers are dead. */
export async function sweepDead(): Promise<void> {
  const names = existsSync(NAMESPACES) ? await readdir(NAMESPACES) : []
  await Promise.all(names.filter(isOrphan).map(removeNamespace))
  const directories = (await readdir(tmpdir())).filter(isOrphan)
  await Promise.all(directories.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })))
}

function isOrphan(name: string): boolean {
  const pid = OWNED.exec(name)?.[1]
  return pid !== undefined && !existsSync(`/proc/${pid}`)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
