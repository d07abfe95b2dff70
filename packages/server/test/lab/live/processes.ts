/** The processes of a running ctscope, and what the kernel says of their rights, thread by thread. */
import { readdir, readFile } from 'node:fs/promises'
import type { Stats } from '../../../src/api/rest.ts'
import type { Lab } from '../lab.ts'
import type { Ctscope } from './ctscope.ts'

export type Processes = { launcher: number; server: number; engines: number[] }

/** The server is the one that listens; the launcher is what was started. Throws when one of the three is not found. */
export async function processesOf(lab: Lab, ctscope: Ctscope): Promise<Processes> {
  const listening = await lab.router.runOk(['ss', '-H', '-l', '-t', '-n', '-p', `sport = :${ctscope.port}`])
  const pids = new Set([...listening.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid)))
  const [server, ...others] = pids
  if (server === undefined || others.length > 0) throw new Error(`who listens on ${ctscope.port}? ${listening}`)
  const { engines } = await ctscope.get<Stats>('stats')
  if (engines.length === 0) throw new Error('ctscope names no engine')
  return { launcher: ctscope.process.pid as number, server, engines: engines.map(({ pid }) => pid) }
}

export type ThreadRights = {
  thread: number
  /** Real, effective, saved, file system. */
  uids: number[]
  gids: number[]
  groups: number[]
  /** Hexadecimal, as /proc shows them. */
  capabilities: { inheritable: string; permitted: string; effective: string; ambient: string }
  noNewPrivileges: boolean
}

/** Every thread's, from /proc/PID/task/TID/status. */
export async function rightsOf(pid: number): Promise<ThreadRights[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  return Promise.all(
    threads.map(async (thread) => parseStatus(Number(thread), await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8'))),
  )
}

function parseStatus(thread: number, status: string): ThreadRights {
  const field = (name: string) => {
    const value = new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]
    if (value === undefined) throw new Error(`no ${name} in the status of thread ${thread}`)
    return value.trim()
  }
  const numbers = (name: string) => field(name).split(/\s+/).filter(Boolean).map(Number)
  return {
    thread,
    uids: numbers('Uid'),
    gids: numbers('Gid'),
    groups: numbers('Groups'),
    capabilities: { inheritable: field('CapInh'), permitted: field('CapPrm'), effective: field('CapEff'), ambient: field('CapAmb') },
    noNewPrivileges: field('NoNewPrivs') === '1',
  }
}
