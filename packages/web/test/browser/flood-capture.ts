/** A capture file of a flood: many connections at once, then a steady stream of new ones. */
const PCAP_MAGIC = 0xa1b2c3d4
const LINK_ETHERNET = 1
const FRAME_LEN = 54
const SYN = 0x02
const ACK = 0x10

export type Flood = { atOnce: number; perSecond: number; seconds: number }

/** pcap with microseconds: each connection is a SYN and its SYN/ACK. The first ones all come within the first second. */
export function floodCapture({ atOnce, perSecond, seconds }: Flood): Buffer {
  const total = atOnce + perSecond * seconds
  const file = Buffer.alloc(24 + total * 2 * (16 + FRAME_LEN))
  file.writeUInt32LE(PCAP_MAGIC, 0)
  file.writeUInt16LE(2, 4)
  file.writeUInt16LE(4, 6)
  file.writeUInt32LE(65535, 16)
  file.writeUInt32LE(LINK_ETHERNET, 20)
  let at = 24
  for (let i = 0; i < total; i++) {
    const us = i < atOnce ? Math.floor((i / atOnce) * 1e6) : 1e6 + Math.floor(((i - atOnce) / perSecond) * 1e6)
    at = writeFrame(file, at, us, i, false)
    at = writeFrame(file, at, us + 1, i, true)
  }
  return file
}

function writeFrame(file: Buffer, start: number, us: number, connection: number, isAnswer: boolean): number {
  file.writeUInt32LE(1_700_000_000 + Math.floor(us / 1e6), start)
  file.writeUInt32LE(us % 1e6, start + 4)
  file.writeUInt32LE(FRAME_LEN, start + 8)
  file.writeUInt32LE(FRAME_LEN, start + 12)
  const ip = start + 16 + 14
  file.writeUInt16BE(0x0800, ip - 2)
  file[ip] = 0x45
  file.writeUInt16BE(40, ip + 2)
  file[ip + 8] = 64
  file[ip + 9] = 6
  const client = 0x0a000000 + (connection >> 14)
  const server = 0xc0000201
  file.writeUInt32BE(isAnswer ? server : client, ip + 12)
  file.writeUInt32BE(isAnswer ? client : server, ip + 16)
  file.writeUInt16BE(headerSum(file, ip), ip + 10)
  const port = 1024 + (connection & 0x3fff)
  const tcp = ip + 20
  file.writeUInt16BE(isAnswer ? 443 : port, tcp)
  file.writeUInt16BE(isAnswer ? port : 443, tcp + 2)
  file.writeUInt32BE(1000, tcp + 4)
  file.writeUInt32BE(isAnswer ? 1001 : 0, tcp + 8)
  file[tcp + 12] = 0x50
  file[tcp + 13] = isAnswer ? SYN | ACK : SYN
  file.writeUInt16BE(64240, tcp + 14)
  return start + 16 + FRAME_LEN
}

/** RFC 1071 over the IPv4 header, its own field being 0. */
function headerSum(file: Buffer, ip: number): number {
  let sum = 0
  for (let i = 0; i < 20; i += 2) sum += file.readUInt16BE(ip + i)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
