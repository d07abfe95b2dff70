/** The CaptureHost of production: a slot for each interface or for the file, and what holds for all of them. */
import { networkInterfaces } from 'node:os'
import { EngineError } from '@ctscope/engine'
import type { EngineConfiguration, PacketRecord, ReplayPace } from '@ctscope/engine/ipc'
import type { Capture, Interface } from '../api/rest.ts'
import { isInterface, type SourceRequest } from '../launcher/requests.ts'
import type { ServerStart } from '../launcher/start.ts'
import type { CaptureHost, CaptureListener, EngineSlot, ReplayChange } from '../mirror/capture-host.ts'
import type { EngineOpener } from './engine-link.ts'
import { EngineSlotRunner, type SlotState } from './engine-slot.ts'
import { interfaceNames, isUp, listInterfaces } from './interfaces.ts'

/** Ids of the engine numbered n are above (n - 1) × 2⁴⁰. */
const IDS_PER_ENGINE = 2 ** 40
/** libpcap's pseudo-interface that stands for all. */
const ANY = 'any'

const NOBODY: CaptureListener = {
  ready: () => undefined,
  batch: () => undefined,
  source: () => undefined,
  gone: () => undefined,
  captureChanged: () => undefined,
}

/** The worst first: what the whole capture's state is. */
const STATES: readonly SlotState[] = ['failed', 'restarting', 'waiting', 'down', 'starting', 'paused', 'running', 'ended']

export type SupervisorOptions = {
  start: Pick<ServerStart, 'capture' | 'settings' | 'helpers' | 'keepOwn' | 'nextEngine' | 'isRestart'>
  opener: EngineOpener
  /** Known once the server listens; engines are configured then. 0: nothing of ours is to be left out. */
  ownPort: Promise<number>
}

export class Supervisor implements CaptureHost {
  private readonly options: SupervisorOptions
  private readonly slots = new Map<EngineSlot, EngineSlotRunner>()
  private listener = NOBODY
  private nextEngine: number
  private nextSlot = 1
  private filter: string
  private running = true
  private pace: ReplayPace
  private watches = false

  constructor(options: SupervisorOptions) {
    this.options = options
    const { capture, nextEngine } = options.start
    this.nextEngine = nextEngine
    this.filter = capture.kind === 'live' ? capture.filter : ''
    this.pace = { playing: true, speed: capture.kind === 'file' ? capture.speed : 0, skipToUs: 0 }
  }

  listen(listener: CaptureListener): void {
    this.listener = listener
  }

  /**
   * Starts what the command line names. In a run's first server the first failure is thrown, later ones are tried again.
   * @throws EngineError
   */
  async start(): Promise<void> {
    const { capture, isRestart } = this.options.start
    const groups = capture.kind === 'live' ? capture.groups : [null]
    const slots = groups.map((group) => this.addSlot(group))
    if (isRestart)
      slots.forEach((slot) => {
      slot.startAnyway()
    }) // prettier-ignore
    else await Promise.all(slots.map((slot) => slot.start()))
  }

  stop(): void {
    for (const slot of this.slots.values()) slot.stop('ctscope ends')
  }

  capture(): Capture {
    const { capture } = this.options.start
    const slots = [...this.slots.values()]
    const worst = STATES.find((state) => slots.some((slot) => slot.state === state)) ?? 'starting'
    const at = Math.max(0, ...slots.map((slot) => slot.packetUs))
    return {
      kind: capture.kind,
      interfaces: this.interfaceNames(),
      file: capture.kind === 'file' ? capture.name : null,
      filter: this.filter,
      running: capture.kind === 'live' ? this.running : this.pace.playing,
      state: worst,
      note: slots.find((slot) => slot.state === worst)?.note ?? '',
      viewpoint: viewpoint(capture.kind, this.interfaceNames()),
      replay:
        capture.kind === 'file'
          ? { playing: this.pace.playing, speed: this.pace.speed, at: at === 0 ? null : new Date(at / 1000).toISOString() }
          : null,
    }
  }

  interfaces(): Promise<Interface[]> {
    const captured = new Set(this.interfaceNames())
    const problem =
      this.options.start.capture.kind === 'live'
        ? null
        : { message: 'A capture file is being read.', hint: 'Start ctscope live to capture.' }
    const facts = listInterfaces().map((facts) => ({
      ...facts,
      captured: captured.has(facts.name),
      problem: problem ?? (facts.up ? null : { message: 'The interface is down.', hint: `Bring it up: ip link set ${facts.name} up` }),
    }))
    const any = { name: ANY, up: true, loopback: false, addresses: [], isDefault: false, captured: captured.has(ANY), problem }
    return Promise.resolve([...facts, any])
  }

  async setFilter(filter: string): Promise<void> {
    this.mustBeLive()
    const old = this.filter
    const slots = [...this.slots.values()]
    const answers = await Promise.allSettled(slots.map((slot) => slot.ask({ type: 'filter', filter })))
    const refused = answers.find((answer) => answer.status === 'rejected')
    if (refused !== undefined) {
      // Those that took it go back.
      await Promise.allSettled(
        slots.filter((_, i) => answers[i]!.status === 'fulfilled').map((slot) => slot.ask({ type: 'filter', filter: old })),
      )
      throw refused.reason as Error
    }
    this.filter = filter
    this.listener.captureChanged()
  }

  async setRunning(running: boolean): Promise<void> {
    if (this.options.start.capture.kind === 'file') {
      await this.setReplay({ playing: running })
      return
    }
    await Promise.all([...this.slots.values()].map((slot) => slot.ask({ type: 'run', running })))
    this.running = running
    this.listener.captureChanged()
  }

  async setInterfaces(interfaces: readonly string[]): Promise<void> {
    this.mustBeLive()
    const wanted = [...new Set(interfaces)]
    for (const name of wanted.flatMap((group) => group.split('+'))) {
      if (isInterface(name)) continue
      const known = [...interfaceNames(), ANY].join(', ')
      throw new EngineError('ERR_INTERFACE', `there is no interface ${JSON.stringify(name)}`, `There are: ${known}.`)
    }
    const nameOf = (slot: EngineSlotRunner) => (slot.source.kind === 'live' ? slot.source.interfaces.join('+') : '')
    const have = [...this.slots.values()]
    const added = wanted.filter((name) => !have.some((slot) => nameOf(slot) === name)).map((name) => this.addSlot(name.split('+')))
    try {
      await Promise.all(added.map((slot) => slot.start()))
    } catch (error) {
      for (const slot of added) this.removeSlot(slot)
      throw error
    }
    for (const slot of have) if (!wanted.includes(nameOf(slot))) this.removeSlot(slot)
    this.listener.captureChanged()
  }

  async setReplay(change: ReplayChange): Promise<void> {
    if (this.options.start.capture.kind !== 'file') {
      throw new EngineError('ERR_NOT_A_FILE', 'this is a live capture', 'Only a capture file can be played: ctscope replay FILE.')
    }
    const { playing = this.pace.playing, speed = this.pace.speed, atUs } = change
    const pace = { playing, speed, skipToUs: atUs ?? 0 }
    const isBack = atUs !== undefined && [...this.slots.values()].some((slot) => atUs < slot.packetUs)
    if (isBack) {
      // The new engine is told of it when it is configured.
      this.pace = pace
      for (const slot of this.slots.values()) slot.restart('the file is played anew')
    } else {
      await Promise.all([...this.slots.values()].map((slot) => slot.ask({ type: 'speed', pace })))
      this.pace = { ...pace, skipToUs: 0 }
    }
    this.listener.captureChanged()
  }

  watchPackets(watch: boolean): void {
    if (this.watches === watch) return
    this.watches = watch
    for (const slot of this.slots.values()) slot.send({ type: 'watch-packets', watch })
  }

  async connectionPackets(slot: EngineSlot, connection: number, last: number, limit: number): Promise<PacketRecord[]> {
    return this.slotOf(slot).ask({ type: 'connection-packets', connection, last, limit })
  }

  async packets(slot: EngineSlot, before: number, limit: number): Promise<PacketRecord[]> {
    return this.slotOf(slot).ask({ type: 'packets', before, limit })
  }

  private slotOf(number: EngineSlot): EngineSlotRunner {
    const slot = this.slots.get(number)
    if (slot !== undefined) return slot
    throw new EngineError('ERR_ENGINE_LOST', 'the engine that saw it is gone', 'Its packets went with it.')
  }

  private mustBeLive(): void {
    if (this.options.start.capture.kind === 'live') return
    throw new EngineError('ERR_NOT_LIVE', 'a capture file is being read', 'Start ctscope live to choose what is captured.')
  }

  private interfaceNames(): string[] {
    return [...this.slots.values()].flatMap((slot) => (slot.source.kind === 'live' ? slot.source.interfaces : []))
  }

  /** @param group interfaces of one engine; null: the file */
  private addSlot(group: readonly string[] | null): EngineSlotRunner {
    const { capture } = this.options.start
    const number = this.nextSlot++
    const source: SourceRequest =
      group === null || capture.kind === 'file' ? { kind: 'file' } : { kind: 'live', interfaces: [...group], ...capture.options }
    const slot = new EngineSlotRunner({
      number,
      source,
      opener: this.options.opener,
      listener: this.listener,
      nextEngine: () => this.nextEngine++,
      configuration: (engine, epoch) => this.configuration(engine, epoch, number, source),
      missing: () => (source.kind === 'live' ? source.interfaces.filter((name) => name !== ANY && !isUp(name)) : []),
      afterReady: () => [
        ...(this.watches ? [{ type: 'watch-packets', watch: true } as const] : []),
        ...(this.running ? [] : [{ type: 'run', request: 0, running: false } as const]),
      ],
    })
    this.slots.set(number, slot)
    return slot
  }

  private removeSlot(slot: EngineSlotRunner): void {
    slot.stop('it is no longer captured')
    this.slots.delete(slot.number)
  }

  private async configuration(engine: number, epoch: number, slot: EngineSlot, source: SourceRequest): Promise<EngineConfiguration> {
    const { settings, helpers, keepOwn } = this.options.start
    const interfaces = source.kind === 'live' ? source.interfaces : []
    const port = await this.options.ownPort
    const seesOwn = interfaces.includes('lo') || interfaces.includes(ANY)
    return {
      epoch,
      idBase: (engine - 1) * IDS_PER_ENGINE,
      zone: source.kind === 'file' ? 0 : interfaces.includes(ANY) ? 'interface' : slot,
      settings,
      helpers,
      filter: this.filter,
      own: seesOwn && !keepOwn && port > 0 ? { port, addresses: localAddresses() } : null,
      replay: this.pace,
    }
  }
}

function localAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address))
}

/** What libpcap sees there, so that nobody draws wrong conclusions from a packet that a firewall drops. */
function viewpoint(kind: Capture['kind'], interfaces: readonly string[]): string {
  if (kind === 'file')
    return 'Packets as they stand in the file: where they were taken decides what of them a firewall had already dropped.'
  const seen = 'Incoming packets are seen before this host’s firewall, outgoing ones after it.'
  return interfaces.includes(ANY) ? `${seen} On “any” a packet that is forwarded is seen on each interface that it passes.` : seen
}
