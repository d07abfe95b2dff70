/** A row of the connection table as the API gives it. */
import {
  type ReasonArgs,
  CT_STATE_NAMES,
  END_CAUSE_NAMES,
  L4,
  l4Name,
  SCTP_STATE_NAMES,
  statusNames,
  TCP_STATE_NAMES,
} from '@ctscope/engine/model'
import type { Connection } from '../api/rest.ts'
import { formatIpv4, formatIpv6 } from '../formats/address.ts'
import { communityId } from '../formats/community-id.ts'
import { timeOfUs } from '../formats/time.ts'
import type { EngineClock } from './clock.ts'
import { Life, STRIP_LENGTH, type ConnectionColumns } from './connection-columns.ts'
import type { Interner } from './interner.ts'
import { reasonJson } from './reason-json.ts'

/** What a connection's answer needs beside its row. */
export type ConnectionSurroundings = {
  readonly names: Interner
  childrenOf(id: number): readonly number[]
  expectationsOf(id: number): number[]
  clockOf(slot: number): EngineClock
}

/** The name of a protocol's state, null where the protocol has none. */
export function protoStateName(l4: number, state: number): string | null {
  if (l4 === L4.Tcp) return TCP_STATE_NAMES[state] ?? null
  if (l4 === L4.Sctp) return SCTP_STATE_NAMES[state] ?? null
  return null
}

/** `words` holds four words an address. */
export function addressText(l3: number, words: Uint32Array, row: number): string {
  const at = row * 4
  return l3 === 4 ? formatIpv4(words[at]!) : formatIpv6(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)
}

export function reasonArgsAt(args: Uint32Array, row: number): ReasonArgs {
  const at = row * 4
  return [args[at]!, args[at + 1]!, args[at + 2]!, args[at + 3]!]
}

/** Seconds left, in tenths, cut as the kernel cuts seconds; never below 0. */
export function secondsLeft(deadlineMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((deadlineMs - nowMs) / 100) / 10)
}

export function connectionJson(columns: ConnectionColumns, row: number, around: ConnectionSurroundings): Connection {
  const at = columns.at
  const id = at.id[row]!
  const l3 = at.l3[row]!
  const l4 = at.l4[row]!
  const src = addressText(l3, at.src, row)
  const dst = addressText(l3, at.dst, row)
  const protoState = protoStateName(l4, at.protoState[row]!)
  const isEnded = at.life[row] === Life.Ended
  const uncertainUs = at.uncertainSinceUs[row]!
  const [sport, dport, replySport, replyDport] = at.ports.subarray(row * 4, row * 4 + 4) as unknown as [number, number, number, number]
  return {
    id,
    interface: around.names.textOf(at.interface[row]!),
    zone: at.zone[row]!,
    l3: l3 === 4 ? 'ipv4' : 'ipv6',
    l4: l4Name(l4),
    original: { src, sport, dst, dport, packets: at.packets[row * 2]!, bytes: at.bytes[row * 2]! },
    reply: { src: dst, sport: replySport, dst: src, dport: replyDport, packets: at.packets[row * 2 + 1]!, bytes: at.bytes[row * 2 + 1]! },
    state: CT_STATE_NAMES[at.ctState[row]!] ?? 'NONE',
    tcp: l4 === L4.Tcp ? protoState : null,
    sctp: l4 === L4.Sctp ? protoState : null,
    status: statusNames(at.status[row]!),
    helper: around.names.textOf(at.helper[row]!) || null,
    master: at.master[row]! || null,
    children: [...around.childrenOf(id)],
    expectations: around.expectationsOf(id),
    timeout: isEnded ? null : secondsLeft(at.deadlineMs[row]!, around.clockOf(at.slot[row]!).nowMs),
    timeoutFull: at.timeoutS[row]!,
    firstSeen: timeOfUs(at.firstSeenUs[row]!),
    lastSeen: timeOfUs(at.lastSeenUs[row]!),
    ended: isEnded ? { at: timeOfUs(at.endedUs[row]!), cause: END_CAUSE_NAMES[at.endCause[row]!] ?? '' } : null,
    invalidPackets: at.invalidPackets[row]!,
    uncertainSince: uncertainUs === 0 ? null : timeOfUs(uncertainUs),
    reason: reasonJson(at.reason[row]!, reasonArgsAt(at.reasonArgs, row)),
    strip: stripJson(columns, row, l4),
    communityId: communityIdOf(columns, row),
  }
}

function stripJson(columns: ConnectionColumns, row: number, l4: number): Connection['strip'] {
  const at = columns.at
  const strip: Connection['strip'] = []
  for (let i = 0; i < at.stripLength[row]!; i++) {
    const state = at.stripState[row * STRIP_LENGTH + i]!
    strip.push({
      state: CT_STATE_NAMES[state >> 4] ?? 'NONE',
      tcp: protoStateName(l4, state & 15),
      at: timeOfUs(at.firstSeenUs[row]! + at.stripAtUs[row * STRIP_LENGTH + i]!),
    })
  }
  return strip
}

function communityIdOf(columns: ConnectionColumns, row: number): string {
  const at = columns.at
  const l4 = at.l4[row]!
  const isIcmp = l4 === L4.Icmp || l4 === L4.Icmpv6
  const sport = at.ports[row * 4]!
  const dport = at.ports[row * 4 + 1]!
  return communityId({
    family: at.l3[row] === 4 ? 4 : 6,
    l4,
    src: at.src.subarray(row * 4, row * 4 + 4),
    dst: at.dst.subarray(row * 4, row * 4 + 4),
    // Our tuples hold id and type << 8 | code.
    sport: isIcmp ? dport >> 8 : sport,
    dport: isIcmp ? dport & 255 : dport,
  })
}
