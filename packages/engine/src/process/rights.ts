/**
 * How a process of ctscope gets rid of what it must not have: the door that lets another process run code in
 * it, rights, and the system calls that reach outside. Nothing here can be taken back. An engine's order is:
 * `closeInspector`, `restartWithoutRings`, load all modules, open the capture or the file, `dropRights`, and only
 * then compile a filter or read a packet.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { EngineError } from '../errors.ts'
import { loadCap } from '../capture/cap-addon.ts'

/** `nobody` and its group, on Linux systems by convention. */
const NOBODY = 65_534

/** Rights of a process as the kernel tells them. */
export interface ProvenRights {
  uid: number
  gid: number
  threads: number
  noNewPrivileges: true
  hasFence: true
  /** Always empty: anything else is an error. */
  capabilities: readonly string[]
}

export interface DropOptions {
  /** Whom a process that is root becomes. `nobody` unless given. */
  uid?: number
  gid?: number
  /** Packet sockets that stay open: nothing can be sent through them any more. */
  captureFds?: readonly number[]
}

/**
 * To be called on the first line of each process: SIGUSR1 would make Node open its inspector on a port and so
 * let any process of the same user run code here.
 * @param allowInspector only in development
 * @throws EngineError ERR_INSPECTOR where the inspector is asked for on the command line or in NODE_OPTIONS
 */
export function closeInspector(allowInspector = false): void {
  if (allowInspector) return
  process.on('SIGUSR1', ignoreSignal)
  const options = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)]
  const asked = options.find((option) => /^--(inspect|debug)/.test(option))
  if (asked === undefined) return
  throw new EngineError('ERR_INSPECTOR', `ctscope does not run with ${asked}`, 'Use npm run dev to debug.')
}

function ignoreSignal(): void {
  // Having a handler is what matters.
}

/**
 * To be called before a process that will drop its rights opens anything. Node 22 and later hold io_uring rings
 * from their start, through which the fence could be passed by. Where there are any, the same program is started
 * anew within this process (same pid, same sockets, same standard streams), in which none can be made.
 * @throws EngineError ERR_RIGHTS where that does not help, or where the process talks over Node's own IPC channel
 *   (`fork`), which cannot be handed on.
 */
export function restartWithoutRings(): void {
  if (ringFds().length === 0) return
  if (process.connected) throw rightsError('a forked process cannot be started anew: spawn it with a pipe')
  const argv = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  // Node makes no socket of its own: all that are open were handed over.
  const kept = descriptors().filter(({ fd, target }) => fd <= 2 || target.startsWith('socket:'))
  // With it Node 20 refuses to change users, rings or not.
  delete process.env['UV_USE_IO_URING']
  try {
    loadCap().restartWithoutRings(
      process.execPath,
      argv,
      kept.map(({ fd }) => fd),
    )
  } catch (error) {
    throw rightsError(error instanceof Error ? error.message : String(error), error)
  }
}

/**
 * Gives up everything on every thread: root's uid and groups, all capabilities, new privileges, core dumps, being
 * traced, and the system calls to open sockets, to send, to run programs and to look into other processes. What is
 * open goes on: capture, files, pipes and sockets that are read and written (handing over a descriptor does not).
 * @throws EngineError ERR_RIGHTS; the process must then end, since it may have kept some.
 */
export function dropRights(options: DropOptions = {}): ProvenRights {
  if (ringFds().length > 0) throw rightsError('io_uring is in use, call restartWithoutRings first')
  try {
    if (process.getuid?.() === 0) {
      process.setgroups?.([])
      process.setgid?.(options.gid ?? NOBODY)
      process.setuid?.(options.uid ?? NOBODY)
    }
    loadCap().dropRights(options.captureFds ?? [])
  } catch (error) {
    if (error instanceof EngineError) throw error
    throw rightsError(error instanceof Error ? error.message : String(error), error)
  }
  return proveDropped()
}

/**
 * Reads what the kernel says of each thread of this process.
 * @throws EngineError ERR_RIGHTS with the first thing that is not as it must be
 */
export function proveDropped(): ProvenRights {
  const threads = readdirSync('/proc/self/task')
  let uid = 0
  let gid = 0
  for (const thread of threads) {
    const status = threadStatus(thread)
    // A thread that ended since the folder was read has no rights left either.
    if (status === undefined) continue
    uid = nonZeroIds(status, 'Uid', thread)
    gid = nonZeroIds(status, 'Gid', thread)
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) {
      const value = status.get(set)
      if (value === undefined || !/^0+$/.test(value)) throw rightsError(`thread ${thread} has ${set} ${value ?? 'unknown'}`)
    }
    if (status.get('NoNewPrivs') !== '1') throw rightsError(`thread ${thread} may get new privileges`)
    if (status.get('Seccomp') !== '2') throw rightsError(`thread ${thread} has no fence`)
  }
  return { uid, gid, threads: threads.length, noNewPrivileges: true, hasFence: true, capabilities: [] }
}

function threadStatus(thread: string): Map<string, string> | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/self/task/${thread}/status`, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw rightsError(`thread ${thread} cannot be looked at`, error)
  }
  const lines = text.split('\n').map((line) => line.split(':\t', 2))
  return new Map(lines.map(([key = '', value = '']) => [key, value.trim()]))
}

/** Real, effective, saved and file-system id: the first, when none is root's. */
function nonZeroIds(status: ReadonlyMap<string, string>, key: 'Uid' | 'Gid', thread: string): number {
  const ids = (status.get(key) ?? '0').split(/\s+/).map(Number)
  if (!ids.every((id) => id > 0)) throw rightsError(`thread ${thread} has ${key} ${ids.join(' ')}`)
  return ids[0] ?? 0
}

function ringFds(): number[] {
  return descriptors()
    .filter(({ target }) => target.includes('[io_uring]'))
    .map(({ fd }) => fd)
}

function descriptors(): { fd: number; target: string }[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [{ fd: Number(name), target: readlinkSync(`/proc/self/fd/${name}`) }]
    } catch {
      return [] // the one that listed the folder is closed by now
    }
  })
}

function rightsError(what: string, cause?: unknown): EngineError {
  return new EngineError('ERR_RIGHTS', `Rights could not be given up: ${what}`, 'Nothing is parsed with rights; this process ends.', {
    cause,
  })
}
