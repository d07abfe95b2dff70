/**
 * Scenarios in CONNTRACK.md's notation: A is the client 10.1.0.2, B the server 10.2.0.2. `A:S1000` is a SYN of A with seq
 * 1000, `B:SA5000/1001` a SYN-ACK acknowledging 1001, `A:PA1001/5001+10` ten bytes of data.
 */
import { RECORD_HEADER_LEN, type FrameBatch } from '../../src/capture/source.ts'
import type { EntryEvent, ExpectationEvent, FtpNegotiation } from '../../src/conntrack/listener.ts'
import { Engine, type EngineListener, type EngineOptions } from '../../src/engine.ts'
import type { FtpLine } from '../../src/helpers/ftp/dialogue.ts'
import {
  CtState,
  DEFAULT_HELPERS,
  DEFAULT_SETTINGS,
  Dir,
  DROP_CAUSE_NAMES,
  EVENT_KIND_NAMES,
  eventBitNames,
  EXP_END_CAUSE_NAMES,
  REASONS,
  reasonText,
  type Settings,
  statusNames,
  TCP_STATE_NAMES,
} from '../../src/model/index.ts'
import { type Bytes, icmp, ipv4, ipv6, tcp, type TcpOptions, udp, type UdpOptions } from './packet-builder.ts'

export const CLIENT = '10.1.0.2'
export const SERVER = '10.2.0.2'

const RAW_IP = 101
const FLAG_BITS: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128 }
const STATE_LETTERS = ['-', 'N', 'E', 'R', 'I', 'U']
const L4_UDP = 17
const L4_TCP = 6
const L4_ICMP = 1

/** Window scale and SACK-permitted options. */
export function wscale(shift: number): number[] {
  return [3, 3, shift]
}
export const SACK_PERMITTED = [4, 2]
export function sackBlock(left: number, right: number): number[] {
  const be = (n: number) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
  return [1, 1, 5, 10, ...be(left), ...be(right)]
}

/** An engine, a clock, and what happened. */
export class Scenario implements EngineListener {
  readonly engine: Engine
  nowMs = 1_000_000
  /** That the next packets come by. */
  interfaceId = 0
  /** "NEW", "UPDATE REPLY+PROTOINFO", "DESTROY", "EXP_NEW", "EXP_DESTROY met" … since the last look. */
  events: string[] = []
  readonly negotiations: FtpNegotiation[] = []
  readonly lines: FtpLine[] = []
  /** Of the entry that the last packet was about, or of the latest if it ended. */
  private slot = -1
  private readonly ports: { a: number; b: number }

  constructor(options: { settings?: Partial<Settings>; port?: number; engine?: Partial<EngineOptions> } = {}) {
    const settings = { ...DEFAULT_SETTINGS, nf_conntrack_max: 1024, ...options.settings }
    this.engine = new Engine({ settings, helpers: DEFAULT_HELPERS, ...options.engine })
    this.engine.listen(this)
    this.ports = { a: 4000, b: options.port ?? 80 }
  }

  onEvent(event: EntryEvent): void {
    const bits = eventBitNames(event.bits).filter((name) => name !== 'NEW' && name !== 'DESTROY')
    this.events.push([EVENT_KIND_NAMES[event.kind], bits.join('+')].join(' ').trim())
  }
  onExpectation(event: ExpectationEvent): void {
    this.events.push([EVENT_KIND_NAMES[event.kind], EXP_END_CAUSE_NAMES[event.cause]].join(' ').trim())
  }
  onFtp(negotiation: FtpNegotiation): void {
    this.negotiations.push({ ...negotiation })
  }
  onFtpLine(line: FtpLine): void {
    this.lines.push(line)
  }

  /** Events since the last call. */
  takeEvents(): string[] {
    const events = this.events
    this.events = []
    return events
  }

  wait(ms: number): this {
    this.nowMs += ms
    return this
  }

  /** Sends an IP packet; its letter: N, E, R, I, U, or - when conntrack got nothing. */
  ip(bytes: Uint8Array, seconds = 1_700_000_000): string {
    const frame = Buffer.alloc(RECORD_HEADER_LEN + bytes.length + 3)
    frame.writeUInt32LE(seconds, 0)
    frame.writeUInt32LE(bytes.length, 8)
    frame.writeUInt32LE(bytes.length, 12)
    frame.set(bytes, RECORD_HEADER_LEN)
    const batch: FrameBatch = { buffer: frame, length: frame.length, count: 1, linkType: RAW_IP, interfaceId: this.interfaceId }
    this.engine.record(batch, 0, this.nowMs)
    const { verdict } = this.engine
    if (verdict.touchedSlot >= 0) this.slot = verdict.touchedSlot
    return STATE_LETTERS[verdict.state]!
  }

  /** One TCP segment in the notation above. */
  tcp(text: string, more: Partial<TcpOptions> & { aPort?: number; bPort?: number } = {}): string {
    const match = /^([AB]):([FSRPAUEC]*)(\d+)?(?:\/(\d+))?(?:\+(\d+))?$/.exec(text)
    if (match === null) throw new Error(`not a segment: ${text}`)
    const [, side, flags = '', seq, ack, length] = match
    const isA = side === 'A'
    const ports = { a: more.aPort ?? this.ports.a, b: more.bPort ?? this.ports.b }
    const segment = tcp({
      srcPort: isA ? ports.a : ports.b,
      dstPort: isA ? ports.b : ports.a,
      seq: Number(seq ?? 0) >>> 0,
      ack: Number(ack ?? 0) >>> 0,
      flags: [...flags].reduce((bits, letter) => bits | FLAG_BITS[letter]!, 0),
      window: 1000,
      payload: new Uint8Array(Number(length ?? 0)),
      ...more,
    })
    return this.ip(ipv4(segment, { src: isA ? CLIENT : SERVER, dst: isA ? SERVER : CLIENT, protocol: L4_TCP }))
  }

  /** Several, separated by spaces; their letters. */
  run(segments: string): string {
    return segments
      .trim()
      .split(/\s+/)
      .map((text) => this.tcp(text))
      .join('')
  }

  /** S1000, SA5000/1001, A1001/5001: state ESTABLISHED, ASSURED. */
  established(): this {
    this.run('A:S1000 B:SA5000/1001 A:A1001/5001')
    return this
  }

  udp(side: 'A' | 'B', o: UdpOptions & { src?: string; dst?: string } = {}): string {
    const isA = side === 'A'
    const [srcPort, dstPort] = isA ? [1000, 2000] : [2000, 1000]
    const datagram = udp({ srcPort, dstPort, ...o })
    return this.ip(ipv4(datagram, { src: o.src ?? (isA ? CLIENT : SERVER), dst: o.dst ?? (isA ? SERVER : CLIENT), protocol: L4_UDP }))
  }

  icmp(side: 'A' | 'B', o: Parameters<typeof icmp>[0] & { src?: string; dst?: string } = {}): string {
    const isA = side === 'A'
    return this.ip(ipv4(icmp(o), { src: o.src ?? (isA ? CLIENT : SERVER), dst: o.dst ?? (isA ? SERVER : CLIENT), protocol: L4_ICMP }))
  }

  /** Any protocol over IPv4. */
  l4(side: 'A' | 'B', protocol: number, payload: Bytes): string {
    const [src, dst] = side === 'A' ? [CLIENT, SERVER] : [SERVER, CLIENT]
    return this.ip(ipv4(payload, { src, dst, protocol }))
  }

  /** Any protocol over IPv6: A is fd00::1, B fd00::2. */
  l4v6(side: 'A' | 'B', nextHeader: number, payload: Bytes, more: { hopLimit?: number; src?: string; dst?: string } = {}): string {
    const [src, dst] = side === 'A' ? ['fd00::1', 'fd00::2'] : ['fd00::2', 'fd00::1']
    return this.ip(ipv6(payload, { src, dst, nextHeader, ...more }))
  }

  /** The entry of the last packet that had one: "ESTABLISHED 432000 ASSURED". '-' when it is gone. */
  get entry(): string {
    const { table } = this.engine.tracker
    if (this.slot < 0 || table.id(this.slot) === 0) return '-'
    const left = Math.floor((table.deadlineMs(this.slot) - this.nowMs) / 1000)
    const status = statusNames(table.status(this.slot)).filter((name) => name === 'ASSURED' || name === 'EXPECTED' || name === 'HELPER')
    const isTcp = table.l4(this.slot) === L4_TCP
    return [...(isTcp ? [TCP_STATE_NAMES[table.protoState(this.slot)]] : []), String(left), ...status].join(' ')
  }

  /** Packets counted by direction of that entry. */
  get counted(): [number, number] {
    const { table } = this.engine.tracker
    return [table.packets(this.slot, Dir.Original), table.packets(this.slot, Dir.Reply)]
  }

  /** Code and sentence of the last verdict's reason. */
  get why(): string {
    const { verdict } = this.engine
    const [a, b, c, d] = verdict.args as unknown as [number, number, number, number]
    return verdict.reason === 0 ? '' : `${REASONS[verdict.reason]!.code}: ${reasonText(verdict.reason, [a, b, c, d])}`
  }
  get whyCode(): string {
    return REASONS[this.engine.verdict.reason]!.code
  }
  get wouldDrop(): string {
    return DROP_CAUSE_NAMES[this.engine.verdict.wouldDrop]
  }
  get isInvalid(): boolean {
    return this.engine.verdict.state === CtState.Invalid
  }
  get entries(): number {
    return this.engine.tracker.table.count
  }
  get expectations(): number {
    return this.engine.tracker.expecting.expectations.size
  }
  expire(): void {
    while (!this.engine.expire(this.nowMs, 1000));
  }
}
