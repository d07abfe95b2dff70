import { expect, it } from 'vitest'
import { L4 } from '../model/index.ts'
import { Packet } from '../wire/packet.ts'
import { ownConnections } from './own-connections.ts'

const V4 = { local: [0xc0000201], other: [0xc0000202], loopback: [0x7f010203] }
const V6 = { local: [0x20010db8, 0, 0, 0x1_0001], other: [0x20010db8, 0, 0, 2], loopback: [0, 0, 0, 1] }
const isOwn = ownConnections(4040, ['192.0.2.1', '2001:db8::1:1', 'fe80::1%eth0'])

function segment(l3: 4 | 6, src: number[], sport: number, dst: number[], dport: number, l4: number = L4.Tcp): Packet {
  const packet = new Packet()
  packet.l3 = l3
  packet.address.set(src, 0)
  packet.address.set(dst, 4)
  packet.l4 = l4
  packet.bytes = Buffer.from([sport >> 8, sport & 255, dport >> 8, dport & 255])
  packet.l4End = 4
  return packet
}

it.each([
  ['to a loopback address, IPv4', segment(4, V4.loopback, 50000, V4.loopback, 4040), true],
  ['from a loopback address, IPv6', segment(6, V6.loopback, 4040, V6.loopback, 50000), true],
  ['to an address of this machine', segment(4, V4.other, 50000, V4.local, 4040), true],
  ['from an address of this machine, IPv6', segment(6, V6.local, 4040, V6.other, 50000), true],
  ['to the same port elsewhere', segment(4, V4.local, 50000, V4.other, 4040), false],
  ['to the same port elsewhere, IPv6', segment(6, V6.local, 50000, V6.other, 4040), false],
  ['another port', segment(4, V4.loopback, 50000, V4.loopback, 4041), false],
  ['UDP', segment(4, V4.loopback, 50000, V4.loopback, 4040, L4.Udp), false],
])('%s', (_, packet, own) => {
  expect(isOwn(packet)).toBe(own)
})

it('a segment without ports is nobody’s', () => {
  const packet = segment(4, V4.loopback, 50000, V4.loopback, 4040)
  packet.l4End = 3
  expect(isOwn(packet)).toBe(false)
})
