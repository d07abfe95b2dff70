/**
 * Community ID version 1 (github.com/corelight/community-id-spec): a name for a flow that Zeek, Suricata, Arkime and
 * others give as well. `1:` and the base64 of SHA-1 over seed, both endpoints in order, protocol and ports.
 */
import { createHash } from 'node:crypto'
import { L4 } from '@ctscope/engine/model'
import { wordCount, type Family } from './address.ts'

/** Message types that answer each other, as the specification pairs them: a flow both ways. */
const ICMP_PAIRS = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
  [10, 9],
  [9, 10],
])
const ICMPV6_PAIRS = new Map([
  [128, 129],
  [129, 128],
  [133, 134],
  [134, 133],
  [135, 136],
  [136, 135],
  [130, 131],
  [131, 130],
  [144, 145],
  [145, 144],
  [139, 140],
  [140, 139],
])
const WITH_PORTS = new Set<number>([L4.Tcp, L4.Udp, L4.Sctp])

export type CommunityEndpoints = {
  family: Family
  l4: number
  /** Words, most significant first; only the family's own are read. */
  src: ArrayLike<number>
  dst: ArrayLike<number>
  /** ICMP: the type. */
  sport: number
  /** ICMP: the code. */
  dport: number
}

const $bytes = Buffer.alloc(2 + 16 + 16 + 2 + 4)

export function communityId(flow: CommunityEndpoints, seed = 0): string {
  const words = wordCount(flow.family)
  const pairs = flow.l4 === L4.Icmp ? ICMP_PAIRS : flow.l4 === L4.Icmpv6 ? ICMPV6_PAIRS : null
  const hasPorts = pairs !== null || WITH_PORTS.has(flow.l4)
  const answer = pairs?.get(flow.sport)
  const sport = flow.sport
  // One-way messages keep type and code as they are, and their direction.
  const dport = pairs !== null && answer !== undefined ? answer : flow.dport
  const isOneWay = pairs !== null && answer === undefined
  const order = compareEndpoints(flow.src, sport, flow.dst, dport, words, hasPorts)
  const swap = !isOneWay && order > 0
  let at = $bytes.writeUInt16BE(seed, 0)
  at = writeWords(swap ? flow.dst : flow.src, words, at)
  at = writeWords(swap ? flow.src : flow.dst, words, at)
  at = $bytes.writeUInt8(flow.l4, at)
  at = $bytes.writeUInt8(0, at)
  if (hasPorts) {
    at = $bytes.writeUInt16BE(swap ? dport : sport, at)
    at = $bytes.writeUInt16BE(swap ? sport : dport, at)
  }
  return `1:${createHash('sha1').update($bytes.subarray(0, at)).digest('base64')}`
}

function compareEndpoints(
  src: ArrayLike<number>,
  sport: number,
  dst: ArrayLike<number>,
  dport: number,
  words: number,
  ports: boolean,
): number {
  for (let i = 0; i < words; i++) {
    const difference = src[i]! - dst[i]!
    if (difference !== 0) return difference
  }
  return ports ? sport - dport : 0
}

function writeWords(words: ArrayLike<number>, count: number, at: number): number {
  for (let i = 0; i < count; i++) at = $bytes.writeUInt32BE(words[i]!, at)
  return at
}
