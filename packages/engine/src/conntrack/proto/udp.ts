/**
 * UDP (CONNTRACK.md 5.1) and UDP-Lite (5.2). An entry's protocol words: 0 and 1, as one float: the moment after which a
 * UDP flow with a reply counts as a stream, ms of the engine's clock.
 */
import { type Dir, EventBit, L4, Reason, Status } from '../../model/index.ts'
import { u16 } from '../../wire/bytes.ts'
import { isL4ChecksumRight } from '../../wire/checksum.ts'
import type { Packet } from '../../wire/packet.ts'
import { UDP_HEADER_LEN } from '../../wire/udp.ts'
import { ENTRY_WORDS, PROTO_AT } from '../conn-table.ts'
import { Outcome, type TrackContext } from './tracker.ts'

/** ms after the first packet. */
const STREAM_AFTER_MS = 2000
const LENGTH_OR_COVERAGE = 4
const CHECKSUM = 6

export function trackUdp(context: TrackContext, packet: Packet, slot: number, dir: Dir, isNew: boolean): Outcome {
  if (!checkUdp(context, packet)) return Outcome.Invalid
  const { table, timeouts, verdict, nowMs } = context
  const at = (slot * ENTRY_WORDS + PROTO_AT) / 2
  if (isNew) table.f64[at] = nowMs + STREAM_AFTER_MS
  const status = table.status(slot)
  if (status & Status.SeenReply && nowMs > table.f64[at]!) {
    context.refresh(slot, dir, timeouts.udp[1])
    if (!(status & Status.Assured)) assure(context, slot, Reason.UDP_STREAM)
    return Outcome.Accept
  }
  if (!(status & Status.SeenReply) && dir === 0 && !isNew) verdict.because(Reason.STILL_UNREPLIED)
  context.refresh(slot, dir, timeouts.udp[0])
  return Outcome.Accept
}

export function trackUdpLite(context: TrackContext, packet: Packet, slot: number, dir: Dir): Outcome {
  if (!checkUdpLite(context, packet)) return Outcome.Invalid
  const { table, timeouts } = context
  const status = table.status(slot)
  context.refresh(slot, dir, timeouts.udp[status & Status.SeenReply ? 1 : 0])
  if (status & Status.SeenReply && !(status & Status.Assured)) assure(context, slot, Reason.STREAM)
  return Outcome.Accept
}

/** Sets ASSURED, with its event. */
export function assure(context: TrackContext, slot: number, reason: number): void {
  context.table.setStatus(slot, Status.Assured)
  context.table.addPending(slot, EventBit.Assured)
  context.verdict.because(reason)
}

function checkUdp(context: TrackContext, packet: Packet): boolean {
  const { verdict } = context
  const b = packet.bytes
  const at = packet.l4At
  const available = packet.l4End - at
  if (available < UDP_HEADER_LEN) {
    verdict.because(Reason.UDP_TOO_SHORT, available)
    return false
  }
  const length = u16(b, at + LENGTH_OR_COVERAGE)
  if (length > available || length < UDP_HEADER_LEN) {
    verdict.because(Reason.UDP_BAD_LENGTH, length, available)
    return false
  }
  if (context.settings.nf_conntrack_checksum === 0 || u16(b, at + CHECKSUM) === 0) return true
  if (isL4ChecksumRight(packet, packet.l4End, L4.Udp)) return true
  verdict.because(Reason.UDP_BAD_CHECKSUM)
  return false
}

function checkUdpLite(context: TrackContext, packet: Packet): boolean {
  const { verdict } = context
  const b = packet.bytes
  const at = packet.l4At
  const available = packet.l4End - at
  if (available < UDP_HEADER_LEN) {
    verdict.because(Reason.UDPLITE_TOO_SHORT, available)
    return false
  }
  const field = u16(b, at + LENGTH_OR_COVERAGE)
  const coverage = field || available
  if (coverage < UDP_HEADER_LEN || coverage > available) {
    verdict.because(Reason.UDPLITE_BAD_COVERAGE, field, available)
    return false
  }
  if (u16(b, at + CHECKSUM) === 0) {
    verdict.because(Reason.UDPLITE_NO_CHECKSUM)
    return false
  }
  // As in the kernel the pseudo header's protocol is UDP's (CONNTRACK.md 2.6), and over IPv4 its length has eight bits only.
  const summedLen = packet.l3 === 4 ? available & 0xff : available
  if (context.settings.nf_conntrack_checksum === 0 || isL4ChecksumRight(packet, at + coverage, L4.Udp, summedLen)) return true
  verdict.because(Reason.UDPLITE_BAD_CHECKSUM)
  return false
}
