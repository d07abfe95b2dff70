/**
 * What the kernel of the lab's router says, from before the first packet to the end: conntrack(8)'s events and dumps.
 * Entries and expectations come from two listeners, since conntrack(8) takes one kind each. Within each the order is
 * the kernel's; between the two only the times of receipt tell, which is too coarse for events of the same packet.
 */
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import {
  parseEntry,
  parseEvent,
  parseExpectation,
  parseExpectationEvent,
  type KernelEntry,
  type KernelEvent,
  type KernelExpectation,
  type KernelExpectationEvent,
} from './conntrack-text.ts'
import type { Namespace } from './namespace.ts'
import { readCounts, resetCounts, type CountedStates } from './router-rules.ts'

export type KernelAnswer = {
  events: KernelEvent[]
  /** The same, as printed. */
  eventLines: string[]
  expectationEvents: KernelExpectationEvent[]
  entries: KernelEntry[]
  expectations: KernelExpectation[]
  /** Ids of the entries with EXPECTED in their status, which the listing's text does not show. */
  expected: Set<number>
  /** Packets by ct state on the watched interface. */
  states: CountedStates
}

const OUTPUT = ['-o', 'timestamp,extended,id']
/** Bits of the ctnetlink multicast groups: new, update, destroy of entries; the same of expectations. */
const ENTRY_GROUPS = 0b000_111
const EXPECTATION_GROUPS = 0b111_000
const NETLINK_NETFILTER = 12
const RECEIVE_BUFFER_BYTES = 16 * 2 ** 20
const WAIT_MS = 20
const PATIENCE_MS = 10_000

export class KernelRecord {
  readonly #router: Namespace
  readonly #entries: Listener
  readonly #expectations: Listener

  private constructor(router: Namespace, entries: Listener, expectations: Listener) {
    this.#router = router
    this.#entries = entries
    this.#expectations = expectations
  }

  /** Resolves once the kernel has both listeners: entries made before would have no events (CONNTRACK.md 9.1). */
  static async start(router: Namespace): Promise<KernelRecord> {
    const listen = (what: string[], groups: number) => new Listener(router.start(['conntrack', '-E', ...what, ...OUTPUT]), groups)
    // conntrack(8) takes a size for entries only.
    const entries = listen(['--buffer-size', String(RECEIVE_BUFFER_BYTES)], ENTRY_GROUPS)
    const expectations = listen(['expect'], EXPECTATION_GROUPS)
    await Promise.all([entries.ready(), expectations.ready()])
    await resetCounts(router)
    return new KernelRecord(router, entries, expectations)
  }

  /** The kernel's whole answer as of now; the record goes on. Throws when an event was lost. */
  async answer(): Promise<KernelAnswer> {
    const dump = async (...args: string[]) => {
      const text = await this.#router.runOk(['conntrack', '-L', ...args])
      return text.split('\n').filter(Boolean)
    }
    const entries = await dump('-o', 'extended,id')
    const expected = await dump('-o', 'extended,id', '--status', 'EXPECTED')
    // Of expectations it lists one family at a time.
    const expectations = [...(await dump('expect', '-f', 'ipv4')), ...(await dump('expect', '-f', 'ipv6'))]
    await Promise.all([this.#entries.drained(), this.#expectations.drained()])
    return {
      events: this.#entries.lines.map(parseEvent),
      eventLines: [...this.#entries.lines],
      expectationEvents: this.#expectations.lines.map(parseExpectationEvent),
      entries: entries.map(parseEntry),
      expectations: expectations.map(parseExpectation),
      expected: new Set(expected.map((line) => parseEntry(line).id)),
      states: await readCounts(this.#router),
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.#entries.stop(), this.#expectations.stop()])
  }
}

type NetlinkSocket = { groups: number; waitingBytes: number; drops: number }

class Listener {
  readonly lines: string[] = []
  readonly #child: ChildProcess
  readonly #groups: number
  #rest = ''
  #errors = ''

  constructor(child: ChildProcess, groups: number) {
    this.#child = child
    this.#groups = groups
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
  }

  ready(): Promise<void> {
    return this.#until('listen', (socket) => socket !== undefined)
  }

  /** Waits until nothing is left in the kernel's queue and nothing more is printed. */
  async drained(): Promise<void> {
    let seen = -1
    await this.#until('be read', (socket) => {
      if (socket && socket.drops > 0) throw new Error(`conntrack -E lost ${socket.drops} events`)
      const isQuiet = socket?.waitingBytes === 0 && this.lines.length === seen
      seen = this.lines.length
      return isQuiet
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const closed = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGTERM')
    await closed
  }

  async #until(what: string, test: (socket: NetlinkSocket | undefined) => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    while (Date.now() < deadline) {
      if (this.#child.exitCode !== null) throw new Error(`conntrack -E ended: ${this.#errors}`)
      if (test(await this.#socket())) return
      await delay(WAIT_MS)
    }
    throw new Error(`conntrack -E did not ${what} in ${PATIENCE_MS} ms: ${this.#errors}`)
  }

  /** This listener's socket: the one that joined its groups in its namespace. Several there may have, all the same. */
  async #socket(): Promise<NetlinkSocket | undefined> {
    const table = await readFile(`/proc/${this.#child.pid}/net/netlink`, 'utf8').catch(() => '')
    const rows = table
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
    const mine = rows.filter((row) => Number(row[1]) === NETLINK_NETFILTER && parseInt(row[3] ?? '0', 16) === this.#groups)
    const [first] = mine
    if (!first) return undefined
    const sum = (column: number) => mine.reduce((total, row) => total + Number(row[column]), 0)
    return { groups: this.#groups, waitingBytes: sum(4), drops: sum(8) }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    this.lines.push(...lines.filter(Boolean))
  }
}
