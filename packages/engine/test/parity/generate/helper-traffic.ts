/** Random captures of helpers' conversations and SCTP associations, bent at random, to be asked of the kernel and of us. */
import { association } from './association.ts'
import { Random } from './random.ts'
import { h323, ras } from './h323.ts'
import { pptp } from './pptp.ts'
import { sip, sipTcp } from './sip.ts'
import { windowEdges } from './window-edges.ts'
import { amanda, irc, netbios, sane, snmp, tftp } from './simple-helpers.ts'
import { type Conversation, Traffic } from './traffic.ts'

const GENERATORS = {
  tftp,
  irc,
  sane,
  amanda,
  netbios,
  snmp,
  sip,
  sipTcp,
  pptp,
  ras,
  h323,
  association,
  windowEdges,
} as const satisfies Record<string, (traffic: Traffic) => Conversation>

export type HelperKind = keyof typeof GENERATORS
export const HELPER_KINDS = Object.keys(GENERATORS) as HelperKind[]

/** How many conversations go on at once. */
const AT_ONCE = 8

export interface HelperTrafficOptions {
  seed: number
  packets: number
  /** Default: all. */
  kinds?: readonly HelperKind[]
  /** How often a message is bent. Default 0.15. */
  bend?: number
}

/** A pcap file. */
export function helperTraffic(options: HelperTrafficOptions): Buffer {
  const { seed, packets, kinds = HELPER_KINDS, bend = 0.15 } = options
  const traffic = new Traffic(new Random(seed), bend)
  const { random } = traffic
  const live: Conversation[] = []
  while (traffic.count < packets) {
    while (live.length < AT_ONCE) live.push(GENERATORS[random.pick(kinds)](traffic))
    const at = random.range(0, live.length)
    if (live[at]!.next().done || random.chance(0.005)) live.splice(at, 1)
  }
  return traffic.file(packets)
}
