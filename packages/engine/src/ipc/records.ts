import type { CtState, Dir, DropCause, EndCause, EventKind, ExpEndCause, HelperAssignment, ReasonArgs, Settings } from '../model/index.ts'

/**
 * What an engine tells the server, as decoded. `codec.ts` holds the bytes. Times named …Us are whole microseconds
 * since 1970 of the packets' own clock; …Ms are milliseconds of the engine's clock (monotonic, or the packets' time
 * when a file is read); packet times that must keep nanoseconds are two fields.
 */

/** An address: 4 bytes for IPv4, 16 for IPv6, network order. */
export type AddressBytes = Uint8Array

/**
 * An entry as it stands. The reply tuple is the original's inverse unless `replySport`/`replyDport` say otherwise
 * (ICMP: the paired type; GRE: keys).
 */
export type ConnectionRecord = {
  /** Unique over engines and epochs of one run; the same for the same file every time. */
  id: number
  zone: number
  l3: 4 | 6
  l4: number
  src: AddressBytes
  dst: AddressBytes
  /** TCP … ports; ICMP: id; GRE: source key. */
  sport: number
  /** TCP … ports; ICMP: type << 8 | code; GRE: destination key. */
  dport: number
  replySport: number
  replyDport: number
  /** Status bits. */
  status: number
  /** TCP or SCTP state number; 0 for others. */
  protoState: number
  /** What the next packet in the original direction would be. */
  ctState: CtState
  /** '' when none. */
  helper: string
  /** Id of the master connection, 0: none. */
  master: number
  /** By direction. */
  packets: [number, number]
  bytes: [number, number]
  invalidPackets: number
  /** When it expires, engine clock. */
  deadlineMs: number
  /** The timeout that was set at the last refresh, s: what the age bar runs against. */
  timeoutS: number
  firstSeenUs: number
  lastSeenUs: number
  /** The first time since which loss may have hidden packets of it; 0: never. */
  uncertainSinceUs: number
  /** Number of its latest packet in the packet ring, -1: none. */
  lastPacket: number
  /** Reason of its latest transition. */
  reason: number
  reasonArgs: ReasonArgs
}

/** One event, in the kernel's order; exactly one of connection and expectation is the subject. */
export type TransitionRecord = {
  /** Engine's own count from 1, without gaps. */
  seq: number
  seconds: number
  nanoseconds: number
  kind: EventKind
  /** EventBit's, for connections. */
  bits: number
  /** For expectation events: the master's id. */
  connection: number
  /** 0 for connection events. */
  expectation: number
  /** The packet that caused it, -1: none (a timeout). */
  packet: number
  dir: Dir
  /** Before and after. */
  fromCtState: CtState
  toCtState: CtState
  fromProtoState: number
  toProtoState: number
  /** Status bits after. */
  status: number
  timeoutS: number
  reason: number
  reasonArgs: ReasonArgs
  /** EndCause for DESTROY, ExpEndCause for EXP_DESTROY, else 0. */
  cause: EndCause | ExpEndCause
}

/** An expectation when it is raised. */
export type ExpectationRecord = {
  /** As connection ids, from a count of their own. */
  id: number
  zone: number
  master: number
  l3: 4 | 6
  l4: number
  src: AddressBytes
  dst: AddressBytes
  sport: number
  dport: number
  maskSrc: AddressBytes
  maskSport: number
  class: number
  /** PERMANENT 1, INACTIVE 2, USERSPACE 4. */
  flags: number
  helper: string
  timeoutS: number
  deadlineMs: number
  raisedUs: number
  /** The packet that raised it. */
  packet: number
}

/** An expectation's end. */
export type ExpectationEnd = {
  id: number
  cause: ExpEndCause
  atUs: number
  /** The connection that met it, 0: none. */
  child: number
  packet: number
}

/** An entry's end: its last record, and why. The connection stays visible for a while as an ended one. */
export type ConnectionEnd = { record: ConnectionRecord; cause: EndCause; atUs: number }

/** A packet's summary, as the packet ring keeps it. */
export type PacketRecord = {
  /** Number of the frame in this engine, from 0. */
  index: number
  seconds: number
  nanoseconds: number
  wireLen: number
  capLen: number
  ifIndex: number
  l3: 0 | 4 | 6
  l4: number
  src: AddressBytes
  dst: AddressBytes
  sport: number
  dport: number
  /** 0: no connection. */
  connection: number
  ctState: CtState
  dir: Dir
  protoStateAfter: number
  tcpFlags: number
  seq: number
  ack: number
  window: number
  payloadLen: number
  wouldDrop: DropCause
  reason: number
  reasonArgs: ReasonArgs
}

/** A line of an FTP control connection, or what a negotiation on it led to. */
export type FtpRecord = {
  connection: number
  seconds: number
  nanoseconds: number
  packet: number
  dir: Dir
  kind: 'command' | 'reply' | 'tls' | 'negotiation'
  /** The line without its end; passwords blanked, control characters as they came. '' for a negotiation. */
  text: string
  negotiation?: {
    mode: 'PORT' | 'EPRT' | 'PASV' | 'EPSV'
    /** As announced. */
    address: string
    port: number
    /** 0: none was raised; then `reason` says why. */
    expectation: number
    reason: number
    reasonArgs: ReasonArgs
  }
}

/** Counts since the engine's start. */
export type EngineStats = {
  packets: number
  bytes: number
  /** By CtState number. */
  states: number[]
  /** By reason index. */
  reasons: Record<number, number>
  /** By DecodeStatus number. */
  decode: number[]
  dropped: { ring: number; interface: number; engine: number }
  received: number
  entries: number
  limit: number
  expectations: number
  transitions: number
  earlyDrops: number
  fragmentsHeld: number
  /** Every bound that was hit, by name: count. */
  limits: Record<string, number>
}

/** Ten times a second at most: all that happened since the last batch, in one frame. */
export type Batch = {
  /** From 1, without gaps: a gap is a defect or a lost engine. */
  seq: number
  clockMs: number
  /** The newest packet's time, and the wall clock when the batch was made. */
  packetUs: number
  wallUs: number
  born: ConnectionRecord[]
  /** Whole records of entries that changed. */
  changed: ConnectionRecord[]
  ended: ConnectionEnd[]
  transitions: TransitionRecord[]
  /** Those that were raised; again those whose helper changed their flags or timeout, which no transition tells. */
  expectationsRaised: ExpectationRecord[]
  expectationsEnded: ExpectationEnd[]
  ftp: FtpRecord[]
  /** Only while the server asked for them (`packets` command); newest are kept when there are too many. */
  packets: PacketRecord[]
  packetsSkipped: number
  stats: EngineStats
}

/** What the engine says once it has opened its source and dropped its rights. */
export type EngineReady = {
  version: number
  epoch: number
  pid: number
  uid: number
  gid: number
  /** Names, empty when it is as it must be. */
  capabilities: string[]
  threads: number
  interfaces: string[]
  linkTypes: number[]
  snaplen: number
  bufferBytes: number
  libpcap: string
  settings: Settings
  helpers: HelperAssignment[]
  /** Things a person should know: a smaller buffer than asked, a promiscuous refusal … */
  notes: string[]
}

export type EngineErrorMessage = { code: string; message: string; hint: string }

/** Engine → server. */
export type EngineMessage =
  | { type: 'ready'; ready: EngineReady }
  | { type: 'batch'; batch: Batch }
  | { type: 'answer'; request: number; packets?: PacketRecord[]; error?: EngineErrorMessage }
  /** The source's condition: `running` again after `down`; `ended` is a file's end. */
  | { type: 'source'; state: 'running' | 'paused' | 'down' | 'ended'; note: string }
  /** The engine is about to exit. */
  | { type: 'failed'; error: EngineErrorMessage }

/** What needs no right, and so comes from the server: an engine opens its source before it hears of it. */
export type EngineConfiguration = {
  /** Given back in `ready`. */
  epoch: number
  /** Its first connection's id is one more; its first expectation's too. */
  idBase: number
  /** Zone of every packet; 'interface': of each packet's interface index (on `any`). */
  zone: number | 'interface'
  settings: Settings
  helpers: HelperAssignment[]
  /** BPF; '' takes all. Live only. */
  filter: string
  /** The dashboard's own connections, to be left out: TCP of this port at one of these addresses. */
  own: { port: number; addresses: string[] } | null
  /** Files only. */
  replay: ReplayPace
}

export type ReplayPace = {
  playing: boolean
  /** Times the file's own pace; 0: as fast as it goes. */
  speed: number
  /** Goes there first as fast as it can: packet time, µs; 0: nowhere. */
  skipToUs: number
}

/** Server → engine. Each with a `request` number is answered. */
export type EngineCommand =
  /** The first of all; the engine says nothing before it, and answers with `ready` or `failed`. */
  | { type: 'configure'; configuration: EngineConfiguration }
  | { type: 'filter'; request: number; filter: string }
  | { type: 'run'; request: number; running: boolean }
  /** Replay only. */
  | { type: 'speed'; request: number; pace: ReplayPace }
  | { type: 'watch-packets'; watch: boolean }
  /** A connection's packets, oldest first, by the ring's links. `last` is its record's `lastPacket`. */
  | { type: 'connection-packets'; request: number; connection: number; last: number; limit: number }
  /** Ring records before `before` (newest: Infinity), newest first. */
  | { type: 'packets'; request: number; before: number; limit: number }
  | { type: 'stop' }
