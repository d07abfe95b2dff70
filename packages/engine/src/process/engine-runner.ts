/**
 * An engine at work: frames of its sources in, batches out, commands answered. It opens nothing and drops nothing
 * (child-main.ts does), and knows of its peer only how to send and how much waits: so it runs the same in a process of
 * its own and within a test.
 */
import type { CaptureSource, FrameBatch } from '../capture/source.ts'
import { Engine } from '../engine.ts'
import { EngineError } from '../errors.ts'
import { Batcher } from '../events/batcher.ts'
import { PacketRing } from '../events/packet-ring.ts'
import type { EngineCommand, EngineConfiguration, EngineMessage, EngineReady, PacketRecord } from '../ipc/records.ts'
import { engineStats } from './engine-stats.ts'
import { FrameFeed, MonotonicClock, PacketClock } from './frame-feed.ts'
import { ownConnections } from './own-connections.ts'
import { ReplayPacer } from './replay-pacer.ts'

/** What the engine's process is, as proved. */
export type ProcessFacts = Pick<EngineReady, 'pid' | 'uid' | 'gid' | 'threads' | 'capabilities'>

/** The way to the server. */
export interface Outlet {
  send(message: EngineMessage): void
  /** Bytes that were sent and not taken yet. */
  readonly backlogBytes: number
}

export type RunnerOptions = {
  sources: readonly CaptureSource[]
  kind: 'live' | 'file'
  process: ProcessFacts
  /** Of the sources: the kernel's ring in all, and what differs from what was asked for. */
  bufferBytes: number
  notes: readonly string[]
  outlet: Outlet
  /** The last word was said: nothing comes after it. */
  onFailed: () => void
}

/** Raised on any change of the messages that an older peer would misread. */
export const ENGINE_PROTOCOL_VERSION = 1

const FLUSH_MS = 100
/** With more than this unread by the server, no batch is made: what happens is gathered, merged and counted instead. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024
/** Packets in one answer. */
const MAX_ANSWER_PACKETS = 10_000

export class EngineRunner {
  private readonly options: RunnerOptions
  private work: Work | undefined

  constructor(options: RunnerOptions) {
    this.options = options
  }

  command(command: EngineCommand): void {
    const { outlet } = this.options
    if (command.type === 'configure') {
      if (this.work !== undefined) return
      try {
        this.work = new Work(this.options, command.configuration)
        this.work.begin()
      } catch (error) {
        this.fail(error)
      }
      return
    }
    const { work } = this
    if (work === undefined) return
    if (command.type === 'stop') work.end()
    else if (command.type === 'watch-packets') work.watch(command.watch)
    else {
      const { request } = command
      try {
        const packets = work.obey(command)
        outlet.send(packets === null ? { type: 'answer', request } : { type: 'answer', request, packets })
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        outlet.send({ type: 'answer', request, error: { code: error.code, message: error.message, hint: error.hint } })
      }
    }
  }

  /** The last message before the end, for a reason that a person can mend. Our own bugs are thrown on. */
  fail(error: unknown): void {
    if (!(error instanceof EngineError)) throw error
    this.work?.end()
    this.options.outlet.send({ type: 'failed', error: { code: error.code, message: error.message, hint: error.hint } })
    this.options.onFailed()
  }

  /** Makes a batch now: for tests, which do not wait for the timer. */
  flush(): void {
    this.work?.flush()
  }

  close(): void {
    this.work?.end()
  }
}

type Asked = Extract<EngineCommand, { request: number }>

/** All that there is once it is configured. */
class Work {
  private readonly options: RunnerOptions
  private readonly configuration: EngineConfiguration
  private readonly engine: Engine
  private readonly ring = new PacketRing()
  private readonly batcher: Batcher
  private readonly feed: FrameFeed
  private readonly monotonic = new MonotonicClock()
  private readonly packets = new PacketClock()
  private readonly pacer: ReplayPacer | null
  private timer: NodeJS.Timeout | undefined
  private filter: string
  private isPaused = false
  /** A file's frames wait until what they led to is sent. */
  private isHeld = false
  private heldBatches = 0
  /** Frames lost before they got here, and the wall clock, ms, as of the latest flush. */
  private dropped = 0
  private flushedMs = Date.now()
  private hasEnded = false

  constructor(options: RunnerOptions, configuration: EngineConfiguration) {
    const { settings, helpers, idBase, zone, own } = configuration
    this.options = options
    this.configuration = configuration
    this.filter = configuration.filter
    this.engine = new Engine({
      settings,
      helpers,
      idBase,
      ...(zone === 'interface' ? { zonePerInterface: true } : { zone }),
      ...(options.kind === 'live' ? { hashSeed: Math.floor(Math.random() * 2 ** 32) } : {}),
      exclude: own === null ? undefined : ownConnections(own.port, own.addresses),
    })
    const { helpers: registry, table } = this.engine.tracker
    this.batcher = new Batcher(table, (helper) => (helper === 0 ? '' : registry.name(helper)), this.ring)
    this.engine.listen(this.batcher)
    this.feed = new FrameFeed(this.engine, this.ring, this.batcher)
    const [source] = options.sources
    this.pacer =
      options.kind === 'file' && source !== undefined
        ? new ReplayPacer({ pause: () => { source.pause() }, resume: () => { this.resumeFile() } }, configuration.replay, (batch) => { this.takeFile(batch) }) // prettier-ignore
        : null
  }

  begin(): void {
    const { options, configuration } = this
    this.setFilter(this.filter)
    const { sources } = options
    options.outlet.send({
      type: 'ready',
      ready: {
        version: ENGINE_PROTOCOL_VERSION,
        epoch: configuration.epoch,
        ...options.process,
        interfaces: sources.map((source) => source.interfaceName),
        linkTypes: sources.map((source) => source.linkType),
        snaplen: Math.max(0, ...sources.map((source) => source.snapLength)),
        bufferBytes: options.bufferBytes,
        libpcap: '',
        settings: configuration.settings,
        helpers: configuration.helpers,
        notes: [...options.notes],
      },
    })
    sources.forEach((source, index) => {
      this.start(source, index)
    })
    this.timer = setInterval(() => {
      this.flush()
    }, FLUSH_MS)
  }

  private start(source: CaptureSource, index: number): void {
    const { pacer } = this
    source.start({
      onBatch: (batch) => {
        if (pacer !== null) pacer.onBatch(batch)
        else {
          // So that a packet says which of the engine's interfaces it came by.
          if (this.options.sources.length > 1) batch.interfaceId = index
          this.feed.live(batch, this.monotonic)
        }
      },
      onLinkChange: (isUp) => {
        const note = isUp ? `${source.interfaceName} is up again` : `${source.interfaceName} is down`
        this.tell(isUp ? (this.isPaused ? 'paused' : 'running') : 'down', note)
      },
      onEnd: (error) => {
        if (this.options.kind === 'live') this.sourceFailed(source, error)
        else if (pacer !== null) {
          pacer.whenDrained(() => {
            this.fileEnded(error)
          })
        }
      },
    })
  }

  /** What came before is told; the server starts another engine. */
  private sourceFailed(source: CaptureSource, error: EngineError | undefined): void {
    this.flush()
    this.end()
    const { code, message, hint } = error ?? new EngineError('ERR_CAPTURE_READ', `${source.interfaceName} gives nothing any more`, '')
    this.options.outlet.send({ type: 'failed', error: { code, message, hint } })
    this.options.onFailed()
  }

  private fileEnded(error: EngineError | undefined): void {
    this.hasEnded = true
    this.flush()
    this.tell('ended', error?.message ?? '')
  }

  private takeFile(batch: FrameBatch): void {
    this.feed.file(batch, this.packets)
    if (!this.isHeld && this.batcher.isFull) {
      this.isHeld = true
      this.options.sources[0]?.pause()
    }
  }

  private resumeFile(): void {
    if (!this.isHeld) this.options.sources[0]?.resume()
  }

  flush(): void {
    const { outlet, kind } = this.options
    if (outlet.backlogBytes > MAX_BACKLOG_BYTES) {
      this.heldBatches++
      return
    }
    const wallMs = Date.now()
    const clockMs = kind === 'live' ? this.monotonic.read() : this.packets.now
    if (kind === 'live') this.feed.expire(clockMs, wallMs)
    const stats = engineStats(this.engine, this.batcher, this.ring, this.options.sources, this.heldBatches)
    this.noteLoss(stats.dropped.ring + stats.dropped.interface, wallMs)
    outlet.send({ type: 'batch', batch: this.batcher.take(clockMs, wallMs * 1000, stats) })
    if (this.isHeld && !this.batcher.isFull) {
      this.isHeld = false
      this.pacer?.resume()
    }
  }

  /** Counts come with the flush: what is lost now was lost since the one before. */
  private noteLoss(dropped: number, wallMs: number): void {
    if (dropped > this.dropped) this.engine.tracker.table.losses.note(this.flushedMs * 1000)
    this.dropped = dropped
    this.flushedMs = wallMs
  }

  watch(watch: boolean): void {
    this.batcher.watchesPackets = watch
  }

  /** @returns what was asked for, null when it was none @throws EngineError */
  obey(command: Asked): PacketRecord[] | null {
    switch (command.type) {
      case 'filter':
        this.setFilter(command.filter)
        return null
      case 'run':
        this.run(command.running)
        return null
      case 'speed':
        if (this.pacer === null) throw new EngineError('ERR_NOT_A_FILE', 'this is a live capture', 'Only a capture file can be played.')
        this.pacer.setPace(command.pace)
        if (!this.hasEnded) this.tell(command.pace.playing ? 'running' : 'paused', '')
        return null
      case 'connection-packets':
        return this.ring.ofConnection(command.connection, command.last, Math.min(command.limit, MAX_ANSWER_PACKETS))
      case 'packets':
        return this.ring.latest(command.before, Math.min(command.limit, MAX_ANSWER_PACKETS))
    }
  }

  end(): void {
    clearInterval(this.timer)
    this.pacer?.close()
    for (const source of this.options.sources) source.close()
  }

  /** On all of them or on none. */
  private setFilter(filter: string): void {
    const done: CaptureSource[] = []
    try {
      for (const source of this.options.sources) {
        source.setFilter(filter)
        done.push(source)
      }
    } catch (error) {
      for (const source of done) source.setFilter(this.filter)
      throw error
    }
    this.filter = filter
  }

  private run(running: boolean): void {
    this.isPaused = !running
    for (const source of this.options.sources) {
      if (running) source.resume()
      else source.pause()
    }
    this.tell(running ? 'running' : 'paused', '')
  }

  private tell(state: 'running' | 'paused' | 'down' | 'ended', note: string): void {
    this.options.outlet.send({ type: 'source', state, note })
  }
}
