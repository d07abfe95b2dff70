// Builds the page with vite when any of its inputs is newer than the last build.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { root } from '../setup/paths.mjs'
import { newest } from './newest.mjs'

const web = path.join(root, 'packages/web')
const built = path.join(web, 'dist/index.html')

/** The page's sources, and those that it shares with the server and the engine. */
const inputs = [
  'packages/web/src',
  'packages/web/index.html',
  'packages/web/public',
  'packages/web/vite.config.ts',
  'packages/server/src/api',
  'packages/server/src/filter',
  'packages/engine/src/model',
  'pnpm-lock.yaml',
].map((input) => path.join(root, input))

/** Whether the page as built is newer than all that it is made of. A checkout without a page has nothing to build. */
export function isWebBuilt() {
  if (!existsSync(path.join(web, 'index.html'))) return true
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs
  return builtAt !== undefined && inputs.every((input) => newest(input) <= builtAt)
}

/** @returns {string | undefined} what vite said when it failed */
export function buildWeb() {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: web, encoding: 'utf8' })
  return status === 0 ? undefined : `${stdout}${stderr}`.trim()
}
