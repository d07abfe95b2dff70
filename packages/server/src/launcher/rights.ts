/** What this process may do, whom its children become, and the commands that start them so. */
import { existsSync, readFileSync } from 'node:fs'

const CAP_SETGID = 6
const CAP_SETUID = 7
const CAP_SETPCAP = 8
const CAP_NET_RAW = 13

/** From /proc/self/status. */
export type OwnRights = {
  uid: number
  effective: bigint
  ambient: bigint
  bounding: bigint
  noNewPrivs: boolean
}

export type Identity = { uid: number; gid: number }

/**
 * How an engine gets the right to open an interface. root: it is started as root and becomes another user itself;
 * ambient: it inherits CAP_NET_RAW; file: a copy of setpriv that carries it (image) hands it on.
 */
export type EngineRight = 'root' | 'ambient' | 'file'

export function ownRights(status = readFileSync('/proc/self/status', 'utf8')): OwnRights {
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '0'
  const uids = /^Uid:\s*\d+\s+(\d+)/m.exec(status)
  const set = (name: string) => BigInt(`0x${field(name)}`)
  return {
    uid: Number(uids?.[1] ?? 0),
    effective: set('CapEff'),
    ambient: set('CapAmb'),
    bounding: set('CapBnd'),
    noNewPrivs: field('NoNewPrivs') === '1',
  }
}

const has = (set: bigint, capability: number) => ((set >> BigInt(capability)) & 1n) === 1n

/** @param setprivWithRight the image's copy of setpriv that carries the file capability, if any */
export function engineRight(rights: OwnRights, setprivWithRight: string | undefined): EngineRight | null {
  if (rights.uid === 0) return canBecomeAnother(rights) && has(rights.effective, CAP_NET_RAW) ? 'root' : null
  if (has(rights.ambient, CAP_NET_RAW)) return 'ambient'
  const isUsable = setprivWithRight !== undefined && existsSync(setprivWithRight)
  return isUsable && !rights.noNewPrivs && has(rights.bounding, CAP_NET_RAW) ? 'file' : null
}

/** Whether a root process can give up being root: a container may have taken that from it. */
export function canBecomeAnother(rights: OwnRights): boolean {
  return has(rights.effective, CAP_SETUID) && has(rights.effective, CAP_SETGID)
}

/** The server's and the engines' users when started from root: never the same, never root. */
export type Identities = { server: Identity; engine: Identity }

export const NOBODY: Identity = { uid: 65_534, gid: 65_534 }
/** For engines where the server is nobody. No account has this number. */
const NOBODY_ELSE: Identity = { uid: 65_533, gid: 65_533 }

/** @param named what `--user` names, looked up; else sudo's user, else nobody */
export function identities(named: Identity | undefined, environment: NodeJS.ProcessEnv): Identities {
  const server = named ?? sudoUser(environment) ?? NOBODY
  return { server, engine: server.uid === NOBODY.uid ? NOBODY_ELSE : NOBODY }
}

function sudoUser(environment: NodeJS.ProcessEnv): Identity | undefined {
  const uid = Number(environment.SUDO_UID)
  const gid = Number(environment.SUDO_GID)
  return Number.isInteger(uid) && uid > 0 && Number.isInteger(gid) && gid > 0 ? { uid, gid } : undefined
}

/** The user of that name or number in /etc/passwd. Undefined: there is none. */
export function findUser(name: string, passwd = readFileSync('/etc/passwd', 'utf8')): Identity | undefined {
  const lines = passwd.split('\n').map((line) => line.split(':'))
  const found = lines.find(([user, , uid]) => user === name || uid === name)
  return found === undefined ? undefined : { uid: Number(found[2]), gid: Number(found[3]) }
}

/** What root's children may ever get back: to read the code under a 0700 home, to open, to become another user. */
const ROOT_SETS = ['--bounding-set=-all,+net_raw,+setuid,+setgid,+dac_read_search', '--inh-caps=-all']
const NO_CORE = ['prlimit', '--core=0:0']

/** The command before `node` for the server. */
export function serverCommand(rights: OwnRights): string[] {
  const sets = rights.uid === 0 ? rootSets(rights) : ['--inh-caps=-all', '--ambient-caps=-all']
  return [...NO_CORE, 'setpriv', '--no-new-privs', ...sets]
}

/** The command before `node` for an engine. @param right null: only files can be opened */
export function engineCommand(rights: OwnRights, right: EngineRight | null, setprivWithRight: string | undefined): string[] {
  const raise = ['--inh-caps=-all,+net_raw', '--ambient-caps=-all,+net_raw']
  if (right === 'file') return [...NO_CORE, setprivWithRight!, '--no-new-privs', ...raise]
  if (right === 'ambient') return [...NO_CORE, 'setpriv', '--no-new-privs', ...raise]
  return serverCommand(rights)
}

function rootSets(rights: OwnRights): string[] {
  return has(rights.effective, CAP_SETPCAP) ? ROOT_SETS : []
}

/** Children see none of Node's own variables (NODE_OPTIONS could open an inspector), and no token. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'NO_COLOR', 'TERM', 'CTSCOPE_DEV']
  return Object.fromEntries(kept.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])))
}
