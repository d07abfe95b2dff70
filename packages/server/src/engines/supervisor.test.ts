import { describe, expect, it, vi, beforeEach, afterEach } from 'vitest'
import { EngineError } from '@ctscope/engine'
import type { Batch, EngineCommand, EngineMessage, EngineReady } from '@ctscope/engine/ipc'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS } from '@ctscope/engine/model'
import type { SourceRequest } from '../launcher/requests.ts'
import type { ServerStart } from '../launcher/start.ts'
import type { EngineLink, EngineLinkHandlers, EngineOpener } from './engine-link.ts'
import { isUp } from './interfaces.ts'
import { Supervisor } from './supervisor.ts'

vi.mock(import('./interfaces.ts'), async (original) => ({ ...(await original()), isUp: vi.fn(() => true) }))

/** An engine that does nothing by itself. */
class HandEngine implements EngineLink {
  readonly number: number
  readonly source: SourceRequest
  readonly handlers: EngineLinkHandlers
  readonly commands: EngineCommand[] = []
  isClosed = false

  constructor(number: number, source: SourceRequest, handlers: EngineLinkHandlers) {
    this.number = number
    this.source = source
    this.handlers = handlers
  }
  send(command: EngineCommand): void {
    this.commands.push(command)
  }
  close(): void {
    this.isClosed = true
  }
  say(message: EngineMessage): void {
    this.handlers.onMessage(message)
  }
  ready(): void {
    this.say({ type: 'ready', ready: { epoch: this.configuration.epoch } as EngineReady })
  }
  /** Answers the last command. */
  answer(error?: { code: string; message: string; hint: string }): void {
    const { request } = this.commands.at(-1) as { request: number }
    this.say(error === undefined ? { type: 'answer', request } : { type: 'answer', request, error })
  }
  get configuration() {
    const [first] = this.commands
    if (first?.type !== 'configure') throw new Error('not configured')
    return first.configuration
  }
}

class HandOpener implements EngineOpener {
  readonly engines: HandEngine[] = []
  readonly stopped: number[] = []
  refusal: EngineError | undefined

  open(engine: number, source: SourceRequest, handlers: EngineLinkHandlers): Promise<EngineLink> {
    if (this.refusal !== undefined) return Promise.reject(this.refusal)
    this.engines.push(new HandEngine(engine, source, handlers))
    return Promise.resolve(this.engines.at(-1)!)
  }
  stop(engine: number): void {
    this.stopped.push(engine)
  }
}

const LIVE: ServerStart['capture'] = {
  kind: 'live',
  groups: [['lo']],
  options: { snaplenBytes: 1500, bufferBytes: 1 << 20, promiscuous: false },
  filter: 'tcp',
}
const FILE: ServerStart['capture'] = { kind: 'file', name: 'a.pcap', speed: 1 }
const BATCH = { packetUs: 5_000_000 } as Batch

describe('a supervisor', () => {
  let opener: HandOpener
  let told: string[]
  let supervisor: Supervisor

  beforeEach(() => {
    vi.useFakeTimers()
    opener = new HandOpener()
    told = []
  })
  afterEach(() => {
    supervisor.stop()
    vi.useRealTimers()
  })

  const settle = () => vi.advanceTimersByTimeAsync(0)

  /** Started, its engines ready. */
  async function start(capture: ServerStart['capture'] = LIVE, change: Partial<ServerStart> = {}): Promise<HandEngine> {
    supervisor = new Supervisor({
      start: {
        capture,
        settings: DEFAULT_SETTINGS,
        helpers: [...DEFAULT_HELPERS],
        keepOwn: false,
        nextEngine: 1,
        isRestart: false,
        ...change,
      },
      opener,
      ownPort: Promise.resolve(4040),
    })
    supervisor.listen({
      ready: (slot, { epoch }) => told.push(`${slot} ready ${epoch}`),
      batch: (slot) => told.push(`${slot} batch`),
      source: (slot, state, note) => told.push(`${slot} ${state} ${note}`.trim()),
      gone: (slot, cause, willRestart) => told.push(`${slot} gone ${cause}${willRestart ? ', again' : ''}`),
      captureChanged: () => undefined,
    })
    const started = supervisor.start()
    await settle()
    for (const engine of opener.engines) engine.ready()
    await started
    return opener.engines[0]!
  }

  it('opens a source for each group and configures it', async () => {
    const engine = await start({ ...LIVE, groups: [['lo'], ['any']] })
    expect(opener.engines.map(({ source }) => source)).toMatchObject([{ interfaces: ['lo'] }, { interfaces: ['any'], snaplenBytes: 1500 }])
    expect(engine.configuration).toMatchObject({ idBase: 0, zone: 1, filter: 'tcp', epoch: 1, own: { port: 4040 } })
    expect(opener.engines[1]!.configuration).toMatchObject({ idBase: 2 ** 40, zone: 'interface' })
    expect(supervisor.capture()).toMatchObject({ kind: 'live', interfaces: ['lo', 'any'], state: 'running', replay: null })
  })

  it('keeps the dashboard’s own connections when asked, and has none to leave out elsewhere', async () => {
    expect((await start(LIVE, { keepOwn: true })).configuration.own).toBeNull()
  })

  it('throws what keeps the first engine from starting, and tries nothing again', async () => {
    supervisor = new Supervisor({
      start: { capture: LIVE, settings: DEFAULT_SETTINGS, helpers: [], keepOwn: false, nextEngine: 1, isRestart: false },
      opener,
      ownPort: Promise.resolve(0),
    })
    const started = supervisor.start()
    started.catch(() => undefined)
    await settle()
    opener.engines[0]!.say({ type: 'failed', error: { code: 'ERR_BPF', message: 'syntax error', hint: '' } })
    await expect(started).rejects.toMatchObject({ code: 'ERR_BPF', message: 'syntax error' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opener.engines).toHaveLength(1)
  })

  it('starts an engine anew that ended, with another epoch and ids of its own, later each time', async () => {
    const engine = await start()
    engine.handlers.onClose('was killed by SIGKILL')
    expect(told.at(-1)).toBe('1 gone the capture process was killed by SIGKILL, again')
    expect(supervisor.capture().state).toBe('restarting')
    await vi.advanceTimersByTimeAsync(200)
    expect(opener.engines).toHaveLength(2)
    opener.engines[1]!.ready()
    expect(opener.engines[1]!.configuration).toMatchObject({ epoch: 2, idBase: 2 ** 40 })
    opener.engines[1]!.handlers.onClose('ended')
    await vi.advanceTimersByTimeAsync(399)
    expect(opener.engines).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(opener.engines).toHaveLength(3)
    expect(supervisor.capture().state).toBe('restarting')
  })

  it('hears nothing more of an engine that it gave up', async () => {
    const engine = await start()
    engine.handlers.onClose('ended')
    const before = told.length
    engine.say({ type: 'batch', batch: BATCH })
    engine.handlers.onClose('ended')
    expect(told).toHaveLength(before)
  })

  it('waits for an interface that is gone, however long, and goes on when it is there', async () => {
    const engine = await start()
    vi.mocked(isUp).mockReturnValue(false)
    engine.handlers.onClose('ended')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opener.engines).toHaveLength(1)
    expect(supervisor.capture()).toMatchObject({ state: 'waiting', note: 'lo is not there or down; capture goes on when it is up' })
    vi.mocked(isUp).mockReturnValue(true)
    await vi.advanceTimersByTimeAsync(300)
    expect(opener.engines).toHaveLength(2)
  })

  it('starts an engine anew that hangs', async () => {
    const engine = await start()
    for (let second = 0; second < 20; second += 5) {
      await vi.advanceTimersByTimeAsync(5_000)
      engine.say({ type: 'batch', batch: BATCH })
    }
    expect(opener.engines).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told.at(-1)).toBe('1 gone the capture process gives no sign of life, again')
    expect(opener.stopped).toEqual([1])
    await vi.advanceTimersByTimeAsync(200)
    expect(opener.engines).toHaveLength(2)
  })

  it('refuses what waits for an answer when the engine ends, or never answers', async () => {
    const engine = await start()
    const lost = supervisor.packets(1, Infinity, 10)
    lost.catch(() => undefined)
    engine.handlers.onClose('ended')
    await expect(lost).rejects.toMatchObject({ code: 'ERR_ENGINE_LOST' })
    await expect(supervisor.packets(1, Infinity, 10)).rejects.toMatchObject({ code: 'ERR_NO_ENGINE' })
    await vi.advanceTimersByTimeAsync(200)
    opener.engines[1]!.ready()
    const unanswered = supervisor.packets(1, Infinity, 10)
    unanswered.catch(() => undefined)
    await vi.advanceTimersByTimeAsync(5_000)
    await expect(unanswered).rejects.toMatchObject({ code: 'ERR_ENGINE_TIMEOUT' })
  })

  it('takes a filter back from all when one engine refuses it', async () => {
    await start({ ...LIVE, groups: [['lo'], ['any']] })
    const [first, second] = opener.engines as [HandEngine, HandEngine]
    const set = supervisor.setFilter('udp')
    set.catch(() => undefined)
    first.answer()
    second.answer({ code: 'ERR_BPF', message: 'not here', hint: '' })
    await settle()
    expect(first.commands.at(-1)).toMatchObject({ type: 'filter', filter: 'tcp' })
    first.answer()
    await expect(set).rejects.toMatchObject({ code: 'ERR_BPF' })
    expect(supervisor.capture().filter).toBe('tcp')
  })

  it('changes interfaces without losing those that stay', async () => {
    const engine = await start()
    const changed = supervisor.setInterfaces(['lo', 'any'])
    await settle()
    opener.engines[1]!.ready()
    await changed
    expect(supervisor.capture().interfaces).toEqual(['lo', 'any'])
    await supervisor.setInterfaces(['any'])
    expect(engine.isClosed).toBe(true)
    expect(opener.stopped).toEqual([1])
    expect(told.at(-1)).toBe('1 gone it is no longer captured')
    await expect(supervisor.setInterfaces(['nope0'])).rejects.toMatchObject({ code: 'ERR_INTERFACE' })
    expect(supervisor.capture().interfaces).toEqual(['any'])
  })

  it('leaves everything as it was when a new interface cannot be opened', async () => {
    await start()
    const changed = supervisor.setInterfaces(['any'])
    changed.catch(() => undefined)
    await settle()
    opener.engines[1]!.say({ type: 'failed', error: { code: 'ERR_CAPTURE_OPEN', message: 'no', hint: '' } })
    await expect(changed).rejects.toMatchObject({ code: 'ERR_CAPTURE_OPEN' })
    expect(supervisor.capture()).toMatchObject({ interfaces: ['lo'], state: 'running' })
  })

  it('pauses, and tells an engine that comes later', async () => {
    const engine = await start()
    const paused = supervisor.setRunning(false)
    engine.answer()
    await paused
    engine.handlers.onClose('ended')
    await vi.advanceTimersByTimeAsync(200)
    opener.engines[1]!.ready()
    expect(opener.engines[1]!.commands.at(-1)).toMatchObject({ type: 'run', running: false })
  })

  it('plays a file anew to go back in it, and goes on in the same engine otherwise', async () => {
    const engine = await start(FILE)
    engine.say({ type: 'batch', batch: BATCH })
    expect(supervisor.capture().replay).toEqual({ playing: true, speed: 1, at: '1970-01-01T00:00:05.000Z' })
    const ahead = supervisor.setReplay({ speed: 0, atUs: 9_000_000 })
    expect(engine.commands.at(-1)).toMatchObject({ type: 'speed', pace: { playing: true, speed: 0, skipToUs: 9_000_000 } })
    engine.answer()
    await ahead
    await supervisor.setReplay({ atUs: 1_000_000 })
    await settle()
    expect(engine.isClosed).toBe(true)
    expect(opener.engines[1]!.configuration).toMatchObject({ epoch: 2, replay: { speed: 0, skipToUs: 1_000_000 } })
    await expect(supervisor.setFilter('udp')).rejects.toMatchObject({ code: 'ERR_NOT_LIVE' })
  })

  it('reads a file three times at most that ends its engine', async () => {
    const engine = await start(FILE)
    engine.handlers.onClose('ended')
    await vi.advanceTimersByTimeAsync(200)
    opener.engines[1]!.handlers.onClose('ended')
    await vi.advanceTimersByTimeAsync(400)
    opener.engines[2]!.handlers.onClose('ended')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opener.engines).toHaveLength(3)
    expect(supervisor.capture().state).toBe('failed')
  })

  it('keeps trying in a server that was started anew', async () => {
    opener.refusal = new EngineError('ERR_NO_ENGINE', 'no', '')
    await start(LIVE, { isRestart: true, nextEngine: 5 }).catch(() => undefined)
    expect(supervisor.capture().state).toBe('restarting')
    opener.refusal = undefined
    await vi.advanceTimersByTimeAsync(200)
    expect(opener.engines[0]!.number).toBeGreaterThan(5)
  })
})
