/** Asks the running kernel about captures: kernel-recorder.py does, in a network namespace of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Settings } from '../../src/model/index.ts'
import { type Requirements } from '../support/requirements.ts'
import { sharedDir } from '../support/shared.ts'

const RECORDER = fileURLToPath(new URL('kernel-recorder.py', import.meta.url))
const ORACLE_DIR = path.join(sharedDir, 'oracle')

/** What it takes. */
export const KERNEL_NEEDS: Requirements = {
  root: true,
  shared: ['oracle/oracle.py', 'oracle/fuzz.py'],
  command: ['python3', 'nft', 'ip', 'unshare'],
  file: ['/dev/net/tun', '/proc/sys/net/netfilter/nf_conntrack_max', '/proc/sys/net/bridge/bridge-nf-call-iptables'],
}

export type Question = {
  settings?: Partial<Settings>
  /** Checksums stay as captured and are verified; else they play no part. */
  checksums?: boolean
}

/** Options of fuzz.py. */
export type RandomCapture = { seed: number; packets: number; bend: number; only: string }

/** What stood at `at` s after the first packet: tuples with the seconds left. */
export type Snapshot = { at: number; sent: number; entries: [unknown[], number][]; expects: [unknown[], number][] }

export class Kernel {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>
  private readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = []

  constructor() {
    this.child = spawn('python3', [RECORDER, ORACLE_DIR], { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface(this.child.stdout).on('line', (line) => {
      const { error } = JSON.parse(line) as { error?: string }
      const job = this.waiting.shift()
      if (error === undefined) job?.resolve()
      else job?.reject(new Error(error))
    })
    this.child.on('close', () => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error('the process that asks the kernel has ended'))
    })
  }

  /** The kernel's answer, line by line. Writes it beside the capture. */
  async ask(capture: string, { settings = {}, checksums = false }: Question = {}): Promise<string[]> {
    const out = `${capture}.jsonl`
    await this.run({ capture, out, set: settings, checksums })
    return readFileSync(out, 'utf8').split('\n')
  }

  /** Sends the packets at their own pace and looks at the table every `every` s, until it is empty or `linger` s have passed. */
  async watch(capture: string, every: number, linger: number, { settings = {} }: Question = {}): Promise<Snapshot[]> {
    const out = `${capture}.watched.jsonl`
    await this.run({ capture, out, set: settings, every, linger })
    return readFileSync(out, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Snapshot)
  }

  /** Writes a capture of fuzz.py's. */
  async writeRandom(capture: string, fuzz: RandomCapture): Promise<void> {
    await this.run({ capture, fuzz })
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const closed = new Promise((resolve) => this.child.once('close', resolve))
    this.child.stdin.end()
    await closed
  }

  private run(job: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.child.stdin.write(`${JSON.stringify(job)}\n`)
    })
  }
}
