/**
 * The engines' tables as the server holds them: connections, transitions, expectations, FTP sessions, counts. Fed by
 * the capture host, read by REST and by the live sessions. Applies a batch in one go; nothing here waits.
 */
import { basename } from 'node:path'
import type { Batch, ConnectionRecord, EngineReady, PacketRecord, TransitionRecord } from '@ctscope/engine/ipc'
import { CtState, EndCause, EventKind, ExpEndCause } from '@ctscope/engine/model'
import type { Connection, Expectation, Stats } from '../api/rest.ts'
import type { Limits } from '../config.ts'
import type { Accessor } from '../filter/compile.ts'
import { wordAt } from '../formats/address.ts'
import { timeOfUs } from '../formats/time.ts'
import type { CaptureHost, CaptureListener, EngineSlot, SourceState } from './capture-host.ts'
import type { EngineClock } from './clock.ts'
import { Life, type ConnectionColumns } from './connection-columns.ts'
import { connectionAccessor } from './connection-fields.ts'
import { connectionJson, type ConnectionSurroundings } from './connection-json.ts'
import { ConnectionTable } from './connection-table.ts'
import { EngineState, Totals } from './engines.ts'
import { ExpectationTable, expectationJson, type HeldExpectation } from './expectations.ts'
import { ftpVerdict, isFtpProblem } from './ftp-json.ts'
import { FtpSessions } from './ftp-sessions.ts'
import { InterfaceNames } from './interface-names.ts'
import { lostConnection, lostExpectation } from './lost-transitions.ts'
import { Rates } from './rates.ts'
import { TransitionRing, type TransitionSubject } from './transition-ring.ts'

export type MirrorClock = {
  /** Monotonic milliseconds. */
  nowMs(): number
  /** Wall clock, microseconds since 1970. */
  wallUs(): number
}

export const SYSTEM_CLOCK: MirrorClock = {
  nowMs: () => performance.now(),
  wallUs: () => Date.now() * 1000,
}

/** Packets as they come, while somebody watches. */
export type PacketListener = (slot: EngineSlot, records: readonly PacketRecord[], skipped: number) => void

const NO_WORDS = new Uint32Array(4)

export class Mirror implements CaptureListener {
  readonly connections: ConnectionTable
  readonly transitions: TransitionRing
  readonly expectations: ExpectationTable
  readonly ftp: FtpSessions
  readonly engines = new Map<EngineSlot, EngineState>()
  /** Counts what changes `host.capture()` or an engine's state. */
  captureChanges = 0
  onPackets: PacketListener | null = null
  /** A tick is being handed out: nothing more happens in it. */
  isTicking = false

  readonly connectionAccessor: Accessor<number>
  readonly transitionAccessor: Accessor<number>

  readonly #host: CaptureHost
  readonly #clock: MirrorClock
  readonly #startedMs: number
  readonly #rates = new Rates()
  readonly #interfaceNames = new InterfaceNames()
  readonly #around: ConnectionSurroundings
  readonly #subject: TransitionSubject = { l3: 4, l4: 0, src: NO_WORDS, dst: NO_WORDS, at: 0, sport: 0, dport: 0 }

  constructor(host: CaptureHost, limits: Limits, clock: MirrorClock = SYSTEM_CLOCK) {
    this.#host = host
    this.#clock = clock
    this.#startedMs = clock.nowMs()
    this.connections = new ConnectionTable(limits.endedConnections)
    this.transitions = new TransitionRing(limits.transitions, this.connections.names)
    this.expectations = new ExpectationTable(limits.endedExpectations)
    this.ftp = new FtpSessions(limits, (id) => this.#isLive(id))
    this.connections.onForgotten = (id) => {
      this.ftp.forget(id)
    }
    this.#around = {
      names: this.connections.names,
      childrenOf: (id) => this.connections.childrenOf(id),
      expectationsOf: (id) => this.expectations.waitingOf(id),
      clockOf: (slot) => this.clockOf(slot),
    }
    this.connectionAccessor = connectionAccessor(this.connections, (slot) => this.clockOf(slot))
    this.transitionAccessor = this.transitions.accessor()
  }

  // ---- what the capture host tells

  ready(slot: EngineSlot, ready: EngineReady): void {
    const engine = this.#engine(slot)
    if (engine.ready !== null) {
      engine.closeGap(this.#clock.wallUs())
      // A file that runs again is another look at the same packets, not a loss.
      if (this.#isFile) this.#forget(slot)
      else this.#lose(slot)
    }
    engine.begin(ready, this.#isFile ? basename(ready.interfaces[0] ?? '') : ready.interfaces.join('+'))
    this.captureChanges++
  }

  source(slot: EngineSlot, state: SourceState, note: string): void {
    const engine = this.#engine(slot)
    engine.state = state
    engine.note = note
    if (state === 'down') engine.openGap(this.#clock.wallUs(), note === '' ? 'interface down' : note)
    else if (state === 'running') engine.closeGap(this.#clock.wallUs())
    this.captureChanges++
  }

  gone(slot: EngineSlot, cause: string, willRestart: boolean): void {
    const engine = this.#engine(slot)
    engine.state = willRestart ? 'restarting' : 'stopped'
    engine.note = cause
    // A file that runs again and an interface that was given up leave nothing unseen.
    if (willRestart && !this.#isFile) engine.openGap(this.#clock.wallUs(), cause)
    this.#lose(slot)
    this.captureChanges++
  }

  captureChanged(): void {
    this.captureChanges++
  }

  batch(slot: EngineSlot, batch: Batch): void {
    const engine = this.#engine(slot)
    engine.takeBatch(batch, this.#clock.nowMs())
    const table = this.connections
    for (const record of batch.born) table.add(slot, this.interfaceName(slot, record.zone), record)
    for (const record of batch.changed) this.#changed(slot, record)
    // Born and dead within one batch: its transitions are still about it.
    for (const { record } of batch.ended) this.#changed(slot, record)
    for (const record of batch.expectationsRaised) {
      this.expectations.raise(slot, this.interfaceName(slot, record.zone), record)
      table.touch(record.master)
    }
    for (const record of batch.transitions) this.#transition(slot, record)
    for (const record of batch.ftp) this.ftp.add(record)
    for (const end of batch.expectationsEnded) {
      const master = this.expectations.get(end.id)?.record.master
      this.expectations.end(end)
      this.ftp.expectationEnded(end)
      if (master !== undefined) table.touch(master)
    }
    for (const { record, cause, atUs } of batch.ended) {
      const row = table.rowOf(record.id)
      if (row !== undefined && table.columns.at.life[row] === Life.Live) table.end(row, cause, atUs)
    }
    if (batch.packets.length > 0 || batch.packetsSkipped > 0) this.onPackets?.(slot, batch.packets, batch.packetsSkipped)
  }

  #changed(slot: EngineSlot, record: ConnectionRecord): void {
    this.connections.change(slot, this.interfaceName(slot, record.zone), record)
    this.ftp.touch(record.id)
    if (record.master !== 0) this.ftp.touch(record.master)
  }

  #transition(slot: EngineSlot, record: TransitionRecord): void {
    const subject = this.#subject
    const expectation = record.expectation === 0 ? undefined : this.expectations.get(record.expectation)?.record
    const row = this.connections.rowOf(record.connection)
    let zone = expectation?.zone ?? 0
    if (expectation !== undefined) {
      subject.l3 = expectation.l3
      subject.l4 = expectation.l4
      subject.src = wordsOf(expectation.src)
      subject.dst = wordsOf(expectation.dst)
      subject.at = 0
      subject.sport = expectation.sport
      subject.dport = expectation.dport
    } else if (row !== undefined) {
      const at = this.connections.columns.at
      zone = at.zone[row]!
      subject.l3 = at.l3[row]!
      subject.l4 = at.l4[row]!
      subject.src = at.src
      subject.dst = at.dst
      subject.at = row * 4
      subject.sport = at.ports[row * 4]!
      subject.dport = at.ports[row * 4 + 1]!
    } else {
      Object.assign(subject, { l3: 4, l4: 0, src: NO_WORDS, dst: NO_WORDS, at: 0, sport: 0, dport: 0 })
    }
    this.transitions.add(this.interfaceName(slot, zone), record, subject)
    const isState = record.kind === EventKind.New || record.kind === EventKind.Update
    if (isState && row !== undefined) this.connections.addState(row, record)
  }

  // ---- what others ask

  /** Sets all clocks to now; to be called before values that depend on them are read. */
  refreshClocks(): void {
    const isLive = !this.#isFile
    for (const engine of this.engines.values()) engine.refreshClock(isLive, this.#clock.nowMs(), this.#clock.wallUs())
  }

  clockOf(slot: EngineSlot): EngineClock {
    return this.#engine(slot).clock
  }

  nowMs(): number {
    return this.#clock.nowMs()
  }

  /** The wall clock, as `asOf` says it. */
  now(): string {
    return timeOfUs(this.#clock.wallUs())
  }

  connectionJson(row: number): Connection {
    return connectionJson(this.connections.columns, row, this.#around)
  }

  /** A row of a picture of the table, with the clocks of then. */
  pastConnectionJson(columns: ConnectionColumns, row: number, clocks: ReadonlyMap<EngineSlot, EngineClock>): Connection {
    return connectionJson(columns, row, { ...this.#around, clockOf: (slot) => clocks.get(slot) ?? this.clockOf(slot) })
  }

  expectationJson(held: HeldExpectation): Expectation {
    return expectationJson(held, this.clockOf(held.slot))
  }

  /** Numbers of a connection's transitions and its expectations' that are still held, oldest first. */
  transitionSeqsOf(connection: number): number[] {
    const seqs: number[] = []
    for (let seq = this.transitions.firstSeq; seq <= this.transitions.lastSeq; seq++) {
      if (this.transitions.connectionOf(seq) === connection) seqs.push(seq)
    }
    return seqs
  }

  /** Name of the interface (or file, without its folder) that a zone of an engine belongs to. */
  interfaceName(slot: EngineSlot, zone: number): string {
    const { sourceName } = this.#engine(slot)
    if (sourceName !== 'any') return sourceName
    return this.#interfaceNames.nameOf(zone, this.#clock.nowMs()) ?? `any:${zone}`
  }

  #totals(): Totals {
    const totals = new Totals()
    for (const engine of this.engines.values()) {
      totals.add(engine.past)
      if (engine.stats !== null) totals.add(engine.stats)
    }
    return totals
  }

  /** To be called on every tick: what the rates are made of. */
  sampleRates(): void {
    const { packets, bytes } = this.#totals()
    this.#rates.sample(this.#clock.nowMs(), packets, bytes)
  }

  stats(clients: Stats['clients'], serverLimits: Readonly<Record<string, number>>): Stats {
    const totals = this.#totals()
    const { liveByState } = this.connections
    const engines = [...this.engines.values()]
    for (const engine of engines) {
      totals.addLimit('batches.lost', engine.lostBatches)
      totals.addLimit('transitions.lost', engine.lostTransitions)
    }
    totals.addLimit('connections.ended', this.connections.endedDropped)
    totals.addLimit('transitions', this.transitions.firstSeq - 1)
    totals.addLimit('expectations.ended', this.expectations.endedDropped)
    totals.addLimit('ftp.sessions', this.ftp.sessionsDropped)
    totals.addLimit('ftp.lines', this.ftp.linesDropped)
    totals.addLimit('ftp.transfers', this.ftp.transfersDropped)
    for (const [name, count] of Object.entries(serverLimits)) totals.addLimit(name, count)
    let ftpProblems = 0
    for (const session of this.ftp.all()) if (isFtpProblem(ftpVerdict(session))) ftpProblems++
    return {
      asOf: this.now(),
      uptime: Math.round(this.#clock.nowMs() - this.#startedMs) / 1000,
      ...this.#rates.now(),
      ...totals.json(),
      transitions: this.transitions.lastSeq,
      entries: this.connections.liveCount,
      entriesByState: {
        NEW: liveByState[CtState.New]!,
        ESTABLISHED: liveByState[CtState.Established]!,
        RELATED: liveByState[CtState.Related]!,
      },
      limit: engines.reduce((sum, engine) => sum + (engine.stats?.limit ?? 0), 0),
      expectations: this.expectations.waiting,
      ended: this.connections.endedCount,
      ftpSessions: this.ftp.size,
      ftpProblems,
      engines: engines.map((engine) => engine.json(this.interfaceName(engine.slot, 0))),
      clients,
    }
  }

  // ---- engines that come and go

  #engine(slot: EngineSlot): EngineState {
    let engine = this.engines.get(slot)
    if (engine === undefined) {
      engine = new EngineState(slot)
      this.engines.set(slot, engine)
    }
    return engine
  }

  get #isFile(): boolean {
    return this.#host.capture().kind === 'file'
  }

  #isLive(id: number): boolean {
    const row = this.connections.rowOf(id)
    return row !== undefined && this.connections.columns.at.life[row] === Life.Live
  }

  /** What an engine held when it went ends with it. */
  #lose(slot: EngineSlot): void {
    const engine = this.#engine(slot)
    const atUs = this.#isFile ? engine.newestPacketUs : this.#clock.wallUs()
    // A file that runs again is no event.
    const tells = !this.#isFile
    for (const held of this.expectations.allWaitingOf(slot)) {
      const { id, master } = held.record
      if (tells) this.#transition(slot, lostExpectation(held, atUs))
      this.expectations.end({ id, cause: ExpEndCause.Lost, atUs, child: 0, packet: -1 })
      this.connections.touch(master)
    }
    for (const row of this.connections.liveRowsOf(slot)) {
      if (tells) this.#transition(slot, lostConnection(this.connections.columns, row, atUs))
      this.connections.end(row, EndCause.Lost, atUs)
      this.ftp.touch(this.connections.columns.at.id[row]!)
    }
    if (engine.stats !== null && !this.#isFile) engine.past.add(engine.stats)
    engine.stats = null
  }

  #forget(slot: EngineSlot): void {
    const { life, slot: slots } = this.connections.columns.at
    for (let row = 0; row < this.connections.rowLimit; row++) {
      if (life[row] !== Life.Free && slots[row] === slot) this.connections.remove(row)
    }
    this.expectations.forgetAllOf(slot)
  }
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(4)
  for (let i = 0; i < bytes.length >> 2; i++) words[i] = wordAt(bytes, i * 4)
  return words
}
