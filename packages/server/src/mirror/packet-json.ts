/** A packet's summary as the API gives it, and its fields for filters. */
import type { PacketRecord } from '@ctscope/engine/ipc'
import { CT_STATE_NAMES, CtState, DROP_CAUSE_NAMES, L4, reasonText, SCTP_STATE_NAMES, TCP_STATE_NAMES } from '@ctscope/engine/model'
import type { Packet } from '../api/rest.ts'
import type { Accessor, AddressGetter } from '../filter/compile.ts'
import { TCP_FLAG_NAMES } from '../filter/fields.ts'
import { formatAddressBytes, wordAt } from '../formats/address.ts'
import { timeOfNs } from '../formats/time.ts'
import { L4_NAMES } from './connection-fields.ts'
import { protoStateName } from './connection-json.ts'
import { reasonCode, reasonJson } from './reason-json.ts'

/** A packet and the interface that it was seen on. */
export type SeenPacket = { readonly interfaceName: string; readonly record: PacketRecord }

export function packetJson({ interfaceName, record }: SeenPacket): Packet {
  const isIp = record.l3 !== 0
  const isTcp = record.l4 === L4.Tcp && isIp
  const isTracked = record.connection !== 0
  return {
    index: record.index,
    interface: interfaceName,
    at: timeOfNs(record.seconds, record.nanoseconds),
    wireLength: record.wireLen,
    capturedLength: record.capLen,
    l3: record.l3 === 4 ? 'ipv4' : record.l3 === 6 ? 'ipv6' : null,
    l4: isIp ? (L4_NAMES[record.l4] ?? String(record.l4)) : null,
    src: isIp ? formatAddressBytes(record.src) : null,
    sport: record.sport,
    dst: isIp ? formatAddressBytes(record.dst) : null,
    dport: record.dport,
    connection: isTracked ? record.connection : null,
    state: CT_STATE_NAMES[record.ctState] ?? 'NONE',
    direction: isTracked ? (record.dir === 0 ? 'original' : 'reply') : null,
    stateAfter: isTracked ? protoStateName(record.l4, record.protoStateAfter) : null,
    tcpFlags: isTcp ? flagsText(record.tcpFlags) : '',
    seq: isTcp ? record.seq : null,
    ack: isTcp ? record.ack : null,
    window: isTcp ? record.window : null,
    payloadLength: record.payloadLen,
    wouldDrop: DROP_CAUSE_NAMES[record.wouldDrop] || null,
    reason: reasonJson(record.reason, record.reasonArgs),
  }
}

/** In the order people say them: SYN ACK, FIN ACK, PSH ACK. */
function flagsText(flags: number): string {
  return TCP_FLAG_NAMES.filter((_, bit) => (flags >>> bit) & 1)
    .toSorted((a, b) => Number(a === 'ACK') - Number(b === 'ACK'))
    .join(' ')
}

const address =
  (bytes: (packet: SeenPacket) => Uint8Array): AddressGetter<SeenPacket> =>
  (packet, words) => {
    const { l3 } = packet.record
    if (l3 === 0) return 0
    const from = bytes(packet)
    for (let i = 0; i < from.length >> 2; i++) words[i] = wordAt(from, i * 4)
    return l3
  }

const src = address((packet) => packet.record.src)
const dst = address((packet) => packet.record.dst)
const proto = ({ record }: SeenPacket): string => (record.l3 === 0 ? '' : (L4_NAMES[record.l4] ?? ''))
const state = ({ record }: SeenPacket): string => CT_STATE_NAMES[record.ctState] ?? ''
const tcp = ({ record }: SeenPacket): string =>
  record.l4 === L4.Tcp && record.connection !== 0 ? (TCP_STATE_NAMES[record.protoStateAfter] ?? '') : ''
const code = ({ record }: SeenPacket): string => reasonCode(record.reason)
const sentence = ({ record }: SeenPacket): string => reasonText(record.reason, record.reasonArgs)
const sport = ({ record }: SeenPacket): number => record.sport
const dport = ({ record }: SeenPacket): number => record.dport

export const PACKET_ACCESSOR: Accessor<SeenPacket> = {
  subject: 'packets',
  numbers: {
    'ip.version': [({ record }) => record.l3 || NaN],
    port: [sport, dport],
    sport: [sport],
    dport: [dport],
    id: [({ record }) => record.connection || NaN],
    invalid: [({ record }) => (record.ctState === CtState.Invalid ? 1 : 0)],
    length: [({ record }) => record.wireLen],
    payload: [({ record }) => record.payloadLen],
    packet: [({ record }) => record.index],
  },
  bits: { 'tcp.flags': ({ record }) => (record.l4 === L4.Tcp ? record.tcpFlags : 0) },
  texts: {
    proto: [proto],
    'ct.state': [state],
    'tcp.state': [tcp],
    'sctp.state': [
      ({ record }) => (record.l4 === L4.Sctp && record.connection !== 0 ? (SCTP_STATE_NAMES[record.protoStateAfter] ?? '') : ''),
    ],
    interface: [({ interfaceName }) => interfaceName],
    reason: [code, sentence],
    direction: [({ record }) => (record.connection === 0 ? '' : record.dir === 0 ? 'original' : 'reply')],
    drop: [({ record }) => DROP_CAUSE_NAMES[record.wouldDrop] ?? ''],
  },
  addresses: { 'ip.addr': [src, dst], 'ip.src': [src], 'ip.dst': [dst] },
  free: [
    ({ record }) => `${formatAddressBytes(record.src)}:${record.sport}`,
    ({ record }) => `${formatAddressBytes(record.dst)}:${record.dport}`,
    proto,
    state,
    tcp,
    ({ interfaceName }) => interfaceName,
    code,
    sentence,
  ],
}
