/** Connections and packets for tests: a whole one, with what a test is about put in. */
import type { ConnectionRow, ConnectionsView } from '@ctscope/server/api/live'
import type { Packet } from '@ctscope/server/api/rest'

export const T0 = '2026-11-22T12:00:00.000000Z'
export const T0_MS = Date.parse(T0)

export function connectionRow(id: number, change: Partial<ConnectionRow> = {}): ConnectionRow {
  return {
    id,
    interface: 'eth0',
    zone: 1,
    l3: 'ipv4',
    l4: 'tcp',
    original: { src: '10.0.0.1', sport: 4000, dst: '10.0.0.2', dport: 21, packets: 9, bytes: 611 },
    reply: { src: '10.0.0.2', sport: 21, dst: '10.0.0.1', dport: 4000, packets: 7, bytes: 893 },
    state: 'ESTABLISHED',
    tcp: 'ESTABLISHED',
    sctp: null,
    status: ['SEEN_REPLY', 'ASSURED', 'CONFIRMED'],
    helper: null,
    master: null,
    children: [],
    expectations: [],
    timeout: 100,
    timeoutFull: 432000,
    firstSeen: T0,
    lastSeen: T0,
    ended: null,
    invalidPackets: 0,
    uncertainSince: null,
    reason: { code: 'NONE', text: '', args: [] },
    strip: [],
    communityId: '1:x',
    depth: 0,
    last: false,
    ...change,
  }
}

/** A view of whole rows with these ids, from `offset` on. */
export function viewOf(offset: number, ids: number[], total = 1000): ConnectionsView {
  return { offset, total, newAbove: 0, ids, rows: ids.map((id) => connectionRow(id)) }
}

export function tcpPacket(index: number, change: Partial<Packet> = {}): Packet {
  return {
    index,
    interface: 'eth0',
    at: T0,
    wireLength: 60,
    capturedLength: 60,
    l3: 'ipv4',
    l4: 'tcp',
    src: '10.0.0.1',
    sport: 4000,
    dst: '10.0.0.2',
    dport: 21,
    connection: 17,
    state: 'ESTABLISHED',
    direction: 'original',
    stateAfter: 'ESTABLISHED',
    tcpFlags: 'ACK',
    seq: 1,
    ack: 1,
    window: 1000,
    payloadLength: 0,
    wouldDrop: null,
    reason: { code: 'NONE', text: '', args: [] },
    ...change,
  }
}
