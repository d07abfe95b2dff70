/** An engine with its batcher and packet ring, fed with made-up packets by a clock of its own. */
import { type FrameBatch, paddedLength, RECORD_HEADER_LEN } from '../../src/capture/source.ts'
import { Engine } from '../../src/engine.ts'
import { BATCH_LIMITS, Batcher, type BatchLimits } from '../../src/events/batcher.ts'
import { PacketRing } from '../../src/events/packet-ring.ts'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS, type Settings } from '../../src/model/index.ts'
import { FrameFeed, PacketClock } from '../../src/process/frame-feed.ts'
import { type Bytes, ipv4, tcp, udp } from './packet-builder.ts'

const RAW_IP = 101
const CLIENT = '10.0.0.1'
const SERVER = '10.0.0.2'

export class BatchScenario {
  readonly startMs = 1_700_000_000_000
  readonly engine: Engine
  readonly ring = new PacketRing(1024)
  readonly batcher: Batcher
  private readonly clock = new PacketClock()
  private readonly feed: FrameFeed
  private timeMs = this.startMs

  constructor(bounds: Partial<BatchLimits> = {}, settings: Settings = { ...DEFAULT_SETTINGS, nf_conntrack_max: 4096 }) {
    this.engine = new Engine({ settings, helpers: DEFAULT_HELPERS })
    const { helpers, table } = this.engine.tracker
    const name = (helper: number) => (helper === 0 ? '' : helpers.name(helper))
    this.batcher = new Batcher(table, name, this.ring, { ...BATCH_LIMITS, ...bounds })
    this.engine.listen(this.batcher)
    this.feed = new FrameFeed(this.engine, this.ring, this.batcher)
  }

  get nowMs(): number {
    return this.timeMs
  }

  /** A datagram of the connection from that port. */
  udp(port: number): void {
    this.packet(ipv4(udp({ srcPort: port, dstPort: 53 }), { src: CLIENT, dst: SERVER, protocol: 17 }))
  }

  udpReply(port: number): void {
    this.packet(ipv4(udp({ srcPort: 53, dstPort: port }), { src: SERVER, dst: CLIENT, protocol: 17 }))
  }

  /** An FTP control connection from that port whose 227 names port 5000, and the data connection that meets it. */
  ftpPassive(port: number): void {
    const client = (flags: number, seq: number, ack: number, payload = '') => {
      this.packet(ipv4(tcp({ srcPort: port, dstPort: 21, flags, seq, ack, payload }), { src: CLIENT, dst: SERVER, protocol: 6 }))
    }
    const server = (flags: number, seq: number, ack: number, payload = '') => {
      this.packet(ipv4(tcp({ srcPort: 21, dstPort: port, flags, seq, ack, payload }), { src: SERVER, dst: CLIENT, protocol: 6 }))
    }
    const [syn, synAck, ack, push] = [0x02, 0x12, 0x10, 0x18]
    const reply = '227 Entering Passive Mode (10,0,0,2,19,136)\r\n'
    client(syn, 100, 0)
    server(synAck, 500, 101)
    client(ack, 101, 501)
    // A helper looks only at lines that follow another one.
    server(push, 501, 101, '220 ok\r\n')
    client(push, 101, 509, 'PASV\r\n')
    server(push, 509, 107, reply)
    client(ack, 107, 509 + reply.length)
    this.packet(ipv4(tcp({ srcPort: port + 1, dstPort: 5000, flags: syn, seq: 900 }), { src: CLIENT, dst: SERVER, protocol: 6 }))
  }

  /** Time passes, and what has run out ends. */
  advance(ms: number): void {
    this.timeMs += ms
    this.feed.expire(this.timeMs, this.timeMs)
  }

  private packet(data: Bytes): void {
    this.feed.file(recordOf(data, this.timeMs), this.clock)
  }
}

/** A batch of one record, as a source gives it. */
export function recordOf(data: Bytes, timeMs: number): FrameBatch {
  const buffer = Buffer.alloc(RECORD_HEADER_LEN + paddedLength(data.length))
  buffer.writeUInt32LE(Math.floor(timeMs / 1000), 0)
  buffer.writeUInt32LE((timeMs % 1000) * 1_000_000, 4)
  buffer.writeUInt32LE(data.length, 8)
  buffer.writeUInt32LE(data.length, 12)
  buffer.set(data, RECORD_HEADER_LEN)
  return { buffer, length: buffer.length, count: 1, linkType: RAW_IP, interfaceId: 0 }
}
