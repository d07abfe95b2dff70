// Installs what the lockfile says, and builds the `cap` addon for the Node that runs.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { runAsOwner, writeAsOwner } from './owner.mjs'
import { installedNote, root, toolsDir } from './paths.mjs'
import { pnpm } from './pnpm.mjs'

const addon = path.join(root, 'packages/engine/node_modules/cap/build/Release/cap.node')
const log = path.join(toolsDir, 'install.log')

/** Does nothing when the last run installed the same for the same Node. */
export function installDependencies(say) {
  const wanted = { inputs: hashOfInputs(), node: `${process.platform}-${process.arch}-${process.versions.modules}` }
  const last = lastInstalled()
  const isInstalled = last.inputs === wanted.inputs && existsSync(path.join(root, 'node_modules/.modules.yaml'))
  if (isInstalled && existsSync(addon) && last.node === wanted.node) return

  const build = buildSettings()
  if (!isInstalled) {
    say('installing npm packages and compiling the capture addon')
    succeedOrExplain(pnpm(['install', '--frozen-lockfile', '--no-ignore-scripts'], build, say), 'installing the npm packages')
  }
  if (!isAddonForThisNode()) {
    say(`compiling the capture addon for Node ${process.version}`)
    // Not written over: the file may be one with that of another checkout, which has a Node of its own.
    if (existsSync(addon)) rmSync(path.dirname(realpathSync(addon)), { recursive: true })
    succeedOrExplain(pnpm(['rebuild', 'cap'], build, say), 'compiling the capture addon')
    if (!isAddonForThisNode()) throw new SetupFailure(`compiling the capture addon left none that loads: ${path.relative(root, addon)}`)
  }
  writeAsOwner(installedNote, JSON.stringify(wanted))
}

/** In a process of its own: an addon that does not fit may do worse than fail. */
function isAddonForThisNode() {
  return existsSync(addon) && runAsOwner(process.execPath, ['-e', 'require(process.argv[1])', addon]).status === 0
}

function hashOfInputs() {
  const patches = path.join(root, 'patches')
  const files = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/package.json`),
    ...(existsSync(patches) ? readdirSync(patches).map((name) => `patches/${name}`) : []),
  ]
  const hash = createHash('sha256')
  for (const file of files) if (existsSync(path.join(root, file))) hash.update(file).update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

function lastInstalled() {
  try {
    return JSON.parse(readFileSync(installedNote, 'utf8'))
  } catch {
    return {} // none yet, or half written: install again
  }
}

/** node-gyp uses the headers beside the running Node where they are its own, instead of fetching them. */
function buildSettings() {
  const prefix = path.dirname(path.dirname(process.execPath))
  const header = path.join(prefix, 'include/node/node_version.h')
  if (!existsSync(header)) return {}
  const text = readFileSync(header, 'utf8')
  const number = (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(text)?.[1]
  const version = ['MAJOR', 'MINOR', 'PATCH'].map(number).join('.')
  return version === process.versions.node ? { npm_config_nodedir: prefix } : {}
}

function succeedOrExplain({ status, error, stdout, stderr }, doing) {
  if (status === 0) return
  const output = `${stdout ?? ''}${stderr ?? ''}`
  writeAsOwner(log, output)
  const reason =
    error?.message ??
    compilerError.exec(output)?.slice(1).find(Boolean) ??
    pnpmError.exec(output)?.[1]?.replace(/\s+/g, ' ') ??
    'no reason was given'
  throw new SetupFailure(`${doing} failed: ${reason} (all of it: ${path.relative(root, log)})`)
}

const compilerError = /:\d+:\d+: ((?:fatal )?error: .+)|gyp ERR! stack Error: (.+)/
/** What pnpm draws an arrow to, up to the next empty line. */
const pnpmError = /╰─▶ ([^]+?)\n *\n/
