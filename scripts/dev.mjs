// `npm run dev [-- ARGS of ctscope]`: engine and server from today's sources, started anew after each change, and
// vite's own server for the page, which takes changes over in place. One token for the whole run, so that the open
// page comes back by itself.
import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import path from 'node:path'
import { buildProcesses } from './build/processes.mjs'
import { Restarting } from './dev/restarting.mjs'
import { orOneLine } from './setup/failure.mjs'
import { root } from './setup/paths.mjs'
import { setUp } from './setup/set-up.mjs'

const apiPort = 4040
const pagePort = 4041 // as in packages/web/vite.config.ts

await orOneLine(() => setUp())

const token = randomBytes(24).toString('base64url')
const given = process.argv.slice(2)
const args = given.length === 0 || given[0].startsWith('-') ? ['live', ...given] : given
const ctscope = new Restarting([process.execPath, 'packages/server/bin/ctscope.js', ...args, '--port', String(apiPort)], {
  CTSCOPE_TOKEN: token,
})
const vite = spawn(process.execPath, ['../../node_modules/vite/bin/vite.js', '--clearScreen', 'false', '--strictPort'], {
  cwd: path.join(root, 'packages/web'),
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, CTSCOPE_DEV_API: `http://127.0.0.1:${apiPort}` },
})
vite.once('exit', (code) => stop(code ?? 1))
console.log(`dev: the page, reloading:  http://127.0.0.1:${pagePort}/#token=${token}`)

let soon
for (const name of ['engine', 'server']) {
  watch(path.join(root, 'packages', name, 'src'), { recursive: true }, () => {
    clearTimeout(soon)
    soon = setTimeout(() => void takeChangesOver(), 150)
  })
}

async function takeChangesOver() {
  const { isChanged, errors } = await buildProcesses()
  for (const error of errors) console.error(`dev: ${error}`)
  if (errors.length === 0 && isChanged) await ctscope.restart()
}

async function stop(code) {
  vite.kill('SIGTERM')
  await ctscope.stop()
  process.exit(code)
}
process.once('SIGINT', () => void stop(130)).once('SIGTERM', () => void stop(143))
