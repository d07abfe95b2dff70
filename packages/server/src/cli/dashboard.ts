/** What live, replay and demo have in common: this process becomes the launcher, the server serves the page. */
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { isIP, isIPv4 } from 'node:net'
import { fileURLToPath } from 'node:url'
import { EngineError } from '@ctscope/engine'
import type { HelperAssignment, Settings } from '@ctscope/engine/model'
import { runLauncher } from '../launcher/launcher.ts'
import {
  canBecomeAnother,
  childEnvironment,
  engineCommand,
  engineRight,
  findUser,
  identities,
  type Identity,
  NOBODY,
  ownRights,
  serverCommand,
} from '../launcher/rights.ts'
import type { ServerStart } from '../launcher/start.ts'
import { runFolder, writeRunFile } from '../run-file.ts'
import { type Options, wholeNumber } from './options.ts'
import { say } from '../say.ts'
import { UsageError } from './usage-error.ts'
import { VERSION } from './version.ts'

export type Dashboard = {
  options: Options
  capture: ServerStart['capture']
  /** Path of the capture file, which the launcher opens nothing of: the engine does. */
  file: string | null
  settings: Settings
  helpers: HelperAssignment[]
  /** Called once, when the page is served and the capture has begun. */
  onServing?: () => void
}

const DEFAULT_PORT = 4040
/** ../server.ts and all it imports as one file, which starts in a quarter of the time. */
const SERVER_ENTRY = fileURLToPath(new URL('../../bundle/server.js', import.meta.url))
const LOOPBACK = ['127.0.0.1', '::1']

/**
 * Runs until it is ended. @returns the exit code
 * @throws UsageError, EngineError ERR_CAPTURE_PERMISSION
 */
export async function runDashboard({ options, capture, file, settings, helpers, onServing }: Dashboard): Promise<number> {
  const rights = ownRights()
  const setprivWithRight = process.env.CTSCOPE_SETPRIV
  const right = engineRight(rights, setprivWithRight)
  const isRoot = rights.uid === 0
  if (isRoot && !canBecomeAnother(rights)) {
    throw new EngineError(
      'ERR_RIGHTS',
      'root here may not become another user, and nothing is served as root',
      'Start ctscope as another user.',
    )
  }
  const { server, engine } = identities(namedUser(options.user, isRoot), process.env)
  const becomeServer: Identity | null = isRoot ? server : null
  const token = randomBytes(24).toString('base64url')
  const serverUid = becomeServer?.uid ?? rights.uid
  const start: ServerStart = {
    version: VERSION,
    port: wholeNumber('port', options.port, DEFAULT_PORT, 0, 65_535),
    ...hosts(options),
    tokens: [token, ...fixedTokens(options)],
    become: becomeServer,
    runFolder: serverUid === NOBODY.uid ? null : runFolder(serverUid, isRoot ? {} : process.env),
    capture,
    settings,
    helpers,
    keepOwn: options.own,
    isRestart: false,
    nextEngine: 1,
  }
  // After whatever is wrong with the command line itself.
  if (capture.kind === 'live' && right === null) throw noRight()
  const environment = childEnvironment(process.env)
  let runFile: string | undefined
  const exitCode = await runLauncher({
    serverCommand: serverCommand(rights),
    serverEntry: SERVER_ENTRY,
    environment,
    start,
    engines: {
      command: engineCommand(rights, right, setprivWithRight),
      entry: fileURLToPath(import.meta.resolve('@ctscope/engine/child')),
      environment,
      become: isRoot ? engine : null,
      file,
    },
    allowed: capture.kind,
    onListening: (port) => {
      // Nobody has no folder of its own: root's other commands find it by root's.
      if (start.runFolder === null) runFile = writeRunFile(runFolder(rights.uid, process.env), { port, token, pid: process.pid })
      process.stdout.write(`${link(start.hosts, port, token)}\n`)
      onServing?.()
    },
    say,
  })
  if (runFile !== undefined) rmSync(runFile, { force: true })
  return exitCode
}

function link([host = '']: readonly string[], port: number, token: string): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : isIP(host) === 6 ? `[${host}]` : host
  return `http://${name}:${port}/#token=${token}`
}

function hosts(options: Options): { hosts: string[]; allowHosts: string[] } {
  const allowHosts = options['allow-host'].map((name) => name.toLowerCase())
  const { host } = options
  if (host === undefined) return { hosts: LOOPBACK, allowHosts }
  const isLoopback = host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
  if (!isLoopback && allowHosts.length === 0) {
    throw new UsageError(`--host ${host} opens the page to other machines: say by --allow-host NAME under which name they come`)
  }
  return { hosts: host === 'localhost' ? LOOPBACK : [host], allowHosts }
}

/** 128 bits in base64url. */
const TOKEN_LENGTH = 22

function fixedTokens(options: Options): string[] {
  const tokens: string[] = []
  if (process.env.CTSCOPE_TOKEN) tokens.push(process.env.CTSCOPE_TOKEN)
  const file = options['token-file']
  if (file !== undefined) {
    try {
      tokens.push(readFileSync(file, 'utf8').trim())
    } catch (error) {
      throw new UsageError(`--token-file: cannot read ${JSON.stringify(file)} (${(error as NodeJS.ErrnoException).code})`)
    }
  }
  for (const token of tokens) {
    if (/^[A-Za-z0-9._~-]+$/.test(token) && token.length >= TOKEN_LENGTH) continue
    throw new UsageError(`a fixed token has at least ${TOKEN_LENGTH} letters, digits and . _ ~ -, for instance: openssl rand -hex 16`)
  }
  return tokens
}

function namedUser(name: string | undefined, isRoot: boolean): Identity | undefined {
  if (name === undefined) return undefined
  if (!isRoot) throw new UsageError('--user is for root only: others stay who they are')
  const user = findUser(name)
  if (user === undefined) throw new UsageError(`there is no user ${JSON.stringify(name)}`)
  if (user.uid === 0 || user.gid === 0) throw new UsageError('--user must not be root: nothing is served with rights')
  return user
}

function noRight(): EngineError {
  return new EngineError(
    'ERR_CAPTURE_PERMISSION',
    'this user may not capture (CAP_NET_RAW is missing)',
    'Run it with sudo, or a container with --cap-add=NET_RAW; a capture file needs no right: ctscope replay FILE.',
  )
}
