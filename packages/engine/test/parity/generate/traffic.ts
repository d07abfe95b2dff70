/** Random conversations as a capture of raw IP packets: who talks, how a TCP connection goes, how messages are bent. */
import { TcpFlag } from '../../../src/wire/tcp.ts'
import { L4 } from '../../../src/model/index.ts'
import { LinkType } from '../../../src/capture/link-type.ts'
import { pcapFile } from '../../support/capture-builder.ts'
import { type Bytes, bytes, ipv4, ipv6, tcp, udp } from '../../support/packet-builder.ts'
import type { Random } from './random.ts'

/** Client 0 and server 1. */
export type Side = 0 | 1
export type Hosts = readonly [string, string]
/** One conversation, step by step: several are interleaved. */
export type Conversation = Generator<void, void>

const V4 = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']
const V6 = ['fd00::1', 'fd00::2', 'fd00::3']
const WINDOW = 60000

export class Traffic {
  readonly random: Random
  /** How often a message is bent. */
  readonly bend: number
  private readonly packets: Buffer[] = []

  constructor(random: Random, bend: number) {
    this.random = random
    this.bend = bend
  }

  get count(): number {
    return this.packets.length
  }

  /** Two hosts, of IPv4 unless `sixToo` and chance say otherwise. */
  hosts(sixToo: boolean): Hosts {
    const pool = sixToo && this.random.chance(0.3) ? V6 : V4
    const client = this.random.pick(pool)
    let server = this.random.pick(pool)
    while (server === client) server = this.random.pick(pool)
    return [client, server]
  }

  port(): number {
    return this.random.range(1024, 65536)
  }

  ip(src: string, dst: string, protocol: number, payload: Bytes): void {
    const isSix = src.includes(':')
    this.packets.push(isSix ? ipv6(payload, { src, dst, nextHeader: protocol }) : ipv4(payload, { src, dst, protocol }))
  }

  udp(src: string, srcPort: number, dst: string, dstPort: number, payload: Bytes | string): void {
    const trailing = this.random.chance(0.01) ? 'trailing' : ''
    this.ip(src, dst, L4.Udp, bytes(udp({ srcPort, dstPort, payload }), trailing))
  }

  tcp(src: string, srcPort: number, dst: string, dstPort: number, o: { seq: number; ack: number; flags: number; payload?: Bytes }): void {
    this.ip(src, dst, L4.Tcp, tcp({ srcPort, dstPort, window: WINDOW, ...o }))
  }

  /** A message as it is, or bent. */
  bent(message: Bytes | string): Buffer {
    const plain = bytes(message)
    return this.random.chance(this.bend) ? bend(plain, this.random) : plain
  }

  /** A pcap file of raw IP. */
  file(mostPackets: number): Buffer {
    return pcapFile(
      this.packets.slice(0, mostPackets).map((data) => ({ data })),
      { linkType: LinkType.Raw },
    )
  }
}

/** A TCP connection whose segments are in order, mostly. */
export class TcpTalk {
  readonly hosts: Hosts
  readonly ports: readonly [number, number]
  private readonly traffic: Traffic
  private readonly next: [number, number]

  constructor(traffic: Traffic, hosts: Hosts, ports: readonly [number, number]) {
    this.traffic = traffic
    this.hosts = hosts
    this.ports = ports
    this.next = [traffic.random.range(0, 2 ** 32), traffic.random.range(0, 2 ** 32)]
  }

  *open(): Conversation {
    this.segment(0, TcpFlag.Syn, [], 0)
    this.next[0] = (this.next[0] + 1) >>> 0
    yield
    this.segment(1, TcpFlag.Syn | TcpFlag.Ack, [])
    this.next[1] = (this.next[1] + 1) >>> 0
    yield
    this.segment(0, TcpFlag.Ack, [])
    yield
  }

  /** One segment, sometimes cut in two, sometimes said again. */
  *say(side: Side, message: Bytes | string): Conversation {
    const { random } = this.traffic
    const whole = bytes(message)
    const cut = random.chance(0.04) ? random.range(0, whole.length) : 0
    for (const part of cut > 0 ? [whole.subarray(0, cut), whole.subarray(cut)] : [whole]) {
      this.segment(side, TcpFlag.Psh | TcpFlag.Ack, part)
      if (random.chance(0.03)) this.segment(side, TcpFlag.Psh | TcpFlag.Ack, part)
      this.next[side] = (this.next[side] + part.length) >>> 0
      yield
    }
    if (random.chance(0.3)) this.segment(side === 0 ? 1 : 0, TcpFlag.Ack, [])
  }

  reset(side: Side): void {
    this.segment(side, TcpFlag.Rst | TcpFlag.Ack, [])
  }

  segment(side: Side, flags: number, payload: Bytes, ack = this.next[side === 0 ? 1 : 0]): void {
    const other = side === 0 ? 1 : 0
    const { hosts, ports } = this
    this.traffic.tcp(hosts[side], ports[side], hosts[other], ports[other], { seq: this.next[side], ack, flags, payload })
  }
}

/** Changes a message in one random way: a byte, a piece left out, doubled or cut off, a number, bytes put in. */
function bend(message: Buffer, random: Random): Buffer {
  if (message.length === 0) return message
  const at = random.range(0, message.length)
  const length = random.range(1, Math.min(12, message.length - at) + 1)
  switch (random.range(0, 7)) {
    case 0: {
      const changed = Buffer.from(message)
      changed[at] = changed[at]! ^ (1 << random.range(0, 8))
      return changed
    }
    case 1:
      return bytes(message.subarray(0, at), message.subarray(at + length))
    case 2:
      return bytes(message.subarray(0, at + length), message.subarray(at))
    case 3:
      return message.subarray(0, at)
    case 4: {
      const changed = Buffer.from(message)
      changed[at] = random.pick([0, 0xff, 0x20, 0x30, 0x39, 0x0a, 0x0d, 0x3a, random.range(0, 256)])
      return changed
    }
    case 5:
      return bytes(message.subarray(0, at), random.pick([' ', '\r\n', '\n', '0', '99999', 'x', ',', ':']), message.subarray(at))
    default: {
      // Another number in place of one that is written in the text.
      const text = message.toString('latin1')
      const numbers = [...text.matchAll(/\d+/g)]
      if (numbers.length === 0) return message
      const found = random.pick(numbers)
      const other = random.pick(['0', '1', '80', '1023', '1024', '65535', '65536', '70000', '4294967296', '', '5060'])
      return bytes(text.slice(0, found.index), other, text.slice(found.index + found[0].length))
    }
  }
}
