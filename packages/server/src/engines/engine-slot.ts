/**
 * One place for an engine: an interface (or several that share a zone), or the capture file. Its engine is started,
 * told its configuration, and started anew when it ends; what it says is handed on.
 */
import { EngineError } from '@ctscope/engine'
import type { EngineCommand, EngineConfiguration, EngineMessage, PacketRecord } from '@ctscope/engine/ipc'
import type { SourceRequest } from '../launcher/requests.ts'
import type { CaptureListener, EngineSlot as SlotNumber, SourceState } from '../mirror/capture-host.ts'
import type { EngineLink, EngineOpener } from './engine-link.ts'

export type SlotState = SourceState | 'starting' | 'waiting' | 'restarting' | 'failed'

export type SlotOptions = {
  number: SlotNumber
  source: SourceRequest
  opener: EngineOpener
  listener: CaptureListener
  /** The next engine's number; also the ordinal of its ids. */
  nextEngine: () => number
  /** Made anew for each engine; `epoch` counts those of this slot from 1. */
  configuration: (engine: number, epoch: number) => Promise<EngineConfiguration>
  /** Names of interfaces that are not there, or down: an open one may go down, but a down one cannot be opened. */
  missing: () => string[]
  /** Sent as soon as an engine is ready. */
  afterReady: () => EngineCommand[]
}

/** A command with an answer, before it gets its number. */
export type AskedCommand =
  Exclude<EngineCommand, { type: 'configure' | 'watch-packets' | 'stop' }> extends infer C
    ? C extends { request: number }
      ? Omit<C, 'request'>
      : never
    : never

const RESTART_MS = { first: 200, most: 10_000 } as const
/** An engine that ran so long was well. */
const STABLE_MS = 30_000
const ANSWER_TIMEOUT_MS = 5_000
/** How often a missing interface is looked for. */
const LOOK_MS = 300
/** An engine sends ten batches a second, whatever happens: silence for so long means that it hangs. */
const SILENCE_MS = 10_000
/** A file that ends its engine so often is not read again. */
const MAX_FILE_STARTS = 3

export class EngineSlotRunner {
  readonly number: SlotNumber
  readonly source: SourceRequest
  state: SlotState = 'starting'
  note = ''
  /** Packet time of the newest batch, µs; 0: none yet. */
  packetUs = 0

  private readonly options: SlotOptions
  private link: EngineLink | undefined
  private engine = 0
  private isReady = false
  private isStopped = false
  private epoch = 0
  /** Since it last began anew. */
  private starts = 0
  private readyAt = 0
  private restartMs: number = RESTART_MS.first
  private timer: NodeJS.Timeout | undefined
  private lastRequest = 0
  private readonly asked = new Map<number, { resolve: (packets: PacketRecord[]) => void; reject: (error: EngineError) => void }>()
  /** Runs out when the engine is silent. */
  private watchdog: NodeJS.Timeout | undefined
  private firstAnswer: { resolve: () => void; reject: (error: EngineError) => void } | undefined

  constructor(options: SlotOptions) {
    this.options = options
    this.number = options.number
    this.source = options.source
  }

  /** Settles when the first engine is ready, or cannot be: then nothing is tried again. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.firstAnswer = { resolve, reject }
      void this.launch()
    })
  }

  /** Starts at once and keeps trying, whatever comes. */
  startAnyway(): void {
    void this.launch()
  }

  /** Ends it for good. */
  stop(why: string): void {
    if (this.isStopped) return
    this.isStopped = true
    clearTimeout(this.timer)
    this.dropEngine(why, false)
  }

  /** Ends its engine and starts another one at once. */
  restart(why: string): void {
    if (this.isStopped) return
    clearTimeout(this.timer)
    this.dropEngine(why, true)
    this.starts = 0
    void this.launch()
  }

  /** For the many commands without an answer; nothing happens while there is no engine. */
  send(command: EngineCommand): void {
    if (this.isReady) this.link?.send(command)
  }

  /** @throws EngineError ERR_NO_ENGINE, ERR_ENGINE_LOST, ERR_ENGINE_TIMEOUT, or the engine's own */
  ask(command: AskedCommand): Promise<PacketRecord[]> {
    const { link } = this
    if (link === undefined || !this.isReady) {
      return Promise.reject(new EngineError('ERR_NO_ENGINE', 'no engine is running now', 'Try again in a moment.'))
    }
    const request = ++this.lastRequest
    return new Promise<PacketRecord[]>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.asked.delete(request)
        reject(new EngineError('ERR_ENGINE_TIMEOUT', 'the engine does not answer', 'Try again in a moment.'))
      }, ANSWER_TIMEOUT_MS)
      this.asked.set(request, {
        resolve: (packets) => {
          clearTimeout(timer)
          resolve(packets)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
      link.send({ ...command, request })
    })
  }

  private async launch(): Promise<void> {
    // At first it is tried all the same: what is wrong then is for the person at the command line.
    const missing = this.firstAnswer === undefined ? this.options.missing() : []
    if (missing.length > 0) {
      this.waitForInterface(missing)
      return
    }
    const engine = this.options.nextEngine()
    this.engine = engine
    this.starts++
    const isCurrent = () => this.engine === engine && !this.isStopped
    this.setState(this.starts === 1 && this.readyAt === 0 ? 'starting' : 'restarting', '')
    try {
      const opened = await this.options.opener.open(engine, this.source, {
        onMessage: (message) => {
          if (isCurrent()) this.take(message)
        },
        onClose: (cause) => {
          if (isCurrent()) this.ended(cause)
        },
      })
      const configuration = await this.options.configuration(engine, ++this.epoch)
      if (!isCurrent()) {
        opened.close()
        return
      }
      this.link = opened
      opened.send({ type: 'configure', configuration })
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      if (isCurrent()) this.failed(error)
    }
  }

  private take(message: EngineMessage): void {
    const { listener } = this.options
    this.watchdog?.refresh()
    switch (message.type) {
      case 'ready':
        this.isReady = true
        this.readyAt = Date.now()
        this.packetUs = 0
        this.watchdog = setTimeout(() => {
          this.ended('gives no sign of life')
        }, SILENCE_MS)
        this.setState('running', '')
        listener.ready(this.number, message.ready)
        for (const command of this.options.afterReady()) this.link?.send(command)
        this.firstAnswer?.resolve()
        this.firstAnswer = undefined
        return
      case 'batch':
        this.packetUs = message.batch.packetUs
        listener.batch(this.number, message.batch)
        return
      case 'source':
        this.setState(message.state, message.note)
        listener.source(this.number, message.state, message.note)
        return
      case 'answer': {
        const asked = this.asked.get(message.request)
        this.asked.delete(message.request)
        if (message.error === undefined) asked?.resolve(message.packets ?? [])
        else asked?.reject(new EngineError(message.error.code, message.error.message, message.error.hint))
        return
      }
      case 'failed':
        this.failed(new EngineError(message.error.code, message.error.message, message.error.hint))
    }
  }

  private failed(error: EngineError): void {
    const { firstAnswer } = this
    this.firstAnswer = undefined
    if (firstAnswer !== undefined) {
      this.stop(error.message)
      this.setState('failed', error.message)
      firstAnswer.reject(error)
      return
    }
    this.dropEngine(error.message, true)
    this.again(error.message)
  }

  private ended(cause: string): void {
    this.failed(new EngineError('ERR_ENGINE_LOST', `the capture process ${cause}`, 'It is started anew.'))
  }

  private again(why: string): void {
    if (this.source.kind === 'file' && this.starts >= MAX_FILE_STARTS) {
      this.setState('failed', `${why}; it is not read again`)
      return
    }
    if (Date.now() - this.readyAt > STABLE_MS) this.restartMs = RESTART_MS.first
    this.setState('restarting', why)
    this.timer = setTimeout(() => void this.launch(), this.restartMs)
    this.restartMs = Math.min(this.restartMs * 2, RESTART_MS.most)
  }

  private waitForInterface(missing: readonly string[]): void {
    this.restartMs = RESTART_MS.first
    this.setState('waiting', `${missing.join(', ')} is not there or down; capture goes on when it is up`)
    this.timer = setTimeout(() => void this.launch(), LOOK_MS)
  }

  private dropEngine(why: string, willRestart: boolean): void {
    const wasReady = this.isReady
    clearTimeout(this.watchdog)
    this.watchdog = undefined
    if (this.link !== undefined) {
      this.link.close()
      this.options.opener.stop(this.engine)
    }
    this.link = undefined
    this.isReady = false
    this.engine = 0
    for (const { reject } of this.asked.values()) {
      reject(new EngineError('ERR_ENGINE_LOST', 'the capture process ended meanwhile', 'Try again in a moment.'))
    }
    this.asked.clear()
    if (wasReady) this.options.listener.gone(this.number, why, willRestart)
  }

  private setState(state: SlotState, note: string): void {
    if (this.state === state && this.note === note) return
    this.state = state
    this.note = note
    this.options.listener.captureChanged()
  }
}
