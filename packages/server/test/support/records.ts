/** What an engine might send, made up: whole records from the few fields that a test is about. */
import type {
  Batch,
  ConnectionRecord,
  EngineReady,
  EngineStats,
  ExpectationRecord,
  FtpRecord,
  PacketRecord,
  TransitionRecord,
} from '@ctscope/engine/ipc'
import { CtState, DEFAULT_SETTINGS, EventBit, EventKind, L4, Status, TcpState } from '@ctscope/engine/model'

/** 2026-11-22T12:00:00Z in microseconds. */
export const START_US = Date.UTC(2026, 10, 22, 12) * 1000

export function ipv4(a: number, b: number, c: number, d: number): Uint8Array {
  return Uint8Array.of(a, b, c, d)
}

export function connection(id: number, fields: Partial<ConnectionRecord> = {}): ConnectionRecord {
  return {
    id,
    zone: 0,
    l3: 4,
    l4: L4.Tcp,
    src: ipv4(10, 0, id >> 8, id & 255),
    dst: ipv4(192, 0, 2, 1),
    sport: 1024 + (id % 60000),
    dport: 80,
    replySport: fields.dport ?? 80,
    replyDport: fields.sport ?? 1024 + (id % 60000),
    status: Status.Confirmed,
    protoState: TcpState.SynSent,
    ctState: CtState.New,
    helper: '',
    master: 0,
    packets: [1, 0],
    bytes: [60, 0],
    invalidPackets: 0,
    deadlineMs: 120_000,
    timeoutS: 120,
    firstSeenUs: START_US + id * 1000,
    lastSeenUs: START_US + id * 1000,
    uncertainSinceUs: 0,
    lastPacket: -1,
    reason: 0,
    reasonArgs: [0, 0, 0, 0],
    ...fields,
  }
}

export function transition(seq: number, id: number, fields: Partial<TransitionRecord> = {}): TransitionRecord {
  return {
    seq,
    seconds: START_US / 1e6,
    nanoseconds: 123_456_789,
    kind: EventKind.New,
    bits: EventBit.New,
    connection: id,
    expectation: 0,
    packet: seq - 1,
    dir: 0,
    fromCtState: CtState.None,
    toCtState: CtState.New,
    fromProtoState: TcpState.None,
    toProtoState: TcpState.SynSent,
    status: Status.Confirmed,
    timeoutS: 120,
    reason: 0,
    reasonArgs: [0, 0, 0, 0],
    cause: 0,
    ...fields,
  }
}

export function expectation(id: number, master: number, fields: Partial<ExpectationRecord> = {}): ExpectationRecord {
  return {
    id,
    zone: 0,
    master,
    l3: 4,
    l4: L4.Tcp,
    src: ipv4(192, 0, 2, 1),
    dst: ipv4(10, 0, 0, master),
    sport: 0,
    dport: 5001,
    maskSrc: ipv4(255, 255, 255, 255),
    maskSport: 0,
    class: 0,
    flags: 0,
    helper: 'ftp',
    timeoutS: 300,
    deadlineMs: 300_000,
    raisedUs: START_US,
    packet: 4,
    ...fields,
  }
}

export function packet(index: number, fields: Partial<PacketRecord> = {}): PacketRecord {
  return {
    index,
    seconds: START_US / 1e6 + index,
    nanoseconds: 1,
    wireLen: 74,
    capLen: 74,
    ifIndex: 0,
    l3: 4,
    l4: L4.Tcp,
    src: ipv4(10, 0, 0, 1),
    dst: ipv4(192, 0, 2, 1),
    sport: 4000,
    dport: 80,
    connection: 1,
    ctState: CtState.New,
    dir: 0,
    protoStateAfter: TcpState.SynSent,
    tcpFlags: 2,
    seq: 1000,
    ack: 0,
    window: 64240,
    payloadLen: 0,
    wouldDrop: 0,
    reason: 0,
    reasonArgs: [0, 0, 0, 0],
    ...fields,
  }
}

export function ftpLine(id: number, dir: 0 | 1, kind: FtpRecord['kind'], text: string, negotiation?: FtpRecord['negotiation']): FtpRecord {
  const record: FtpRecord = { connection: id, seconds: START_US / 1e6, nanoseconds: 5, packet: 9, dir, kind, text }
  if (negotiation !== undefined) record.negotiation = negotiation
  return record
}

export function stats(fields: Partial<EngineStats> = {}): EngineStats {
  return {
    packets: 0,
    bytes: 0,
    states: [0, 0, 0, 0, 0, 0],
    reasons: {},
    decode: [0, 0, 0, 0, 0, 0, 0, 0],
    dropped: { ring: 0, interface: 0, engine: 0 },
    received: 0,
    entries: 0,
    limit: 262144,
    expectations: 0,
    transitions: 0,
    earlyDrops: 0,
    fragmentsHeld: 0,
    limits: {},
    ...fields,
  }
}

export function batch(seq: number, fields: Partial<Batch> = {}): Batch {
  return {
    seq,
    clockMs: 0,
    packetUs: START_US,
    wallUs: START_US,
    born: [],
    changed: [],
    ended: [],
    transitions: [],
    expectationsRaised: [],
    expectationsEnded: [],
    ftp: [],
    packets: [],
    packetsSkipped: 0,
    stats: stats(),
    ...fields,
  }
}

export function ready(epoch: number, fields: Partial<EngineReady> = {}): EngineReady {
  return {
    version: 1,
    epoch,
    pid: 4711,
    uid: 65534,
    gid: 65534,
    capabilities: [],
    threads: 11,
    interfaces: ['eth0'],
    linkTypes: [1],
    snaplen: 262144,
    bufferBytes: 2 << 20,
    libpcap: 'libpcap version 1.10.3',
    settings: { ...DEFAULT_SETTINGS },
    helpers: [{ helper: 'ftp', l4: 'tcp', port: 21 }],
    notes: [],
    ...fields,
  }
}
