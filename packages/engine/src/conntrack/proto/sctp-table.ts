import { compileStateTable } from './state-table.ts'

/** Chunk types that the tracker knows (RFC 9260 3.2). */
export const Chunk = {
  Data: 0,
  Init: 1,
  InitAck: 2,
  Heartbeat: 4,
  HeartbeatAck: 5,
  Abort: 6,
  Shutdown: 7,
  ShutdownAck: 8,
  Error: 9,
  CookieEcho: 10,
  CookieAck: 11,
  ShutdownComplete: 14,
} as const

export const SCTP_INVALID = 0xff

const STATES = ['NO', 'CL', 'CW', 'CE', 'ES', 'SS', 'SR', 'SA', 'HS']
const ROWS = [
  'init',
  'init-ack',
  'abort',
  'shutdown',
  'shutdown-ack',
  'error',
  'cookie-echo',
  'cookie-ack',
  'shutdown-complete',
  'heartbeat',
  'heartbeat-ack',
]

// Columns: NONE, CLOSED, COOKIE_WAIT, COOKIE_ECHOED, ESTABLISHED, SHUTDOWN_SENT, SHUTDOWN_RECD, SHUTDOWN_ACK_SENT,
// HEARTBEAT_SENT. IV: invalid, --: cannot happen, the first packet is original. CONNTRACK.md 5.5;
// in NONE with the chunks that may not begin an association.
const ORIGINAL = `
                     NO CL CW CE ES SS SR SA HS
  init               CL CL CW CE ES CL CL SA CW
  init-ack           CL CL CW CE ES SS SR SA CL
  abort              IV CL CL CL CL CL CL CL CL
  shutdown           CL CL CW CE SS SS SR SA CL
  shutdown-ack       SA CL CW CE ES SA SA SA SA
  error              CL CL CW CE ES SS SR SA CL
  cookie-echo        CL CL CE CE ES SS SR SA CL
  cookie-ack         IV CL CW ES ES SS SR SA CL
  shutdown-complete  IV CL CW CE ES SS SR CL CL
  heartbeat          HS CL CW CE ES SS SR SA HS
  heartbeat-ack      CL CL CW CE ES SS SR SA HS`
const REPLY = `
                     NO CL CW CE ES SS SR SA HS
  init               -- CL CW CE ES SS SR SA IV
  init-ack           -- CW CW CE ES SS SR SA IV
  abort              -- CL CL CL CL CL CL CL IV
  shutdown           -- CL CW CE SR SS SR SA IV
  shutdown-ack       -- CL CW CE ES SA SA SA IV
  error              -- CL CW CL ES SS SR SA IV
  cookie-echo        -- CL CE CE ES SS SR SA IV
  cookie-ack         -- CL CW ES ES SS SR SA IV
  shutdown-complete  -- CL CW CE ES SS SR CL IV
  heartbeat          -- CL CW CE ES SS SR SA HS
  heartbeat-ack      -- CL CW CE ES SS SR SA ES`

/** Cell by cell: direction, row, state before. */
export const SCTP_NEXT = compileStateTable([ORIGINAL, REPLY], ROWS, STATES, { IV: SCTP_INVALID, '--': SCTP_INVALID })

/** Row by chunk type; -1: the chunk leaves the state as it is. */
const ROW_OF = new Int8Array(256).fill(-1)
// prettier-ignore
;[
  Chunk.Init, Chunk.InitAck, Chunk.Abort, Chunk.Shutdown, Chunk.ShutdownAck, Chunk.Error,
  Chunk.CookieEcho, Chunk.CookieAck, Chunk.ShutdownComplete, Chunk.Heartbeat, Chunk.HeartbeatAck,
].forEach((type, row) => {
  ROW_OF[type] = row
})

/** The cell: a state, or SCTP_INVALID. */
export function sctpNext(dir: number, chunk: number, state: number): number {
  const row = ROW_OF[chunk]!
  return row < 0 ? state : SCTP_NEXT[(dir * ROWS.length + row) * STATES.length + state]!
}
