/**
 * The server process. It loads its modules and the page, gives up its rights, and only then listens and hears of engines.
 * Whatever it needs a right for it asks the launcher, its parent.
 */
import './no-inspector.ts'
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildApp } from './app.ts'
import { DEFAULT_LIMITS } from './config.ts'
import { dropServerRights } from './drop-rights.ts'
import { LauncherOpener } from './engines/launcher-opener.ts'
import { Supervisor } from './engines/supervisor.ts'
import { forgetTerminal } from './hang-up.ts'
import type { Notice, Request } from './launcher/requests.ts'
import type { ServerStart } from './launcher/start.ts'
import { listenOnAll } from './listen.ts'
import { loadStaticFiles } from './plugins/static-files.ts'
import { writeRunFile } from './run-file.ts'
import { sayError } from './say.ts'

const WEB_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url))
/** Longest that open connections may hold up the end. */
const CLOSE_MS = 500

const request = (message: Request) => {
  if (process.connected) process.send?.(message)
}
const opener = new LauncherOpener(request)
let shutdown = (): void => process.exit(0)

// Ctrl-C reaches the whole group: the launcher decides what becomes of it.
process.on('SIGINT', () => undefined)
process.on('SIGHUP', forgetTerminal)
process.on('disconnect', () => process.exit(0))
process.on('message', (message, handle) => {
  const notice = message as Notice
  if (notice.type === 'start')
    run(notice.start).catch((error: unknown) => { fail(error, notice.start.isRestart) }) // prettier-ignore
  else if (notice.type === 'shutdown') shutdown()
  else opener.take(notice, handle)
})

async function run(start: ServerStart): Promise<void> {
  let portIsKnown: (port: number) => void = () => undefined
  const ownPort = new Promise<number>((resolve) => {
    portIsKnown = resolve
  })
  const supervisor = new Supervisor({ start, opener, ownPort })
  const app = await buildApp({
    host: supervisor,
    tokens: start.tokens,
    allowHosts: start.allowHosts,
    web: existsSync(WEB_FOLDER) ? loadStaticFiles(WEB_FOLDER) : null,
    ownExcluded: !start.keepOwn,
    version: start.version,
    epoch: randomBytes(8).toString('hex'),
    limits: DEFAULT_LIMITS,
    log: false,
  })
  await app.ready()
  // Engines open meanwhile; they are told what to do, and so say their first word, once the port is known.
  const capturing = supervisor.start()
  capturing.catch(() => undefined)
  dropServerRights(start.become)
  const port = await listenOnAll(app, start.hosts, start.port)
  portIsKnown(port)
  await capturing

  const runFile = start.runFolder === null ? undefined : writeRunFile(start.runFolder, { port, token: start.tokens[0]!, pid: process.pid })
  shutdown = () => {
    supervisor.stop()
    if (runFile !== undefined) rmSync(runFile, { force: true })
    setTimeout(() => process.exit(0), CLOSE_MS)
    void app.close().then(() => process.exit(0))
  }
  request({ type: 'listening', port })
}

/** What a person can mend is one line, and ends the run; our own bugs are a trace, and the launcher starts anew. */
function fail(error: unknown, isRestart: boolean): void {
  const exitCode = sayError(error)
  if (isRestart) process.exit(exitCode)
  request({ type: 'bye', exitCode })
}
