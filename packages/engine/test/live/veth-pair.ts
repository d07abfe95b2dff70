// A network namespace with a pair of virtual interfaces, `left` and `right`, and nothing else that sends on them.
import { execFileSync } from 'node:child_process'
import { LiveChild } from './live-child.ts'

let made = 0

export class VethPair {
  readonly namespace = `ctscope-live-${String(process.pid)}-${String(++made)}`
  readonly #children: LiveChild[] = []

  /** Needs root. */
  constructor() {
    execFileSync('ip', ['netns', 'add', this.namespace])
    // Neighbour discovery would put frames of its own between ours.
    for (const scope of ['all', 'default']) this.#inside('sysctl', '-qw', `net.ipv6.conf.${scope}.disable_ipv6=1`)
    this.#inside('ip', 'link', 'set', 'lo', 'up')
    this.addLinks()
  }

  addLinks(): void {
    this.#inside('ip', 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right')
    this.link('left', 'up')
    this.link('right', 'up')
  }

  link(name: string, state: 'up' | 'down'): void {
    this.#inside('ip', 'link', 'set', name, state)
  }

  deleteLinks(): void {
    this.#inside('ip', 'link', 'del', 'left')
  }

  /** Starts a child inside. @param through a program that takes a command line, such as setpriv with its options */
  child(through: readonly string[] = [], nodeArgs: readonly string[] = []): LiveChild {
    const child = new LiveChild(['ip', 'netns', 'exec', this.namespace, ...through], nodeArgs)
    this.#children.push(child)
    return child
  }

  async remove(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end()))
    execFileSync('ip', ['netns', 'del', this.namespace])
  }

  #inside(command: string, ...args: string[]): void {
    execFileSync('ip', ['netns', 'exec', this.namespace, command, ...args], { stdio: 'pipe' })
  }
}

/** A frame to everyone of the ethertype for local experiments, in hex. `fill` is its last byte. */
export function testFrame(length: number, fill = 0): string {
  const frame = Buffer.alloc(length, fill)
  Buffer.from('ffffffffffff02000000000188b5', 'hex').copy(frame)
  return frame.toString('hex')
}
