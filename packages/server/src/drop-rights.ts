/** How the server gets rid of what it was started with, and makes sure of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { EngineError } from '@ctscope/engine'
import { canBecomeAnother, identities, type Identity, ownRights } from './launcher/rights.ts'

/**
 * Becomes that user (only root can), and reads what the kernel then says of every thread.
 * @throws EngineError ERR_RIGHTS when a right is left: the server must not listen then
 */
export function dropServerRights(become: Identity | null): void {
  try {
    if (become !== null) {
      process.setgroups!([])
      process.setgid!(become.gid)
      process.setuid!(become.uid)
    }
  } catch (error) {
    throw rightsError((error as Error).message)
  }
  for (const thread of readdirSync('/proc/self/task')) {
    const left = rightsLeft(readStatus(thread))
    if (left !== undefined) throw rightsError(left)
  }
}

/** The first right that a thread still has, by its /proc status; undefined: none. */
export function rightsLeft(status: string): string | undefined {
  const values = new Map(status.split('\n').map((line) => line.split(/:\s*/, 2) as [string, string]))
  if (status === '') return undefined // a thread that ended meanwhile
  for (const name of ['Uid', 'Gid']) {
    if (!/^([1-9]\d*\s*){4}$/.test(values.get(name) ?? '')) return `${name} is ${values.get(name)}`
  }
  for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) {
    if (!/^0+$/.test(values.get(name) ?? '')) return `${name} is ${values.get(name)}`
  }
  return values.get('NoNewPrivs') === '1' ? undefined : 'new privileges can be had'
}

function readStatus(thread: string): string {
  try {
    return readFileSync(`/proc/self/task/${thread}/status`, 'utf8')
  } catch {
    return ''
  }
}

function rightsError(what: string): EngineError {
  return new EngineError('ERR_RIGHTS', `the server could not give up its rights: ${what}`, 'Nothing is served with rights.')
}

/** Before a file is parsed by a command that root started: whoever made the file must not become root by it. */
export function stopBeingRoot(): void {
  const rights = ownRights()
  if (rights.uid !== 0) return
  if (!canBecomeAnother(rights)) throw rightsError('root may not become another user here')
  const { server } = identities(undefined, process.env)
  process.setgroups!([])
  process.setgid!(server.gid)
  process.setuid!(server.uid)
}
