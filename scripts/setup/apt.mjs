import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { SetupFailure } from './failure.mjs'

/** Installs Debian packages, or says which command would. */
export function installSystemPackages(names, say) {
  if (names.length === 0) return
  const command = `apt-get install --no-install-recommends ${names.join(' ')}`
  if (!existsSync('/usr/bin/apt-get')) {
    throw new SetupFailure(`this system lacks what these Debian packages hold, install their like: ${names.join(' ')}`)
  }
  if (process.geteuid() !== 0) throw new SetupFailure(`first install what is missing:  sudo ${command}`)

  say(`installing ${names.join(', ')}`)
  apt(['update'])
  withoutStartingServices(() => apt(['install', '-y', '--no-install-recommends', ...names]))
  if (names.includes('vsftpd')) keepFromStartingAtBoot('vsftpd')
}

function apt(args) {
  const { status, error, stdout, stderr } = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status === 0) return
  process.stderr.write(stdout ?? '')
  const reason = error?.message ?? stderr.trim().split('\n').at(-1)
  throw new SetupFailure(`apt-get ${args.join(' ')} failed: ${reason}`)
}

/** The tests start daemons of their own; installing a package must not open a port on this machine. */
function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d'
  const isOurs = !existsSync(policy)
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    install()
  } finally {
    if (isOurs) rmSync(policy, { force: true })
  }
}

function keepFromStartingAtBoot(service) {
  if (existsSync('/run/systemd/system')) spawnSync('systemctl', ['disable', '--quiet', service], { stdio: 'ignore' })
}
