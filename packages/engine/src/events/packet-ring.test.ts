import { describe, expect, it } from 'vitest'
import { Verdict } from '../conntrack/verdict.ts'
import { CtState, Dir, L4 } from '../model/index.ts'
import { Packet } from '../wire/packet.ts'
import { PacketRing } from './packet-ring.ts'

/** 10.0.0.1:4000 → 10.0.0.2:21, ACK PSH, seq 1000, ack 2000, window 512, five bytes. */
function tcpPacket(index: number): Packet {
  const packet = new Packet()
  packet.index = index
  packet.seconds = 1_700_000_000 + index
  packet.nanoseconds = 999_999_999
  packet.wireLen = 79
  packet.l3 = 4
  packet.address[0] = 0x0a000001
  packet.address[4] = 0x0a000002
  packet.l4 = L4.Tcp
  packet.bytes = Buffer.from('0fa00015' + '000003e8' + '000007d0' + '50180200' + '00000000' + '6162636465', 'hex')
  packet.l4End = packet.bytes.length
  return packet
}

function verdict(connection: number): Verdict {
  const v = new Verdict()
  v.state = CtState.Established
  v.dir = Dir.Reply
  v.connection = connection
  v.protoStateAfter = 3
  v.because(7, 0xffff_ffff, 2, 3, 4)
  return v
}

/** Packets 0 … count - 1 of connections 1, 2, 3 in turn, each linked to the connection's one before. */
function filled(capacity: number, count: number): PacketRing {
  const ring = new PacketRing(capacity)
  for (let i = 0; i < count; i++) ring.add(tcpPacket(i), 79, verdict((i % 3) + 1), i - 3)
  return ring
}

describe('a packet ring', () => {
  it('gives back what a packet and its verdict said', () => {
    const ring = new PacketRing(4)
    ring.add(tcpPacket(0), 70, verdict(2 ** 41), -1)
    expect(ring.latest(Infinity, 10)).toEqual([
      {
        index: 0, seconds: 1_700_000_000, nanoseconds: 999_999_999, wireLen: 79, capLen: 70, ifIndex: 0, l3: 4, l4: 6,
        src: new Uint8Array([10, 0, 0, 1]), dst: new Uint8Array([10, 0, 0, 2]), sport: 4000, dport: 21, connection: 2 ** 41,
        ctState: CtState.Established, dir: Dir.Reply, protoStateAfter: 3, tcpFlags: 0x18, seq: 1000, ack: 2000, window: 512,
        payloadLen: 5, wouldDrop: 0, reason: 7, reasonArgs: [0xffff_ffff, 2, 3, 4],
      }, // prettier-ignore
    ])
  })

  it('says an ICMP packet by identifier, type and code', () => {
    const packet = tcpPacket(0)
    packet.l4 = L4.Icmp
    packet.bytes = Buffer.from('0801' + '0000' + '1234' + '0001' + '6162', 'hex')
    packet.l4End = 10
    const ring = new PacketRing(4)
    ring.add(packet, 79, verdict(1), -1)
    expect(ring.latest(1, 1)[0]).toMatchObject({ sport: 0x1234, dport: 0x0801, payloadLen: 2, tcpFlags: 0, seq: 0 })
  })

  it('keeps a frame that is not IP, without addresses', () => {
    const ring = new PacketRing(4)
    const packet = new Packet()
    packet.wireLen = 42
    ring.add(packet, 42, new Verdict(), -1)
    expect(ring.latest(1, 1)[0]).toMatchObject({ l3: 0, connection: 0, ctState: CtState.None, src: new Uint8Array(0), payloadLen: 0 })
  })

  it('walks one connection back, oldest first', () => {
    expect(
      filled(16, 12)
        .ofConnection(2, 10, 100)
        .map((p) => p.index),
    ).toEqual([1, 4, 7, 10])
    expect(
      filled(16, 12)
        .ofConnection(2, 10, 2)
        .map((p) => p.index),
    ).toEqual([7, 10])
  })

  it('ends the walk where a link leads to a packet that was overwritten', () => {
    const ring = filled(8, 20)
    expect(ring.ofConnection(2, 19, 100).map((p) => p.index)).toEqual([13, 16, 19])
    expect(ring.overwritten).toBe(12)
  })

  it('gives nothing for a last packet that is gone, or that is of another connection by now', () => {
    const ring = filled(8, 20)
    expect(ring.ofConnection(2, 4, 100)).toEqual([])
    expect(ring.ofConnection(1, 19, 100)).toEqual([])
    expect(ring.ofConnection(1, -1, 100)).toEqual([])
  })

  it('pages from the newest to the oldest that is left', () => {
    const ring = filled(8, 20)
    expect(ring.latest(Infinity, 3).map((p) => p.index)).toEqual([19, 18, 17])
    expect(ring.latest(17, 100).map((p) => p.index)).toEqual([16, 15, 14, 13, 12])
    expect(ring.latest(12, 100)).toEqual([])
  })
})
