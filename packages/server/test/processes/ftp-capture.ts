/** A pcap file with a passive FTP session: control connection, its data connection's opening, a DNS question. */
const IPV4_LEN = 20
const RAW_IP = 101
const [CLIENT, SERVER] = [
  [10, 0, 0, 1],
  [10, 0, 0, 2],
] as const
const [SYN, SYN_ACK, ACK, PUSH] = [0x02, 0x12, 0x10, 0x18]

/** Nine frames, a tenth of a second apart but for the last. @param gapS between the last two */
export function ftpCapture(startS: number, gapS = 0): Buffer {
  const [banner, reply] = ['220 ok\r\n', '227 Entering Passive Mode (10,0,0,2,19,136)\r\n']
  const frames = [
    toServer(tcp(4000, 21, SYN, 100, 0)),
    toClient(tcp(21, 4000, SYN_ACK, 500, 101)),
    toServer(tcp(4000, 21, ACK, 101, 501)),
    toClient(tcp(21, 4000, PUSH, 501, 101, banner)),
    toServer(tcp(4000, 21, PUSH, 101, 501 + banner.length, 'PASV\r\n')),
    toClient(tcp(21, 4000, PUSH, 501 + banner.length, 107, reply)),
    toServer(tcp(4001, 5000, SYN, 900, 0)),
    toClient(tcp(5000, 4001, SYN_ACK, 700, 901)),
    ipv4(17, CLIENT, SERVER, Buffer.concat([words(4002, 53, 8, 0)])),
  ]
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(65_535, 16)
  head.writeUInt32LE(RAW_IP, 20)
  const records = frames.map((frame, i) => {
    const record = Buffer.alloc(16)
    record.writeUInt32LE(startS + (i === frames.length - 1 ? gapS : 0), 0)
    record.writeUInt32LE(i * 100_000, 4)
    record.writeUInt32LE(frame.length, 8)
    record.writeUInt32LE(frame.length, 12)
    return Buffer.concat([record, frame])
  })
  return Buffer.concat([head, ...records])
}

const toServer = (segment: Buffer) => ipv4(6, CLIENT, SERVER, segment)
const toClient = (segment: Buffer) => ipv4(6, SERVER, CLIENT, segment)

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2)
  values.forEach((value, i) => buffer.writeUInt16BE(value, i * 2))
  return buffer
}

function tcp(sport: number, dport: number, flags: number, seq: number, ack: number, payload = ''): Buffer {
  return Buffer.concat([words(sport, dport, 0, seq, 0, ack, (5 << 12) | flags, 65_535, 0, 0), Buffer.from(payload)])
}

function ipv4(protocol: number, src: readonly number[], dst: readonly number[], payload: Buffer): Buffer {
  const header = Buffer.concat([words(0x4500, IPV4_LEN + payload.length, 1, 0, (64 << 8) | protocol, 0), Buffer.from([...src, ...dst])])
  let sum = 0
  for (let at = 0; at < IPV4_LEN; at += 2) sum += header.readUInt16BE(at)
  header.writeUInt16BE(~((sum & 0xffff) + (sum >>> 16)) & 0xffff, 10)
  return Buffer.concat([header, payload])
}
