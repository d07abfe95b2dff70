import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { cacheSettings, makeToolsDir, runAsOwner } from './owner.mjs'
import { root, toolsDir } from './paths.mjs'

const [, version] = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).packageManager.split('@')
const folder = path.join(toolsDir, `pnpm-${version}`)
const entry = path.join(folder, 'node_modules/pnpm/bin/pnpm.mjs')

/** Runs the pinned pnpm in the checkout, as its owner; gets it first from the registry that npm is set up for. */
export function pnpm(args, env, say) {
  makeToolsDir()
  const caches = cacheSettings()
  if (!existsSync(entry)) fetchPnpm(caches, say)
  return runAsOwner(process.execPath, [entry, ...args], { ...caches, ...env })
}

function fetchPnpm(caches, say) {
  say(`getting pnpm ${version}`)
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  // Its install script only puts a native program in the place of the entry that we use.
  const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', ...quiet, `pnpm@${version}`]
  const { status, error, stderr } = runAsOwner('npm', args, caches)
  if (status === 0 && existsSync(entry)) return
  throw new SetupFailure(`cannot get pnpm ${version} by npm: ${error?.message ?? reasonIn(stderr)}`)
}

const reasonIn = (npmOutput) =>
  npmOutput
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .find((line) => line !== '' && !/^(code|errno|syscall) /.test(line)) ?? 'npm gave no reason'
