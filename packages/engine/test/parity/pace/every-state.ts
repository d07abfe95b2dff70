/**
 * A capture with a flow in each state that has a timeout of its own, each left alone there: what the kernel's clock and
 * ours make of it can be held against each other.
 */
import { LinkType } from '../../../src/capture/link-type.ts'
import { Chunk } from '../../../src/conntrack/proto/sctp-table.ts'
import { L4 } from '../../../src/model/index.ts'
import { TcpFlag } from '../../../src/wire/tcp.ts'
import { type Frame, pcapFile } from '../../support/capture-builder.ts'
import { be16, be32, bytes, fragmentHeader, icmp, ipv4, ipv6, tcp, udp } from '../../support/packet-builder.ts'

const CLIENT = '10.1.0.2'
const SERVER = '10.2.0.2'
const CLIENT6 = 'fd01::2'
const SERVER6 = 'fd02::2'
const START_NS = 1_700_000_000n * 1_000_000_000n
/** s between two packets of a flow. */
const STEP_S = 0.02
/** s between a UDP flow's first packet and one that makes it a stream. */
const STREAM_S = 2.3

type Side = 'A' | 'B'
type Timed = { at: number; data: Buffer }

/** Letters of a segment's flags. */
const FLAGS: Record<string, number> = { S: TcpFlag.Syn, A: TcpFlag.Ack, F: TcpFlag.Fin, R: TcpFlag.Rst }

/** Written as CONNTRACK.md 13 does: side, flags, seq, ack, bytes. */
const TCP_FLOWS: Readonly<Record<string, string>> = {
  SYN_SENT: 'A:S1000',
  SYN_RECV: 'A:S1000 B:SA5000/1001',
  ESTABLISHED: 'A:S1000 B:SA5000/1001 A:A1001/5001',
  unacknowledged: 'A:S1000 B:SA5000/1001 A:A1001/5001 A:A1001/5001+10',
  'picked up': 'A:A1001/5001',
  'retransmitted three times': 'A:S1000 B:SA5000/1001 A:A1001/5001 A:A1001/5001 A:A1001/5001 A:A1001/5001 A:A1001/5001',
  FIN_WAIT: 'A:S1000 B:SA5000/1001 A:A1001/5001 A:FA1001/5001',
  CLOSE_WAIT: 'A:S1000 B:SA5000/1001 A:A1001/5001 A:FA1001/5001 B:A5001/1002',
  LAST_ACK: 'A:S1000 B:SA5000/1001 A:A1001/5001 A:FA1001/5001 B:A5001/1002 B:FA5001/1002',
  TIME_WAIT: 'A:S1000 B:SA5000/1001 A:A1001/5001 A:FA1001/5001 B:A5001/1002 B:FA5001/1002 A:A1002/5002',
  CLOSE: 'A:S1000 B:SA5000/1001 A:A1001/5001 B:RA5001/1001',
  'RST kept': 'A:S1000 B:SA5000/1001 A:A1001/5001 B:RA5100/1001',
  SYN_SENT2: 'A:S1000 B:S5000',
  'SYN refused': 'A:S1000 B:RA0/1001',
}

/** Side, tag, chunk. A's own tag is 100, B's 200. */
const SCTP_FLOWS: Readonly<Record<string, readonly [Side, number, number][]>> = {
  CLOSED: [['A', 0, Chunk.Init]],
  COOKIE_WAIT: [
    ['A', 0, Chunk.Init],
    ['B', 100, Chunk.InitAck],
  ],
  HEARTBEAT_SENT: [['A', 100, Chunk.Heartbeat]],
}
const ASSOCIATION: readonly [Side, number, number][] = [
  ['A', 0, Chunk.Init],
  ['B', 100, Chunk.InitAck],
  ['A', 200, Chunk.CookieEcho],
  ['B', 100, Chunk.CookieAck],
]
const SCTP_AFTER: Readonly<Record<string, readonly [Side, number, number][]>> = {
  COOKIE_ECHOED: [],
  ESTABLISHED: [['B', 100, Chunk.CookieAck]],
  SHUTDOWN_SENT: [
    ['B', 100, Chunk.CookieAck],
    ['A', 200, Chunk.Shutdown],
  ],
  SHUTDOWN_RECD: [
    ['B', 100, Chunk.CookieAck],
    ['B', 100, Chunk.Shutdown],
  ],
  SHUTDOWN_ACK_SENT: [
    ['B', 100, Chunk.CookieAck],
    ['A', 200, Chunk.Shutdown],
    ['B', 100, Chunk.ShutdownAck],
  ],
}

class Craft {
  readonly packets: Timed[] = []
  /** What each client port stands for. */
  readonly names = new Map<number, string>()
  private port = 20000

  nextPort(name: string): number {
    this.names.set(++this.port, name)
    return this.port
  }

  /** Between client and server. */
  put(at: number, side: Side, protocol: number, payload: Buffer, is6 = false): void {
    const [client, server] = is6 ? [CLIENT6, SERVER6] : [CLIENT, SERVER]
    const [src, dst] = side === 'A' ? [client, server] : [server, client]
    this.packets.push({ at, data: is6 ? ipv6(payload, { src, dst, nextHeader: protocol }) : ipv4(payload, { src, dst, protocol }) })
  }

  tcpFlow(name: string, text: string): void {
    const port = this.nextPort(`tcp ${name}`)
    text.split(' ').forEach((word, i) => {
      const [, side, letters, seq, ack, length] = /^([AB]):([SAFR]+)(\d+)(?:\/(\d+))?(?:\+(\d+))?$/.exec(word)!
      const flags = [...letters!].reduce((bits, letter) => bits | FLAGS[letter]!, 0)
      const [srcPort, dstPort] = side === 'A' ? [port, 80] : [80, port]
      const segment = tcp({
        srcPort,
        dstPort,
        seq: Number(seq),
        ack: Number(ack ?? 0),
        flags,
        window: 1000,
        payload: new Uint8Array(Number(length ?? 0)),
      })
      this.put(i * STEP_S, side as Side, L4.Tcp, segment)
    })
  }

  sctpFlow(name: string, chunks: readonly [Side, number, number][]): void {
    const port = this.nextPort(`sctp ${name}`)
    chunks.forEach(([side, tag, type], i) => {
      const body =
        type === Chunk.Init || type === Chunk.InitAck ? bytes(be32(type === Chunk.Init ? 100 : 200), new Uint8Array(12)) : Buffer.alloc(0)
      const ports = side === 'A' ? [be16(port), be16(9)] : [be16(9), be16(port)]
      this.put(i * STEP_S, side, L4.Sctp, bytes(...ports, be32(tag), be32(0), [type, 0], be16(4 + body.length), body))
    })
  }

  udpFlow(name: string, protocol: number, times: readonly (readonly [number, Side])[]): void {
    const port = this.nextPort(`${protocol === L4.Udp ? 'udp' : 'udplite'} ${name}`)
    for (const [at, side] of times) {
      const [srcPort, dstPort] = side === 'A' ? [port, 9] : [9, port]
      // UDP-Lite must have a checksum; here it is not verified.
      this.put(at, side, protocol, udp({ srcPort, dstPort, payload: 'x', checksum: protocol === L4.Udp ? 0 : 1 }))
    }
  }

  pingFlow(name: string, is6: boolean, sides: readonly Side[]): void {
    const id = this.nextPort(`${is6 ? 'icmpv6' : 'icmp'} ${name}`)
    const types = is6 ? { A: 128, B: 129 } : { A: 8, B: 0 }
    sides.forEach((side, i) => this.put(i * STEP_S, side, is6 ? L4.Icmpv6 : L4.Icmp, icmp({ type: types[side], id }), is6))
  }

  /** A datagram whose second half comes `secondAt` s after the first. */
  fragments(name: string, is6: boolean, secondAt: number): void {
    const port = this.nextPort(`udp ${name}`)
    const datagram = udp({ srcPort: port, dstPort: 9, payload: new Uint8Array(24) })
    const halves = [datagram.subarray(0, 16), datagram.subarray(16)]
    halves.forEach((half, i) => {
      const at = i * secondAt
      const o = { offset: i * 16, more: i === 0, id: port }
      if (is6) this.put(at, 'A', 44, bytes(fragmentHeader(L4.Udp, o), half), true)
      else {
        const data = ipv4(half, { src: CLIENT, dst: SERVER, protocol: L4.Udp, id: port, fragOffset: o.offset, moreFragments: o.more })
        this.packets.push({ at, data })
      }
    })
  }
}

export type EveryState = {
  /** A pcap of raw IP. */
  file: Buffer
  /** By client port or ICMP id: the state that the flow was left in. */
  names: Map<number, string>
}

/** @param fragments s after which the second halves of datagrams come, for IPv4 and IPv6 */
export function everyState(fragments: { ipv4: readonly number[]; ipv6: readonly number[] }): EveryState {
  const craft = new Craft()
  for (const [name, text] of Object.entries(TCP_FLOWS)) craft.tcpFlow(name, text)
  for (const [name, chunks] of Object.entries(SCTP_FLOWS)) craft.sctpFlow(name, chunks)
  for (const [name, rest] of Object.entries(SCTP_AFTER)) craft.sctpFlow(name, [...ASSOCIATION.slice(0, 3), ...rest])
  for (const protocol of [L4.Udp, L4.UdpLite]) {
    craft.udpFlow('unreplied', protocol, [[0, 'A']])
    craft.udpFlow('replied', protocol, [
      [0, 'A'],
      [STEP_S, 'B'],
    ])
    craft.udpFlow('stream', protocol, [
      [0, 'A'],
      [STEP_S, 'B'],
      [STREAM_S, 'A'],
    ])
  }
  for (const is6 of [false, true]) {
    craft.pingFlow('asked', is6, ['A'])
    craft.pingFlow('answered', is6, ['A', 'B'])
  }
  // The key is what tells GRE flows apart; here there is one without and one with an answer.
  const gre = bytes(be16(0), be16(0x0800), [1, 2, 3, 4])
  craft.put(0, 'A', L4.Gre, gre)
  craft.put(0, 'A', L4.Gre, gre, true)
  craft.put(STEP_S, 'B', L4.Gre, gre, true)
  craft.put(2 * STEP_S, 'A', L4.Gre, gre, true)
  craft.put(0, 'A', 50, Buffer.alloc(16))
  for (const at of fragments.ipv4) craft.fragments(`second IPv4 fragment after ${at} s`, false, at)
  for (const at of fragments.ipv6) craft.fragments(`second IPv6 fragment after ${at} s`, true, at)
  const frames: Frame[] = craft.packets
    .sort((a, b) => a.at - b.at)
    .map(({ at, data }) => ({ data, time: START_NS + BigInt(Math.round(at * 1e6)) * 1000n }))
  return { file: pcapFile(frames, { linkType: LinkType.Raw }), names: craft.names }
}
