/** What the three H.323 helpers have in common: addresses of messages, and the expectations that they lead to (CONNTRACK.md 8.8). */
import { TupleKey } from '../../conntrack/tuple-key.ts'
import { Dir, DropCause, L4, Reason } from '../../model/index.ts'
import { u32 } from '../../wire/bytes.ts'
import type { HelperCall } from '../helper.ts'
import type { PerOctets, PerRecord, PerValue } from './per.ts'

/** An address and port out of a message. */
export type Announced = { readonly words: readonly number[]; readonly port: number }

/** A field of a decoded value, on a path of names; undefined where one of them is not there. */
export function field(value: PerValue | undefined, ...path: readonly string[]): PerValue | undefined {
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as PerRecord)[name]
  }
  return value
}

/** H.225.0's TransportAddress, if it is of the connection's IP version. */
export function h225Address(call: HelperCall, value: PerValue | undefined): Announced | undefined {
  const isFour = call.tuple[0].l3 === 4
  const address = field(value, isFour ? 'ipAddress' : 'ip6Address')
  return read(call, field(address, 'ip'), field(address, 'port'))
}

/** H.245's, unicast only. */
export function h245Address(call: HelperCall, value: PerValue | undefined): Announced | undefined {
  const isFour = call.tuple[0].l3 === 4
  const address = field(value, 'unicastAddress', isFour ? 'iPAddress' : 'iP6Address')
  return read(call, field(address, 'network'), field(address, 'tsapIdentifier'))
}

function read(call: HelperCall, octets: PerValue | undefined, port: PerValue | undefined): Announced | undefined {
  if (octets === undefined || port === undefined) return undefined
  const { at, length } = octets as PerOctets
  const words: number[] = []
  for (let i = 0; i < length; i += 4) words.push(u32(call.packet.bytes, at + i))
  return { words, port: port as number }
}

/** Whether it is that end of the tuple's addresses: 0 its source, 4 its destination. */
export function isEnd(announced: Announced, tuple: TupleKey, end: 0 | 4): boolean {
  return announced.words.every((word, i) => word === tuple.address[end + i])
}

/** Whether it is the sender's own address with a port; if not, says so. */
export function isSenders(call: HelperCall, announced: Announced): boolean {
  const isOwn = isEnd(announced, call.tuple[call.dir], 0)
  if (!isOwn) call.note(Reason.ANNOUNCED_ADDRESS_DIFFERS)
  else if (announced.port === 0) call.note(Reason.ANNOUNCED_PORT_ZERO)
  return isOwn && announced.port !== 0
}

const $tuple = new TupleKey()

/** The tuple from the peer, any port, to an announced address. Reused. */
function fromPeer(call: HelperCall, to: Announced, l4: number): TupleKey {
  $tuple.set(call.tuple[call.dir === Dir.Original ? Dir.Reply : Dir.Original])
  $tuple.address.fill(0, 4)
  $tuple.address.set(to.words, 4)
  $tuple.l4 = l4
  $tuple.sport = 0
  $tuple.dport = to.port
  return $tuple
}

/** From the peer to an announced address. What is not None: the packet would be dropped. */
export function expectFromPeer(call: HelperCall, to: Announced, l4: number, flags: number, childHelper?: string): DropCause {
  const spec = { tuple: fromPeer(call, to, l4), maskSrc: true, maskSport: 0, class: 0, flags }
  const { expectation, refused } = call.expect(childHelper === undefined ? spec : { ...spec, childHelper })
  if (expectation !== null) call.note(Reason.EXPECTATION_RAISED, expectation.id)
  return refused
}

/** RTP to the even port and RTCP to the one after it, both or none. */
export function expectMedia(call: HelperCall, channel: PerValue | undefined): DropCause {
  const announced = h245Address(call, channel)
  if (announced === undefined || !isSenders(call, announced)) return DropCause.None
  const tuple = fromPeer(call, announced, L4.Udp)
  tuple.dport = announced.port & ~1
  const spec = { tuple, maskSrc: true, maskSport: 0, class: 0, flags: 0 }
  const rtp = call.expect(spec)
  if (rtp.expectation === null) return rtp.refused
  tuple.dport++
  const rtcp = call.expect(spec)
  if (rtcp.expectation === null) {
    call.remove(rtp.expectation)
    return rtcp.refused
  }
  call.note(Reason.EXPECTATIONS_RAISED, 2, rtp.expectation.id)
  return DropCause.None
}
