import { compileStateTable } from './state-table.ts'

/** What a segment is by its flags (CONNTRACK.md 4.1); numbers for bookkeeping. */
export const TcpClass = { Syn: 0, SynAck: 1, Fin: 2, Ack: 3, Rst: 4, None: 5 } as const

/** No change of state, entry attached (CONNTRACK.md 4.5). */
export const TCP_IGNORE = 0xfe
export const TCP_INVALID = 0xff

const STATES = ['NO', 'SS', 'SR', 'ES', 'FW', 'CW', 'LA', 'TW', 'CL', 'S2']
/** Of TcpClass: a segment without any of these flags gets no further than the check of its flags. */
const CLASSES = ['syn', 'synack', 'fin', 'ack', 'rst']

// Columns: NONE, SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT, CLOSE_WAIT, LAST_ACK, TIME_WAIT, CLOSE, SYN_SENT2.
// ig: ignored, IV: invalid, --: cannot happen, the first packet is original. CONNTRACK.md 4.3.
const ORIGINAL = `
          NO SS SR ES FW CW LA TW CL S2
  syn     SS SS ig ig ig ig ig SS SS S2
  synack  IV IV SR IV IV IV IV IV IV SR
  fin     IV IV FW FW LA LA LA TW CL IV
  ack     ES IV ES ES CW CW TW TW CL IV
  rst     IV CL CL CL CL CL CL CL CL CL`
const REPLY = `
          NO SS SR ES FW CW LA TW CL S2
  syn     -- S2 IV IV IV IV IV SS IV S2
  synack  -- SR ig ig ig ig ig ig ig SR
  fin     -- IV FW FW LA LA LA TW CL IV
  ack     -- ig SR ES CW CW TW TW CL ig
  rst     -- CL CL CL CL CL CL CL CL CL`

/** Cell by cell: direction, class, state before. */
export const TCP_NEXT = compileStateTable([ORIGINAL, REPLY], CLASSES, STATES, { ig: TCP_IGNORE, IV: TCP_INVALID, '--': TCP_INVALID })

/** The cell: a state, TCP_IGNORE or TCP_INVALID. */
export function tcpNext(dir: number, segmentClass: number, state: number): number {
  return TCP_NEXT[(dir * CLASSES.length + segmentClass) * STATES.length + state]!
}
