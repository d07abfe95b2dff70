/** Protocols without states: ICMP and ICMPv6 queries (CONNTRACK.md 5.3, 5.4), GRE (5.6), anything else (5.7). */
import { type Dir, Reason, Status } from '../../model/index.ts'
import type { Packet } from '../../wire/packet.ts'
import { Outcome, type TrackContext } from './tracker.ts'
import { assure } from './udp.ts'

export function trackIcmp(context: TrackContext, _packet: Packet, slot: number, dir: Dir, isNew: boolean): Outcome {
  return track(context, slot, dir, isNew, context.timeouts.icmp)
}

export function trackIcmpv6(context: TrackContext, _packet: Packet, slot: number, dir: Dir, isNew: boolean): Outcome {
  return track(context, slot, dir, isNew, context.timeouts.icmpv6)
}

export function trackGeneric(context: TrackContext, _packet: Packet, slot: number, dir: Dir, isNew: boolean): Outcome {
  return track(context, slot, dir, isNew, context.timeouts.generic)
}

/** The stream timeout and ASSURED from the second packet after a reply on. */
export function trackGre(context: TrackContext, _packet: Packet, slot: number, dir: Dir, isNew: boolean): Outcome {
  const { table, timeouts, verdict } = context
  const status = table.status(slot)
  if (!(status & Status.SeenReply)) {
    const callId = table.dport(slot, 0)
    if (isNew && callId !== 0 && !(status & Status.Expected)) verdict.because(Reason.GRE_ONE_WAY, callId)
    return track(context, slot, dir, isNew, timeouts.gre[0])
  }
  context.refresh(slot, dir, timeouts.gre[1])
  if (!(status & Status.Assured)) assure(context, slot, Reason.STREAM)
  return Outcome.Accept
}

function track(context: TrackContext, slot: number, dir: Dir, isNew: boolean, timeoutS: number): Outcome {
  const { table, verdict } = context
  if (dir === 0 && !isNew && !(table.status(slot) & Status.SeenReply)) verdict.because(Reason.STILL_UNREPLIED)
  context.refresh(slot, dir, timeoutS)
  return Outcome.Accept
}
