import { spawn } from 'node:child_process'
import { root } from '../setup/paths.mjs'

/** A process that is ended and started anew on request; one that ends by itself waits for the next request. */
export class Restarting {
  #command
  #env
  #child
  #restart = Promise.resolve()

  /** @param {string[]} command program and arguments @param {NodeJS.ProcessEnv} env added to our own */
  constructor(command, env) {
    this.#command = command
    this.#env = env
    this.#start()
  }

  /** Requests that come while one is under way follow it. */
  restart() {
    this.#restart = this.#restart.then(() => this.stop()).then(() => this.#start())
    return this.#restart
  }

  stop() {
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const patience = setTimeout(() => child.kill('SIGKILL'), 3000)
    return ended.then(() => clearTimeout(patience))
  }

  #start() {
    const [program, ...args] = this.#command
    this.#child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...this.#env } })
    this.#child.once('exit', (code) => {
      if (code !== 0 && code !== null) console.error(`dev: ctscope ended with ${code}; it starts again after the next change`)
    })
  }
}
