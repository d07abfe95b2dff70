/**
 * The REST contract: each schema is the one source of the type, of validation and of OpenAPI.
 * Browsers import types only, so TypeBox stays out of their bundle. Within /api/v1 changes are additive.
 */
import { Type, type Static } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })

/** RFC 3339 in UTC with microseconds; packets' times have nanoseconds. */
export const Time = Type.String()

/** ct state words, as `iptables -m conntrack --ctstate` knows them; NONE: conntrack never got the packet. */
export const CtStateSchema = Type.Union([
  Type.Literal('NEW'),
  Type.Literal('ESTABLISHED'),
  Type.Literal('RELATED'),
  Type.Literal('INVALID'),
  Type.Literal('UNTRACKED'),
  Type.Literal('NONE'),
])
export type CtStateWord = Static<typeof CtStateSchema>

/** Why: a code of the catalogue, its numbers and the sentence made of both. */
export const ReasonSchema = Type.Object({
  code: Type.String(),
  text: Type.String(),
  args: Type.Array(Type.Number()),
})
export type Reason = Static<typeof ReasonSchema>

export const TupleSchema = Type.Object({
  src: Type.String(),
  /** ICMP: the echo id. GRE: the key. */
  sport: Count,
  dst: Type.String(),
  /** ICMP: type << 8 | code. */
  dport: Count,
})

export const DirectionSchema = Type.Object({ ...TupleSchema.properties, packets: Count, bytes: Count })

export const ConnectionSchema = Type.Object({
  id: Count,
  interface: Type.String(),
  zone: Count,
  l3: Type.Union([Type.Literal('ipv4'), Type.Literal('ipv6')]),
  /** Name, or the number as text. */
  l4: Type.String(),
  original: DirectionSchema,
  reply: DirectionSchema,
  /** What the next packet in the original direction would be. */
  state: CtStateSchema,
  /** TCP state's name, null for other protocols. */
  tcp: Nullable(Type.String()),
  sctp: Nullable(Type.String()),
  status: Type.Array(Type.String()),
  helper: Nullable(Type.String()),
  master: Nullable(Count),
  children: Type.Array(Count),
  /** Ids of expectations that wait now. */
  expectations: Type.Array(Count),
  /** Seconds left at `asOf` of the answer; null once ended. */
  timeout: Nullable(Type.Number()),
  /** Seconds that the last refresh set. */
  timeoutFull: Type.Number(),
  firstSeen: Time,
  lastSeen: Time,
  ended: Nullable(Type.Object({ at: Time, cause: Type.String() })),
  invalidPackets: Count,
  uncertainSince: Nullable(Time),
  /** Of the latest transition: what the column "Last change" says. */
  reason: ReasonSchema,
  /** States so far, oldest first, at most 16: the strip. `tcp`: the TCP or SCTP state; `at`: the time it began. */
  strip: Type.Array(Type.Object({ state: CtStateSchema, tcp: Nullable(Type.String()), at: Time })),
  communityId: Type.String(),
})
export type Connection = Static<typeof ConnectionSchema>

export const PacketSchema = Type.Object({
  /** Frame number within its engine. */
  index: Count,
  interface: Type.String(),
  /** With nanoseconds. */
  at: Time,
  wireLength: Count,
  capturedLength: Count,
  l3: Nullable(Type.Union([Type.Literal('ipv4'), Type.Literal('ipv6')])),
  l4: Nullable(Type.String()),
  src: Nullable(Type.String()),
  sport: Count,
  dst: Nullable(Type.String()),
  dport: Count,
  connection: Nullable(Count),
  state: CtStateSchema,
  direction: Nullable(Type.Union([Type.Literal('original'), Type.Literal('reply')])),
  /** TCP or SCTP state after it. */
  stateAfter: Nullable(Type.String()),
  /** E.g. "SYN ACK"; '' for other protocols. */
  tcpFlags: Type.String(),
  seq: Nullable(Count),
  ack: Nullable(Count),
  window: Nullable(Count),
  payloadLength: Count,
  wouldDrop: Nullable(Type.String()),
  reason: ReasonSchema,
})
export type Packet = Static<typeof PacketSchema>

export const TransitionSchema = Type.Object({
  /** The server's count over all engines, from 1, without gaps. */
  seq: Count,
  at: Time,
  event: Type.Union([
    Type.Literal('NEW'),
    Type.Literal('UPDATE'),
    Type.Literal('DESTROY'),
    Type.Literal('EXP_NEW'),
    Type.Literal('EXP_DESTROY'),
  ]),
  /** NEW RELATED REPLY ASSURED PROTOINFO HELPER DESTROY */
  bits: Type.Array(Type.String()),
  interface: Type.String(),
  /** For expectation events: the master. */
  connection: Count,
  expectation: Nullable(Count),
  packet: Nullable(Count),
  direction: Nullable(Type.Union([Type.Literal('original'), Type.Literal('reply')])),
  l4: Type.String(),
  /** The connection's original tuple; for expectation events the expected one. */
  original: TupleSchema,
  /** `tcp`: the TCP or SCTP state. Nulls before a NEW; after a DESTROY `tcp` is the state it ended in. */
  from: Type.Object({ state: Nullable(CtStateSchema), tcp: Nullable(Type.String()) }),
  to: Type.Object({ state: Nullable(CtStateSchema), tcp: Nullable(Type.String()) }),
  status: Type.Array(Type.String()),
  timeout: Nullable(Type.Number()),
  cause: Nullable(Type.String()),
  reason: ReasonSchema,
})
export type Transition = Static<typeof TransitionSchema>

export const ExpectationSchema = Type.Object({
  id: Count,
  interface: Type.String(),
  zone: Count,
  master: Count,
  helper: Type.String(),
  l4: Type.String(),
  tuple: TupleSchema,
  mask: Type.Object({ src: Type.String(), sport: Count }),
  class: Count,
  flags: Type.Array(Type.String()),
  raised: Time,
  packet: Count,
  /** Seconds left; null once it ended. */
  timeout: Nullable(Type.Number()),
  timeoutFull: Type.Number(),
  ended: Nullable(Type.Object({ at: Time, cause: Type.String(), child: Nullable(Count), packet: Nullable(Count) })),
})
export type Expectation = Static<typeof ExpectationSchema>

export const FtpNegotiationSchema = Type.Object({
  mode: Type.Union([Type.Literal('PORT'), Type.Literal('EPRT'), Type.Literal('PASV'), Type.Literal('EPSV')]),
  address: Type.String(),
  port: Count,
  expectation: Nullable(Count),
  /** Why none was raised; code NONE otherwise. */
  reason: ReasonSchema,
})

export const FtpLineSchema = Type.Object({
  at: Time,
  packet: Count,
  direction: Type.Union([Type.Literal('original'), Type.Literal('reply')]),
  kind: Type.Union([Type.Literal('command'), Type.Literal('reply'), Type.Literal('tls'), Type.Literal('negotiation')]),
  /** Passwords are blanked in the engine. */
  text: Type.String(),
  negotiation: Nullable(FtpNegotiationSchema),
})
export type FtpNegotiation = Static<typeof FtpNegotiationSchema>
export type FtpLine = Static<typeof FtpLineSchema>

export const FtpTransferSchema = Type.Object({
  /** The line that asked: RETR, STOR, LIST … with its argument. */
  verb: Type.String(),
  path: Type.String(),
  /** upload, download, listing. */
  kind: Type.Union([Type.Literal('upload'), Type.Literal('download'), Type.Literal('listing')]),
  at: Time,
  expectation: Nullable(Count),
  /** The data connection. */
  connection: Nullable(Count),
  /** On the data connection so far, in the direction of the transfer (L3). */
  bytes: Count,
  /** Bytes a second; null before it has begun. */
  rate: Nullable(Type.Number()),
  /** Last reply code: 150, 226, 426 …; null while none came. */
  replyCode: Nullable(Count),
})
export type FtpTransfer = Static<typeof FtpTransferSchema>

export const FtpSessionSchema = Type.Object({
  /** Id of the control connection. */
  id: Count,
  interface: Type.String(),
  client: Type.String(),
  server: Type.String(),
  port: Count,
  user: Nullable(Type.String()),
  encrypted: Type.Boolean(),
  started: Time,
  ended: Nullable(Time),
  /** One word on its health: works, waiting, idle; refused, no-expectation, expired, encrypted name a problem. */
  verdict: Type.String(),
  transfers: Type.Array(FtpTransferSchema),
  children: Type.Array(Count),
  bytes: Count,
})
export type FtpSession = Static<typeof FtpSessionSchema>

export const FtpSessionDetailSchema = Type.Object({
  ...FtpSessionSchema.properties,
  control: ConnectionSchema,
  lines: Type.Array(FtpLineSchema),
  linesDropped: Count,
  expectations: Type.Array(ExpectationSchema),
  connections: Type.Array(ConnectionSchema),
})
export type FtpSessionDetail = Static<typeof FtpSessionDetailSchema>

export const StatsSchema = Type.Object({
  asOf: Time,
  uptime: Type.Number(),
  packets: Count,
  bytes: Count,
  packetsPerSecond: Type.Number(),
  bitsPerSecond: Type.Number(),
  states: Type.Record(CtStateSchema, Count),
  dropped: Type.Object({ ring: Count, interface: Count, engine: Count }),
  entries: Count,
  /** Live entries by ct state: the footer. */
  entriesByState: Type.Object({ NEW: Count, ESTABLISHED: Count, RELATED: Count }),
  limit: Count,
  expectations: Count,
  ended: Count,
  reasons: Type.Record(Type.String(), Count),
  decode: Type.Record(Type.String(), Count),
  transitions: Count,
  earlyDrops: Count,
  ftpSessions: Count,
  /** Sessions whose verdict names a problem. */
  ftpProblems: Count,
  /** Bounds that were hit, by name. */
  limits: Type.Record(Type.String(), Count),
  engines: Type.Array(
    Type.Object({
      id: Count,
      interface: Type.String(),
      epoch: Count,
      pid: Count,
      uid: Count,
      capabilities: Type.Array(Type.String()),
      threads: Count,
      state: Type.String(),
      restarts: Count,
      /** When and how long nothing was seen because the engine was gone. */
      gaps: Type.Array(Type.Object({ from: Time, to: Nullable(Time), cause: Type.String() })),
      notes: Type.Array(Type.String()),
      settings: Type.Record(Type.String(), Type.Number()),
      helpers: Type.Array(Type.Object({ helper: Type.String(), l4: Type.String(), port: Count })),
    }),
  ),
  clients: Type.Array(Type.Object({ id: Count, subscriptions: Count, lagBytes: Count, merged: Count, snapshots: Count })),
})
export type Stats = Static<typeof StatsSchema>

export const InterfaceSchema = Type.Object({
  name: Type.String(),
  up: Type.Boolean(),
  loopback: Type.Boolean(),
  addresses: Type.Array(Type.String()),
  isDefault: Type.Boolean(),
  captured: Type.Boolean(),
  /** Null when it can be captured. */
  problem: Nullable(Type.Object({ message: Type.String(), hint: Type.String() })),
})
export type Interface = Static<typeof InterfaceSchema>

export const CaptureSchema = Type.Object({
  kind: Type.Union([Type.Literal('live'), Type.Literal('file')]),
  interfaces: Type.Array(Type.String()),
  file: Nullable(Type.String()),
  filter: Type.String(),
  running: Type.Boolean(),
  /** running, paused, down, restarting, ended, failed: of the worst engine. */
  state: Type.String(),
  note: Type.String(),
  /** What libpcap sees here, in one sentence. */
  viewpoint: Type.String(),
  /** File only: 0 = as fast as it goes. */
  replay: Nullable(Type.Object({ playing: Type.Boolean(), speed: Type.Number(), at: Nullable(Time) })),
})
export type Capture = Static<typeof CaptureSchema>

export const CaptureChangeSchema = Type.Object(
  {
    interfaces: Type.Optional(Type.Array(Type.String({ maxLength: 15 }), { minItems: 1, maxItems: 16 })),
    filter: Type.Optional(Type.String({ maxLength: 4096 })),
    running: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type CaptureChange = Static<typeof CaptureChangeSchema>

export const ErrorSchema = Type.Object({
  code: Type.String(),
  message: Type.String(),
  hint: Type.String(),
  /** Filter errors: where, from 1. */
  column: Type.Optional(Type.Integer({ minimum: 1 })),
})
export type ApiError = Static<typeof ErrorSchema>

/** A page of a stable snapshot of ids. */
export const Page = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({ items: Type.Array(item), total: Count, cursor: Nullable(Type.String()), asOf: Time })
export type Page<T> = { items: T[]; total: number; cursor: string | null; asOf: string }

const Text = (maxLength: number) => Type.String({ maxLength })
const Order = Type.Union([Type.Literal('asc'), Type.Literal('desc')])

const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  /** Of the page before; then nothing else but `limit` is looked at. */
  cursor: Type.Optional(Text(64)),
}

const EndedChoice = Type.Union([Type.Literal('true'), Type.Literal('false'), Type.Literal('only')])

export const ListQuerySchema = Type.Object(PageQuery, { additionalProperties: false })

export const ConnectionsQuerySchema = Type.Object(
  {
    filter: Type.Optional(Text(4096)),
    /** One of CONNECTION_SORTS; `born` unless said. */
    sort: Type.Optional(Text(64)),
    /** `desc` unless said. */
    order: Type.Optional(Order),
    ...PageQuery,
    ended: Type.Optional(EndedChoice),
    /** Other formats than json have no pages: all that matches, or the first `limit` of it. */
    format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('conntrack'), Type.Literal('csv'), Type.Literal('ndjson')])),
  },
  { additionalProperties: false },
)

export const PacketsQuerySchema = Type.Object({ filter: Type.Optional(Text(4096)), ...PageQuery }, { additionalProperties: false })

export const TransitionsQuerySchema = Type.Object(
  {
    filter: Type.Optional(Text(4096)),
    /** Those after this number, oldest first; without it the newest come first. */
    since: Type.Optional(Type.Integer({ minimum: 0 })),
    ...PageQuery,
    format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('conntrack'), Type.Literal('ndjson')])),
  },
  { additionalProperties: false },
)

export const ExpectationsQuerySchema = Type.Object(
  {
    ended: Type.Optional(EndedChoice),
    ...PageQuery,
    format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('conntrack')])),
  },
  { additionalProperties: false },
)

export const IdParamsSchema = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** What a connection has to do with others. Siblings have the same master. */
export const RelatedSchema = Type.Object({
  master: Nullable(ConnectionSchema),
  children: Type.Array(ConnectionSchema),
  siblings: Type.Array(ConnectionSchema),
  expectations: Type.Array(ExpectationSchema),
})
export type Related = Static<typeof RelatedSchema>

export const ConnectionPacketsSchema = Type.Object({
  items: Type.Array(PacketSchema),
  /** The ring no longer holds its oldest ones, or there are more than are given. */
  cut: Type.Boolean(),
  asOf: Time,
})

export const InterfacesSchema = Type.Object({ items: Type.Array(InterfaceSchema) })

export const ReplaySchema = Type.Object({ playing: Type.Boolean(), speed: Type.Number(), at: Nullable(Time) })
export type Replay = Static<typeof ReplaySchema>

export const ReplayChangeSchema = Type.Object(
  {
    playing: Type.Optional(Type.Boolean()),
    /** 0: as fast as it goes. */
    speed: Type.Optional(Type.Number({ minimum: 0, maximum: 1e6 })),
    /** RFC 3339; before the present position the file runs anew, with a new epoch. */
    at: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { additionalProperties: false },
)
