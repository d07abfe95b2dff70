/** Every bound of the server, with its default. Each is counted when it is hit. */
export type Limits = {
  /** Ended connections that stay visible; the oldest go first. */
  endedConnections: number
  /** Transitions kept for the feed and for `since`. */
  transitions: number
  /** Expectations that ended and stay visible. */
  endedExpectations: number
  /** FTP sessions kept, the ended ones first to go. */
  ftpSessions: number
  /** Lines kept of one FTP session. */
  ftpLines: number
  /** Transfers kept of one FTP session. */
  ftpTransfers: number
  /** Snapshots of ids that cursors name. */
  cursors: number
  cursorLifeMs: number
  /** WebSockets at a time. */
  clients: number
  /** TCP connections to the server at a time. */
  sockets: number
  subscriptionsPerClient: number
  /** Rows of a connections window. */
  windowRows: number
  /** Rows that one freeze keeps the former values of. */
  frozenRows: number
  /** Bytes of a message from a client. */
  clientMessageBytes: number
  /** Transitions in one message; more follow in the next tick. */
  transitionsPerMessage: number
  /** Packets in one message; others are counted. */
  packetsPerMessage: number
  /** Packets of one connection that its ladder holds. */
  ladderPackets: number
  tickMs: number
  /** Bytes waiting in a client's socket above which its updates are merged, and below which they go on. */
  mergeAboveBytes: number
  mergeBelowBytes: number
  /** Merged for this long: it gets a fresh snapshot when it reads again. */
  snapshotAfterMs: number
  /** Behind for this long: it is closed. */
  closeAfterMs: number
  bodyBytes: number
  urlBytes: number
}

export const DEFAULT_LIMITS: Limits = {
  endedConnections: 20_000,
  transitions: 65_536,
  endedExpectations: 1_000,
  ftpSessions: 1_000,
  ftpLines: 2_000,
  ftpTransfers: 500,
  cursors: 16,
  cursorLifeMs: 60_000,
  clients: 100,
  sockets: 500,
  subscriptionsPerClient: 16,
  windowRows: 500,
  frozenRows: 50_000,
  clientMessageBytes: 16_384,
  transitionsPerMessage: 2_000,
  packetsPerMessage: 200,
  ladderPackets: 500,
  tickMs: 100,
  mergeAboveBytes: 1_048_576,
  mergeBelowBytes: 131_072,
  snapshotAfterMs: 5_000,
  closeAfterMs: 30_000,
  bodyBytes: 65_536,
  urlBytes: 8_192,
}
