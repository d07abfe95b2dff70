/** What is known of each engine: its epoch, rights, clock, counts and the times when it was not there. */
import type { Batch, EngineReady, EngineStats } from '@ctscope/engine/ipc'
import { CT_STATE_NAMES, DECODE_STATUS_NAMES } from '@ctscope/engine/model'
import type { Stats } from '../api/rest.ts'
import { timeOfUs } from '../formats/time.ts'
import type { EngineSlot } from './capture-host.ts'
import type { EngineClock } from './clock.ts'
import { reasonCode } from './reason-json.ts'

/** Gaps of one engine that are kept. */
const MAX_GAPS = 50

export type Gap = { fromUs: number; toUs: number | null; cause: string }

export class EngineState {
  readonly slot: EngineSlot
  ready: EngineReady | null = null
  /** What it captures, in a word: `eth0`, `eth0+eth1`, `any`, a file without its folder. */
  sourceName = ''
  state = 'starting'
  note = ''
  restarts = 0
  gaps: Gap[] = []
  /** Batches whose number was not the next one. */
  lostBatches = 0
  lastSeq = 0
  /** Transitions whose number was not the next one: the engine had no room for those before. */
  lostTransitions = 0
  #lastTransition = 0
  /** Of this epoch; null before its first batch. */
  stats: EngineStats | null = null
  /** Of the epochs before. */
  readonly past = new Totals()
  readonly clock: EngineClock = { nowMs: 0, nowUs: 0 }
  #clockMs = 0
  #packetUs = 0
  /** The server's monotonic clock when the last batch came. */
  #batchAtMs = 0

  constructor(slot: EngineSlot) {
    this.slot = slot
  }

  takeBatch(batch: Batch, nowMs: number): void {
    if (this.lastSeq !== 0 && batch.seq !== this.lastSeq + 1) this.lostBatches++
    this.lastSeq = batch.seq
    this.#clockMs = batch.clockMs
    this.#packetUs = Math.max(this.#packetUs, batch.packetUs)
    this.#batchAtMs = nowMs
    for (const { seq } of batch.transitions) {
      this.lostTransitions += seq - this.#lastTransition - 1
      this.#lastTransition = seq
    }
    this.stats = batch.stats
  }

  begin(ready: EngineReady, sourceName: string): void {
    if (this.ready !== null) this.restarts++
    this.ready = ready
    this.sourceName = sourceName
    this.state = 'running'
    this.note = ''
    this.lastSeq = 0
    this.#lastTransition = 0
    this.stats = null
    this.#packetUs = 0
  }

  /** Live, the clock goes on between batches; a file's stands at its packets. */
  refreshClock(isLive: boolean, nowMs: number, wallUs: number): void {
    this.clock.nowMs = this.#clockMs + (isLive && this.#batchAtMs !== 0 ? nowMs - this.#batchAtMs : 0)
    this.clock.nowUs = isLive ? wallUs : this.#packetUs
  }

  get newestPacketUs(): number {
    return this.#packetUs
  }

  openGap(fromUs: number, cause: string): void {
    if (this.gaps.at(-1)?.toUs === null) return
    this.gaps.push({ fromUs, toUs: null, cause })
    if (this.gaps.length > MAX_GAPS) this.gaps.shift()
  }

  closeGap(toUs: number): void {
    const gap = this.gaps.at(-1)
    if (gap?.toUs === null) gap.toUs = toUs
  }

  json(interfaceName: string): Stats['engines'][number] {
    const { ready } = this
    return {
      id: this.slot,
      interface: interfaceName,
      epoch: ready?.epoch ?? 0,
      pid: ready?.pid ?? 0,
      uid: ready?.uid ?? 0,
      capabilities: ready?.capabilities ?? [],
      threads: ready?.threads ?? 0,
      state: this.state,
      restarts: this.restarts,
      gaps: this.gaps.map(({ fromUs, toUs, cause }) => ({ from: timeOfUs(fromUs), to: toUs === null ? null : timeOfUs(toUs), cause })),
      notes: [...(ready?.notes ?? []), ...(this.note === '' ? [] : [this.note])],
      settings: { ...ready?.settings },
      helpers: [...(ready?.helpers ?? [])],
    }
  }
}

/** Sums of what engines count. */
export class Totals {
  packets = 0
  bytes = 0
  readonly states: number[] = CT_STATE_NAMES.map(() => 0)
  readonly reasons = new Map<number, number>()
  readonly decode: number[] = DECODE_STATUS_NAMES.map(() => 0)
  readonly dropped = { ring: 0, interface: 0, engine: 0 }
  transitions = 0
  earlyDrops = 0
  readonly limits = new Map<string, number>()

  add(stats: EngineStats | Totals): void {
    this.packets += stats.packets
    this.bytes += stats.bytes
    for (let i = 0; i < this.states.length; i++) this.states[i]! += stats.states[i] ?? 0
    for (let i = 0; i < this.decode.length; i++) this.decode[i]! += stats.decode[i] ?? 0
    for (const [reason, count] of stats.reasons instanceof Map ? stats.reasons : Object.entries(stats.reasons)) {
      this.reasons.set(Number(reason), (this.reasons.get(Number(reason)) ?? 0) + count)
    }
    for (const [name, count] of stats.limits instanceof Map ? stats.limits : Object.entries(stats.limits)) this.addLimit(name, count)
    this.dropped.ring += stats.dropped.ring
    this.dropped.interface += stats.dropped.interface
    this.dropped.engine += stats.dropped.engine
    this.transitions += stats.transitions
    this.earlyDrops += stats.earlyDrops
  }

  addLimit(name: string, count: number): void {
    this.limits.set(name, (this.limits.get(name) ?? 0) + count)
  }

  json(): Pick<Stats, 'packets' | 'bytes' | 'states' | 'reasons' | 'decode' | 'dropped' | 'transitions' | 'earlyDrops' | 'limits'> {
    const [none = 0, fresh = 0, established = 0, related = 0, invalid = 0, untracked = 0] = this.states
    return {
      packets: this.packets,
      bytes: this.bytes,
      states: { NEW: fresh, ESTABLISHED: established, RELATED: related, INVALID: invalid, UNTRACKED: untracked, NONE: none },
      reasons: Object.fromEntries([...this.reasons].map(([reason, count]) => [reasonCode(reason), count])),
      decode: Object.fromEntries(DECODE_STATUS_NAMES.map((name, status) => [name, this.decode[status] ?? 0])),
      dropped: { ...this.dropped },
      transitions: this.transitions,
      earlyDrops: this.earlyDrops,
      limits: Object.fromEntries(this.limits),
    }
  }
}
