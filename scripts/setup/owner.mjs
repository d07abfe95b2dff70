// Who the files of the checkout belong to. Set-up run by root in another user's checkout (`sudo npm start`) does its
// work there as that user, and with that user's npm settings, so that nothing of root's is left behind.
import { spawnSync } from 'node:child_process'
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { root, toolsDir } from './paths.mjs'

/** spawnSync in the checkout, as its owner. Output is text. */
export function runAsOwner(command, args, env = {}) {
  const owner = ownerToBecome()
  return spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...(owner === undefined ? process.env : environmentOf(owner)), ...env },
    ...owner,
  })
}

/** Writes a file under .tools that belongs to the owner of the checkout. */
export function writeAsOwner(file, text) {
  writeFileSync(file, text)
  const owner = ownerToBecome()
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid)
}

/** Makes .tools, the first thing that set-up writes: says so in one line when the checkout cannot be written. */
export function makeToolsDir() {
  const { status, stderr } = runAsOwner('mkdir', ['-p', toolsDir])
  if (status !== 0) throw new SetupFailure(`cannot write to the checkout ${root}: ${stderr.trim()}`)
}

/**
 * Where npm, pnpm and node-gyp keep their caches: the usual places under the home folder, or .tools when the owner
 * of the checkout cannot write there.
 */
export function cacheSettings() {
  if (runAsOwner('sh', ['-c', 'test -d "$HOME" && test -w "$HOME"']).status === 0) return {}
  const inside = (name) => path.join(toolsDir, name)
  return {
    npm_config_cache: inside('npm-cache'),
    XDG_CACHE_HOME: inside('cache'),
    XDG_DATA_HOME: inside('data'),
    XDG_STATE_HOME: inside('state'),
  }
}

/** @returns {{ uid: number, gid: number } | undefined} whom root must become; undefined when we are the right one */
function ownerToBecome() {
  const { uid, gid } = statSync(root)
  return process.geteuid() === 0 && uid !== 0 ? { uid, gid } : undefined
}

/** Our environment as the owner would have it: another home, and not the files of root's that npm told us of. */
function environmentOf({ uid }) {
  const foreign = /^(npm_config_(cache|userconfig|init_module|local_prefix|prefix|global_prefix)|XDG_.*|SUDO_.*)$/i
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  const { name, home } = account(uid)
  return { ...Object.fromEntries(kept), HOME: home, USER: name, LOGNAME: name }
}

function account(uid) {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid))
  const [name, , , , , home] = line?.split(':') ?? []
  return { name: name ?? String(uid), home: home ?? '/nonexistent' }
}
