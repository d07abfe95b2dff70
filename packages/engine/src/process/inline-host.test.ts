import { beforeEach, describe, expect, it, vi } from 'vitest'
import { recordOf } from '../../test/support/batching.ts'
import { ipv4, tcp, udp } from '../../test/support/packet-builder.ts'
import type { CaptureHandlers, CaptureSource } from '../capture/source.ts'
import { EngineError } from '../errors.ts'
import type { Batch, EngineConfiguration, EngineMessage } from '../ipc/records.ts'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS, REASONS } from '../model/index.ts'
import { InlineEngine } from './inline-host.ts'

class HandSource implements CaptureSource {
  readonly interfaceName: string
  readonly linkType = 101
  readonly snapLength = 1500
  filter = ''
  handlers: CaptureHandlers | undefined
  readonly pause = vi.fn()
  readonly resume = vi.fn()
  readonly close = vi.fn()

  constructor(interfaceName = 'eth0') {
    this.interfaceName = interfaceName
  }
  start(handlers: CaptureHandlers): void {
    this.handlers = handlers
  }
  stats() {
    return { received: 3, droppedByRing: 1, droppedByInterface: 0 }
  }
  setFilter(text: string): void {
    if (text === 'bad') throw new EngineError('ERR_BPF', 'syntax error', '')
    this.filter = text
  }
  udp(port: number, src = '10.0.0.1'): void {
    this.handlers?.onBatch(recordOf(ipv4(udp({ srcPort: port }), { src, dst: '10.0.0.2', protocol: 17 }), 1_700_000_000_000))
  }
  /** A SYN, and the RST that answers it a second later. */
  refused(): void {
    const syn = ipv4(tcp({ srcPort: 9, dstPort: 81, seq: 1000, flags: 0x02 }), { src: '10.0.0.1', dst: '10.0.0.2', protocol: 6 })
    const rst = ipv4(tcp({ srcPort: 81, dstPort: 9, ack: 1001, flags: 0x14 }), { src: '10.0.0.2', dst: '10.0.0.1', protocol: 6 })
    this.handlers?.onBatch(recordOf(syn, 1_700_000_000_000))
    this.handlers?.onBatch(recordOf(rst, 1_700_000_001_000))
  }
}

const CONFIGURATION: EngineConfiguration = {
  epoch: 4,
  idBase: 2 ** 40,
  zone: 7,
  settings: DEFAULT_SETTINGS,
  helpers: [...DEFAULT_HELPERS],
  filter: 'udp',
  own: null,
  replay: { playing: true, speed: 0, skipToUs: 0 },
}

describe('an engine', () => {
  let messages: EngineMessage[]
  let sources: HandSource[]
  let closed: string[]

  beforeEach(() => {
    messages = []
    closed = []
    sources = [new HandSource('eth0'), new HandSource('eth1')]
  })

  function start(kind: 'live' | 'file' = 'live', change: Partial<EngineConfiguration> = {}): InlineEngine {
    const engine = new InlineEngine({ sources, kind, onMessage: (m) => messages.push(m), onClose: (cause) => closed.push(cause) })
    engine.send({ type: 'configure', configuration: { ...CONFIGURATION, ...change } })
    return engine
  }
  const of = <T extends EngineMessage['type']>(type: T) => messages.filter((m): m is Extract<EngineMessage, { type: T }> => m.type === type)
  const batches = (): Batch[] => of('batch').map(({ batch }) => batch)

  it('says nothing before it is configured, then what it is', () => {
    const engine = new InlineEngine({ sources, kind: 'live', onMessage: (m) => messages.push(m), onClose: () => undefined })
    engine.send({ type: 'run', request: 1, running: false })
    expect(messages).toEqual([])
    engine.send({ type: 'configure', configuration: CONFIGURATION })
    expect(messages[0]).toMatchObject({ type: 'ready', ready: { epoch: 4, interfaces: ['eth0', 'eth1'], capabilities: [] } })
    expect(sources.map((source) => source.filter)).toEqual(['udp', 'udp'])
    engine.close()
  })

  it('refuses a bad filter before the first packet', () => {
    start('live', { filter: 'bad' })
    expect(messages).toEqual([{ type: 'failed', error: { code: 'ERR_BPF', message: 'syntax error', hint: '' } }])
    expect(closed).toEqual(['failed'])
  })

  it('numbers connections from its base, in its zone, and sums its sources', () => {
    const engine = start()
    sources[0]!.udp(1)
    sources[1]!.udp(2)
    engine.flush()
    const [batch] = batches()
    expect(batch!.born.map(({ id, zone }) => [id, zone])).toEqual([
      [2 ** 40 + 1, 7],
      [2 ** 40 + 2, 7],
    ])
    expect(batch!.stats).toMatchObject({ packets: 2, received: 6, dropped: { ring: 2 }, entries: 2 })
    engine.close()
  })

  it('keeps every source’s old filter when one refuses the new', () => {
    const engine = start()
    sources[1]!.setFilter = (text) => {
      if (text === 'tcp') throw new EngineError('ERR_BPF', 'not here', '')
      sources[1]!.filter = text
    }
    engine.send({ type: 'filter', request: 5, filter: 'tcp' })
    expect(of('answer')).toEqual([{ type: 'answer', request: 5, error: { code: 'ERR_BPF', message: 'not here', hint: '' } }])
    expect(sources.map((source) => source.filter)).toEqual(['udp', 'udp'])
    engine.close()
  })

  it('answers for a connection’s packets and the latest ones', () => {
    const engine = start()
    for (const port of [1, 2, 1]) sources[0]!.udp(port)
    engine.flush()
    const { id, lastPacket } = batches()[0]!.born[0]!
    engine.send({ type: 'connection-packets', request: 1, connection: id, last: lastPacket, limit: 10 })
    engine.send({ type: 'packets', request: 2, before: Infinity, limit: 2 })
    expect(of('answer').map(({ packets }) => packets?.map(({ index }) => index))).toEqual([
      [0, 2],
      [2, 1],
    ])
    engine.close()
  })

  it('keeps with a connection the packet that ended it', () => {
    const engine = start()
    sources[0]!.refused()
    engine.flush()
    const { record } = batches()[0]!.ended[0]!
    expect(REASONS[record.reason]?.code).toBe('TCP_RST_UNREPLIED')
    expect(record.lastSeenUs - record.firstSeenUs).toBe(1_000_000)
    engine.send({ type: 'connection-packets', request: 1, connection: record.id, last: record.lastPacket, limit: 10 })
    expect(of('answer')[0]?.packets?.map(({ index }) => index)).toEqual([0, 1])
    engine.close()
  })

  it('leaves the dashboard’s own connections out', () => {
    const engine = start('live', { own: { port: 4040, addresses: [] } })
    sources[0]!.udp(4040, '127.0.0.1')
    engine.flush()
    expect(batches()[0]!.born).toHaveLength(1) // UDP is not the dashboard’s
    engine.close()
  })

  it('tells what came before its interface was gone, then that it failed', () => {
    start()
    sources[0]!.udp(1)
    sources[0]!.handlers?.onEnd(new EngineError('ERR_INTERFACE_GONE', 'eth0 is gone', ''))
    expect(messages.map(({ type }) => type)).toEqual(['ready', 'batch', 'failed'])
    expect(batches()[0]!.born).toHaveLength(1)
    expect(sources.map(({ close }) => close.mock.calls.length)).toEqual([1, 1])
  })

  it('stays to answer after a file’s end', () => {
    sources = [new HandSource('a.pcap')]
    const engine = start('file', { filter: '' })
    sources[0]!.udp(1)
    sources[0]!.handlers?.onEnd()
    expect(of('source')).toEqual([{ type: 'source', state: 'ended', note: '' }])
    engine.send({ type: 'packets', request: 1, before: Infinity, limit: 10 })
    expect(of('answer')[0]?.packets).toHaveLength(1)
    engine.close()
  })
})

it('makes no batch while the server does not read, and counts those', async () => {
  const { EngineRunner } = await import('./engine-runner.ts')
  const messages: EngineMessage[] = []
  const outlet = { send: (message: EngineMessage) => void messages.push(message), backlogBytes: 9 * 1024 * 1024 }
  const source = new HandSource()
  const process = { pid: 1, uid: 1, gid: 1, threads: 1, capabilities: [] }
  const runner = new EngineRunner({
    sources: [source],
    kind: 'live',
    process,
    bufferBytes: 0,
    notes: [],
    outlet,
    onFailed: () => undefined,
  })
  runner.command({ type: 'configure', configuration: CONFIGURATION })
  source.udp(1)
  runner.flush()
  runner.flush()
  expect(messages.map(({ type }) => type)).toEqual(['ready'])
  outlet.backlogBytes = 0
  runner.flush()
  expect(messages[1]).toMatchObject({ type: 'batch', batch: { seq: 1, born: [{}], stats: { limits: { 'batches-held': 2 } } } })
  runner.close()
})
