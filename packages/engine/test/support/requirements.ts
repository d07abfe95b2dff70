// What a test needs of the machine, and the sentence that says what is missing. A test that lacks something is
// skipped under a title that carries the reason, so that `npm test` can count and name it.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'vitest'
import { sharedDir } from './shared.ts'

export interface Requirements {
  /** Effective uid 0 (network namespaces, raw sockets). */
  root?: boolean
  /** A path under the shared data beside the checkout, such as `captures/files`. */
  shared?: string | readonly string[]
  /** Kernel modules, built in, loaded or loadable, such as `nf_conntrack_ftp`. */
  kernel?: string | readonly string[]
  /** Commands to be found on PATH or in an sbin folder. */
  command?: string | readonly string[]
  /** Absolute paths that must exist, such as `/proc/net/nf_conntrack`. */
  file?: string | readonly string[]
  /** IPv6 on the loopback interface. */
  ipv6?: boolean
}

/** The reason why these requirements are not met, in words that follow "skipped: ", or undefined when all are. */
export function missing(needs: Requirements): string | undefined {
  if (needs.root === true && process.geteuid?.() !== 0) return 'needs root'
  for (const relative of list(needs.shared)) {
    if (!existsSync(path.join(sharedDir, relative))) return `needs the shared data ${relative}`
  }
  for (const command of list(needs.command)) if (findCommand(command) === undefined) return `needs the command ${command}`
  for (const file of list(needs.file)) if (!existsSync(file)) return `needs ${file}`
  for (const module of list(needs.kernel)) if (!hasKernelModule(module)) return `needs the kernel module ${module}`
  if (needs.ipv6 === true && !existsSync('/proc/net/if_inet6')) return 'needs IPv6'
  return undefined
}

/** `describe` where the requirements are met; otherwise every test of the body is skipped and the title says why. */
export function describeNeeding(needs: Requirements, title: string, body: () => void): void {
  const reason = missing(needs)
  if (reason === undefined) {
    describe(title, body)
    return
  }
  describe.skip(`${title} (skipped: ${reason})`, () => {
    try {
      body()
    } catch {
      // What is missing may be what the body lists its tests from.
      it.todo('and more that cannot be listed')
    }
  })
}

/** Absolute path of a command, looked for on PATH and in the sbin folders that a plain user's PATH lacks. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.map((folder) => path.join(folder, name)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function hasKernelModule(name: string): boolean {
  if (existsSync(`/sys/module/${name}`)) return true
  const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()
  return ['modules.dep', 'modules.builtin'].some((index) => {
    const file = `/lib/modules/${release}/${index}`
    return existsSync(file) && new RegExp(`/${name.replaceAll('_', '[_-]')}\\.ko`).test(readFileSync(file, 'utf8'))
  })
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}
