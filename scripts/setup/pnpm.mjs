import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { cacheSettings, makeToolsDir, runAsOwner } from './owner.mjs'
import { root, toolsDir } from './paths.mjs'

const [, version] = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).packageManager.split('@')
const folder = path.join(toolsDir, `pnpm-${version}`)
const home = path.join(folder, 'node_modules/pnpm')
const program = path.join(home, 'pnpm')

/** Runs the pinned pnpm in the checkout, as its owner; gets it first from the registry that npm is set up for. */
export function pnpm(args, env, say) {
  makeToolsDir()
  const caches = cacheSettings()
  if (!isReady()) fetchPnpm(caches, say)
  // What pnpm runs finds this very Node, also where another one is first on PATH.
  const PATH = `${path.dirname(process.execPath)}:${process.env.PATH}`
  return runAsOwner(program, args, { ...caches, ...npmSettings(caches), ...patience, PATH, ...env })
}

/** A registry that does not answer is said within a minute, instead of after pnpm's own ten. */
const patience = { pnpm_config_fetch_retries: '1', pnpm_config_fetch_retry_mintimeout: '1000', pnpm_config_fetch_timeout: '30000' }

/** How npm reaches its registry, for pnpm, which reads neither npm's global settings nor its environment. */
function npmSettings(caches) {
  const names = ['registry', 'cafile', 'https-proxy', 'proxy', 'noproxy', 'strict-ssl']
  const { stdout } = runAsOwner('npm', ['config', 'get', ...names], caches)
  const settings = (stdout ?? '')
    .split('\n')
    .map((line) => /^([a-z-]+)=(.+)$/.exec(line))
    .filter((match) => match !== null && !['null', 'undefined'].includes(match[2]))
  return Object.fromEntries(settings.map(([, name, value]) => [`pnpm_config_${name.replaceAll('-', '_')}`, value]))
}

function fetchPnpm(caches, say) {
  say(`getting pnpm ${version}`)
  const quiet = [
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
  ]
  const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', ...quiet, `pnpm@${version}`]
  const fetched = runAsOwner('npm', args, caches)
  if (fetched.status !== 0)
    throw new SetupFailure(`cannot get pnpm ${version} by npm: ${fetched.error?.message ?? reasonIn(fetched.stderr)}`)

  // Its install script puts the native program in its place. Run by name: whether npm runs such scripts is npm's and
  // its user's choice, and without it the node-gyp that comes with pnpm is not found.
  const linked = runAsOwner('sh', ['-c', `cd "$0" && exec "$1" install.js`, home, process.execPath])
  if (!isReady()) throw new SetupFailure(`cannot prepare pnpm ${version}: ${linked.error?.message ?? linked.stderr.trim()}`)
}

/** Until its install script has run, `pnpm` is a small placeholder. */
const isReady = () => (statSync(program, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000

const reasonIn = (npmOutput) =>
  npmOutput
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .find((line) => line !== '' && !/^(code|errno|syscall) /.test(line)) ?? 'npm gave no reason'
