/**
 * Where a running ctscope leaves its port and token for other commands of the same user (`ctscope list` …): one file a
 * process, mode 0600, in a folder that only this user can write.
 */
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type RunFile = { port: number; token: string; pid: number }

/** The folder of that user's run files. */
export function runFolder(uid: number, environment: NodeJS.ProcessEnv): string {
  if (uid === 0) return '/run/ctscope'
  const own = environment.XDG_RUNTIME_DIR
  const usual = `/run/user/${uid}`
  const base = own !== undefined && own !== '' && ownerOf(own) === uid ? own : ownerOf(usual) === uid ? usual : undefined
  return base === undefined ? join(tmpdir(), `ctscope-${uid}`) : join(base, 'ctscope')
}

/** @returns the path; undefined where it cannot be written, which costs only the convenience */
export function writeRunFile(folder: string, content: RunFile): string | undefined {
  const path = join(folder, `${content.pid}.json`)
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true })
    if (!isPrivate(folder, process.getuid!())) return undefined
    removeDead(folder)
    rmSync(path, { force: true })
    const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
    writeSync(file, JSON.stringify(content))
    closeSync(file)
    return path
  } catch {
    return undefined
  }
}

/** What killed ones could not take away themselves. */
function removeDead(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^(\d+)\.json$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true })
  }
}

/** Those of processes that are still there, the newest first. @param owners whose folders are believed */
export function readRunFiles(folder: string, owners: readonly number[]): RunFile[] {
  if (!existsSync(folder) || !owners.some((uid) => isPrivate(folder, uid))) return []
  const files = readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => join(folder, name))
    .map((path) => ({ path, writtenMs: lstatSync(path).mtimeMs }))
    .sort((a, b) => b.writtenMs - a.writtenMs)
  return files.flatMap(({ path }) => {
    const content = parse(readFileSync(path, 'utf8'))
    return content !== undefined && existsSync(`/proc/${content.pid}`) ? [content] : []
  })
}

/** Of that user, and writable by nobody else: what another user put there is not believed. */
function isPrivate(folder: string, owner: number): boolean {
  const stat = lstatSync(folder)
  return stat.isDirectory() && stat.uid === owner && (stat.mode & 0o077) === 0
}

function ownerOf(folder: string): number | undefined {
  return lstatSync(folder, { throwIfNoEntry: false })?.uid
}

function parse(text: string): RunFile | undefined {
  try {
    const { port, token, pid } = JSON.parse(text) as RunFile
    return Number.isInteger(port) && typeof token === 'string' && Number.isInteger(pid) ? { port, token, pid } : undefined
  } catch {
    return undefined
  }
}
