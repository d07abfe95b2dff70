/** `ctscope demo`: traffic of its own on loopback, captured there live the way any other is. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TrafficCommand, TrafficReady } from '../demo/traffic.ts'
import { childEnvironment, identities, ownRights, serverCommand } from '../launcher/rights.ts'
import { runDashboard } from './dashboard.ts'
import { captureOptions } from './live.ts'
import { type CommandLine, noMore } from './options.ts'
import { applySettings, assignHelpers, settingsOfThisHost } from './tracking-options.ts'

const TRAFFIC_ENTRY = fileURLToPath(new URL('../demo/traffic.js', import.meta.url))

export async function run({ command, options, files }: CommandLine): Promise<number> {
  noMore(command, files)
  const traffic = startTraffic()
  try {
    const tell = (message: TrafficCommand) => traffic.connected && traffic.send(message)
    const rights = ownRights()
    tell({ type: 'prepare', become: rights.uid === 0 ? identities(undefined, process.env).server : null })
    const { ftpPorts } = await prepared(traffic)
    return await runDashboard({
      options,
      capture: { kind: 'live', groups: [['lo']], options: captureOptions(options), filter: '' },
      file: null,
      settings: applySettings(settingsOfThisHost(), options.set),
      helpers: assignHelpers([...ftpPorts.map((port) => `ftp=${port}`), ...options.helper]),
      onServing: () => {
        tell({ type: 'begin' })
      },
    })
  } finally {
    traffic.kill('SIGKILL')
  }
}

function startTraffic(): ChildProcess {
  const [executable = '', ...args] = [...serverCommand(ownRights()), process.execPath, TRAFFIC_ENTRY]
  return spawn(executable, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: childEnvironment(process.env) })
}

async function prepared(traffic: ChildProcess): Promise<TrafficReady> {
  const failed = once(traffic, 'exit').then(() => {
    throw new Error('the traffic of the demo did not start')
  })
  const [message] = (await Promise.race([once(traffic, 'message'), failed])) as [TrafficReady]
  failed.catch(() => undefined) // later it ends because it is ended
  return message
}
