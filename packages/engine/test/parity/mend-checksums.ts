/** Gives the packets of a random capture right checksums, most of them: the generators leave zeros. */
import { readFileSync, writeFileSync } from 'node:fs'
import { L4 } from '../../src/model/index.ts'
import { crc32c, foldSum, onesSum } from '../../src/wire/checksum.ts'
import { Random } from './generate/random.ts'

const PCAP_HEADER_LEN = 24
const RECORD_HEADER_LEN = 16
/** How often a checksum stays as it is, and how often it is made wrong. */
const UNTOUCHED = 0.05
const WRONG = 0.05

/** Offset of the checksum from the L4 header, and the shortest L4 that has it. */
const AT: Readonly<Record<number, number>> = { [L4.Icmp]: 2, [L4.Tcp]: 16, [L4.Udp]: 6, [L4.Icmpv6]: 2, [L4.UdpLite]: 6, [L4.Sctp]: 8 }
/** Hop-by-hop options, routing, destination options. */
const EXTENSIONS = new Set([0, 43, 60])

/** @param capture a little-endian pcap of raw IP; changed in place */
export function mendChecksums(capture: string, seed: number): void {
  const file = readFileSync(capture)
  const random = new Random(seed)
  for (let at = PCAP_HEADER_LEN; at + RECORD_HEADER_LEN <= file.length;) {
    const from = at + RECORD_HEADER_LEN
    at = from + file.readUInt32LE(at + 8)
    if (random.chance(UNTOUCHED)) continue
    const packet = file.subarray(from, at)
    const isIpv6 = packet.length > 0 && packet[0]! >>> 4 === 6
    if (isIpv6) mendIpv6(packet, random)
    else mendIpv4(packet, random)
  }
  writeFileSync(capture, file)
}

function mendIpv4(packet: Buffer, random: Random): void {
  if (packet.length < 20) return
  const headerLen = (packet[0]! & 15) * 4
  // A fragment has no checksum of its own.
  if (headerLen < 20 || packet.length < headerLen || (packet.readUInt16BE(6) & 0x3fff) !== 0) return
  packet.writeUInt16BE(0, 10)
  packet.writeUInt16BE(~foldSum(onesSum(packet, 0, headerLen)) & 0xffff, 10)
  // UDP-Lite's as the kernel sums it: its pseudo header has the low eight bits of the length.
  const excess = packet[9] === L4.UdpLite ? (packet.length - headerLen) & ~0xff : 0
  mend(packet, headerLen, packet[9]!, onesSum(packet, 12, 20) - excess, random)
}

function mendIpv6(packet: Buffer, random: Random): void {
  if (packet.length < 40) return
  let next = packet[6]!
  let at = 40
  while (EXTENSIONS.has(next) && at + 8 <= packet.length) {
    next = packet[at]!
    at += (packet[at + 1]! + 1) * 8
  }
  mend(packet, at, next, onesSum(packet, 8, 40), random)
}

function mend(packet: Buffer, l4At: number, l4: number, addresses: number, random: Random): void {
  const offset = AT[l4]
  const length = packet.length - l4At
  if (offset === undefined || length < offset + (l4 === L4.Sctp ? 4 : 2)) return
  const at = l4At + offset
  const error = random.chance(WRONG) ? random.range(1, 0xffff) : 0
  if (l4 === L4.Sctp) {
    packet.writeUInt32LE((crc32c(packet, l4At, packet.length, at) ^ error) >>> 0, at)
    return
  }
  packet.writeUInt16BE(0, at)
  // UDP-Lite's is summed as the kernel does, as if it were UDP's (CONNTRACK.md 2.6).
  const pseudo = l4 === L4.Icmp ? 0 : addresses + length + (l4 === L4.UdpLite ? L4.Udp : l4)
  packet.writeUInt16BE((~foldSum(onesSum(packet, l4At, packet.length, pseudo)) ^ error) & 0xffff, at)
}
