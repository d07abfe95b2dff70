/** A capture file with some of its packets only, all else as it was: pcap or pcapng, record by record. */

const PCAP_HEADER_LEN = 24
const PCAP_RECORD_HEADER_LEN = 16
const PCAPNG_SECTION = 0x0a0d0d0a
const PCAPNG_LITTLE_ENDIAN = 0x4d3c2b1a
/** Block types that hold a packet: obsolete, simple and enhanced. */
const PCAPNG_PACKETS = new Set([2, 3, 6])
const LITTLE_ENDIAN_PCAP = new Set([0xd4c3b2a1, 0x4d3cb2a1])

type Part = { from: number; to: number; isPacket: boolean }

export class CaptureSlices {
  /** Packets in the file. */
  readonly count: number
  private readonly file: Buffer
  private readonly parts: readonly Part[]

  constructor(file: Buffer) {
    this.file = file
    this.parts = file.readUInt32BE() === PCAPNG_SECTION ? pcapngParts(file) : pcapParts(file)
    this.count = this.parts.filter(({ isPacket }) => isPacket).length
  }

  /** @param frames numbers of the packets that stay */
  keep(frames: readonly number[]): Buffer {
    const wanted = new Set(frames)
    let frame = 0
    const kept = this.parts.filter(({ isPacket }) => !isPacket || wanted.has(frame++))
    return Buffer.concat(kept.map(({ from, to }) => this.file.subarray(from, to)))
  }
}

function pcapParts(file: Buffer): Part[] {
  const isLittle = LITTLE_ENDIAN_PCAP.has(file.readUInt32BE())
  const parts: Part[] = [{ from: 0, to: PCAP_HEADER_LEN, isPacket: false }]
  for (let from = PCAP_HEADER_LEN; from + PCAP_RECORD_HEADER_LEN <= file.length;) {
    const captured = isLittle ? file.readUInt32LE(from + 8) : file.readUInt32BE(from + 8)
    const to = from + PCAP_RECORD_HEADER_LEN + captured
    if (to > file.length) break
    parts.push({ from, to, isPacket: true })
    from = to
  }
  return parts
}

function pcapngParts(file: Buffer): Part[] {
  const parts: Part[] = []
  let isLittle = true
  for (let from = 0; from + 12 <= file.length;) {
    if (file.readUInt32BE(from) === PCAPNG_SECTION) isLittle = file.readUInt32LE(from + 8) === PCAPNG_LITTLE_ENDIAN
    const type = isLittle ? file.readUInt32LE(from) : file.readUInt32BE(from)
    const length = isLittle ? file.readUInt32LE(from + 4) : file.readUInt32BE(from + 4)
    if (length < 12 || from + length > file.length) break
    parts.push({ from, to: from + length, isPacket: PCAPNG_PACKETS.has(type) })
    from += length
  }
  return parts
}
