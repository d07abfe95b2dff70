/**
 * Bytes of packets for tests, from the inside out: `ethernet(ipv4(udp({ payload })))`. Every length and checksum of an
 * IP header is right unless the options say otherwise; L4 checksums are left 0, as unfinished ones are not looked at.
 */
import { isIPv4 } from 'node:net'

export type Bytes = Uint8Array | readonly number[]

export function bytes(...parts: (Bytes | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
}

export function be16(value: number): Buffer {
  return Buffer.from([(value >>> 8) & 0xff, value & 0xff])
}

export function be32(value: number): Buffer {
  const b = Buffer.alloc(4)
  b.writeUInt32BE(value >>> 0)
  return b
}

/** Four or sixteen bytes of an address as text; `::` stands once for any number of zero words. */
export function address(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)))
  const [head = '', tail] = text.split('::')
  const left = words(head)
  const right = tail === undefined ? [] : words(tail)
  const zeros = new Array<number>(8 - left.length - right.length).fill(0)
  return Buffer.concat([...left, ...zeros, ...right].map(be16))
}

export interface Ipv4Options {
  src?: string
  dst?: string
  protocol?: number
  ttl?: number
  tos?: number
  id?: number
  /** Bytes; a multiple of 8. */
  fragOffset?: number
  moreFragments?: boolean
  dontFragment?: boolean
  /** A multiple of 4 bytes. */
  options?: Bytes
  /** In place of the right ones. */
  totalLength?: number
  ihl?: number
  checksum?: number
}

export function ipv4(payload: Bytes, o: Ipv4Options = {}): Buffer {
  const options = o.options ?? []
  const headerLen = 20 + options.length
  const fragment = ((o.fragOffset ?? 0) >>> 3) | (o.moreFragments ? 0x2000 : 0) | (o.dontFragment ? 0x4000 : 0)
  const header = bytes(
    [0x40 | (o.ihl ?? headerLen / 4), o.tos ?? 0],
    be16(o.totalLength ?? headerLen + payload.length),
    be16(o.id ?? 1),
    be16(fragment),
    [o.ttl ?? 64, o.protocol ?? 17, 0, 0],
    address(o.src ?? '10.0.0.1'),
    address(o.dst ?? '10.0.0.2'),
    options,
  )
  header.writeUInt16BE(o.checksum ?? internetChecksum(header), 10)
  return bytes(header, payload)
}

export interface Ipv6Options {
  src?: string
  dst?: string
  nextHeader?: number
  hopLimit?: number
  trafficClass?: number
  /** In place of the right one. */
  payloadLength?: number
}

export function ipv6(payload: Bytes, o: Ipv6Options = {}): Buffer {
  return bytes(
    be32(0x60000000 | ((o.trafficClass ?? 0) << 20)),
    be16(o.payloadLength ?? payload.length),
    [o.nextHeader ?? 17, o.hopLimit ?? 64],
    address(o.src ?? 'fd00::1'),
    address(o.dst ?? 'fd00::2'),
    payload,
  )
}

/** Hop-by-hop, routing or destination options: `options` and what fills up to a multiple of 8. */
export function extensionHeader(nextHeader: number, options: Bytes = [1, 4, 0, 0, 0, 0]): Buffer {
  const length = Math.ceil((options.length + 2) / 8) * 8
  return bytes([nextHeader, length / 8 - 1], options, new Uint8Array(length - 2 - options.length))
}

export function fragmentHeader(nextHeader: number, o: { offset?: number; more?: boolean; id?: number } = {}): Buffer {
  return bytes([nextHeader, 0], be16((o.offset ?? 0) | (o.more ? 1 : 0)), be32(o.id ?? 1))
}

export interface TcpOptions {
  srcPort?: number
  dstPort?: number
  seq?: number
  ack?: number
  /** TcpFlag bits. */
  flags?: number
  window?: number
  options?: Bytes
  payload?: Bytes | string
  /** In 32-bit words, in place of the right one. */
  dataOffset?: number
}

export function tcp(o: TcpOptions = {}): Buffer {
  const options = bytes(o.options ?? [])
  const padding = new Uint8Array(-options.length & 3)
  return bytes(
    be16(o.srcPort ?? 40000),
    be16(o.dstPort ?? 80),
    be32(o.seq ?? 1000),
    be32(o.ack ?? 0),
    [(o.dataOffset ?? (20 + options.length + padding.length) / 4) << 4, o.flags ?? 0x02],
    be16(o.window ?? 65535),
    [0, 0, 0, 0],
    options,
    padding,
    o.payload ?? [],
  )
}

export interface UdpOptions {
  srcPort?: number
  dstPort?: number
  payload?: Bytes | string
  /** In place of the right one. UDP-Lite: the coverage. */
  length?: number
  checksum?: number
}

export function udp(o: UdpOptions = {}): Buffer {
  const payload = bytes(o.payload ?? [])
  return bytes(be16(o.srcPort ?? 40000), be16(o.dstPort ?? 53), be16(o.length ?? 8 + payload.length), be16(o.checksum ?? 0), payload)
}

export interface IcmpOptions {
  type?: number
  code?: number
  id?: number
  sequence?: number
  /** An error's inner packet. */
  body?: Bytes | string
}

/** ICMP and ICMPv6 alike; an echo request of IPv4 unless said otherwise. */
export function icmp(o: IcmpOptions = {}): Buffer {
  return bytes([o.type ?? 8, o.code ?? 0, 0, 0], be16(o.id ?? 1), be16(o.sequence ?? 1), o.body ?? [])
}

/** `tags`: EtherTypes of VLAN tags, outermost first. */
export function ethernet(payload: Bytes, o: { etherType?: number; tags?: readonly number[] } = {}): Buffer {
  const etherType = o.etherType ?? ((payload[0] ?? 0) >>> 4 === 6 ? 0x86dd : 0x0800)
  const tags = (o.tags ?? []).map((tag) => bytes(be16(tag), be16(100)))
  return bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], ...tags, be16(etherType), payload)
}

/** A PPPoE session's header, to be put behind EtherType 0x8864. */
export function pppoe(payload: Bytes, o: { protocol?: number; code?: number } = {}): Buffer {
  const protocol = o.protocol ?? ((payload[0] ?? 0) >>> 4 === 6 ? 0x57 : 0x21)
  return bytes([0x11, o.code ?? 0], be16(1), be16(payload.length + 2), be16(protocol), payload)
}

/** Linux cooked v1. */
export function linuxSll(payload: Bytes, etherType = 0x0800): Buffer {
  return bytes(be16(0), be16(1), be16(6), [2, 0, 0, 0, 0, 1, 0, 0], be16(etherType), payload)
}

/** Linux cooked v2. */
export function linuxSll2(payload: Bytes, o: { etherType?: number; ifIndex?: number } = {}): Buffer {
  return bytes(be16(o.etherType ?? 0x0800), be16(0), be32(o.ifIndex ?? 2), be16(1), [0, 6, 2, 0, 0, 0, 0, 1, 0, 0], payload)
}

export function internetChecksum(b: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < b.length; at += 2) sum += ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
