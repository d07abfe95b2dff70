/** A capture host whose engine is the test: batches are handed in, commands are recorded. */
import type { Batch, PacketRecord } from '@ctscope/engine/ipc'
import type { Capture, Interface } from '../../src/api/rest.ts'
import type { CaptureHost, CaptureListener, EngineSlot, ReplayChange } from '../../src/mirror/capture-host.ts'
import { batch, ready } from './records.ts'

/** An engine's error, as the supervisor hands it on. */
export class FakeEngineError extends Error {
  readonly code: string
  readonly hint: string

  constructor(code: string, message: string, hint: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

export class SyntheticHost implements CaptureHost {
  state: Capture = {
    kind: 'live',
    interfaces: ['eth0'],
    file: null,
    filter: '',
    running: true,
    state: 'running',
    note: '',
    viewpoint: 'before the firewall inbound, after it outbound',
    replay: null,
  }
  listener: CaptureListener | null = null
  ring: PacketRecord[] = []
  isWatching = false
  readonly asked: string[] = []
  #seq = 0

  listen(listener: CaptureListener): void {
    this.listener = listener
  }

  /** The engine of slot 1 opens. */
  begin(epoch = 1): void {
    this.#seq = 0
    this.listener?.ready(1, ready(epoch))
  }

  feed(fields: Partial<Batch>, slot: EngineSlot = 1): void {
    this.listener?.batch(slot, batch(++this.#seq, fields))
  }

  capture(): Capture {
    return this.state
  }

  async interfaces(): Promise<Interface[]> {
    return [{ name: 'eth0', up: true, loopback: false, addresses: ['192.0.2.1'], isDefault: true, captured: true, problem: null }]
  }

  async setFilter(filter: string): Promise<void> {
    this.asked.push(`filter ${filter}`)
    if (filter === 'tcp port') throw new FakeEngineError('ERR_BPF', "can't parse filter expression: syntax error", 'See pcap-filter(7).')
    this.state = { ...this.state, filter }
  }

  async setRunning(running: boolean): Promise<void> {
    this.asked.push(`running ${running}`)
    this.state = { ...this.state, running }
  }

  async setInterfaces(interfaces: readonly string[]): Promise<void> {
    this.asked.push(`interfaces ${interfaces.join(' ')}`)
    if (interfaces.includes('nope0')) throw new FakeEngineError('ERR_INTERFACE', 'there is no interface nope0', 'See ctscope interfaces.')
    this.state = { ...this.state, interfaces: [...interfaces] }
  }

  async setReplay(change: ReplayChange): Promise<void> {
    this.asked.push(`replay ${JSON.stringify(change)}`)
    if (this.state.replay !== null) this.state = { ...this.state, replay: { ...this.state.replay, ...change } }
  }

  watchPackets(watch: boolean): void {
    this.isWatching = watch
  }

  async connectionPackets(_slot: EngineSlot, id: number, _last: number, limit: number): Promise<PacketRecord[]> {
    return this.ring.filter((record) => record.connection === id).slice(-limit)
  }

  async packets(_slot: EngineSlot, before: number, limit: number): Promise<PacketRecord[]> {
    return this.ring
      .filter((record) => record.index < before)
      .slice(-limit)
      .reverse()
  }
}
