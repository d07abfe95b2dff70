/** Breaks of the state tables: each cell twice, once to INVALID (or from it), once to what is close by. */
import { SCTP_INVALID, SCTP_NEXT } from '../../../src/conntrack/proto/sctp-table.ts'
import { TCP_INVALID, TCP_NEXT } from '../../../src/conntrack/proto/tcp-table.ts'
import { SCTP_STATE_NAMES, TCP_STATE_NAMES } from '../../../src/model/index.ts'

export type TableBreak = { name: string; apply: () => void; undo: () => void }

const TCP_CLASSES = ['SYN', 'SYN-ACK', 'FIN', 'ACK', 'RST']
// prettier-ignore
const SCTP_CHUNKS = [
  'INIT', 'INIT-ACK', 'ABORT', 'SHUTDOWN', 'SHUTDOWN-ACK', 'ERROR', 'COOKIE-ECHO', 'COOKIE-ACK', 'SHUTDOWN-COMPLETE', 'HEARTBEAT', 'HEARTBEAT-ACK',
]

export const tcpBreaks = () => breaksOf('TCP', TCP_NEXT, TCP_CLASSES, TCP_STATE_NAMES, TCP_INVALID)
export const sctpBreaks = () => breaksOf('SCTP', SCTP_NEXT, SCTP_CHUNKS, SCTP_STATE_NAMES, SCTP_INVALID)

function breaksOf(title: string, table: Uint8Array, rows: readonly string[], states: readonly string[], invalid: number): TableBreak[] {
  const word = (value: number) => states[value] ?? (value === invalid ? 'INVALID' : 'ignored')
  const out: TableBreak[] = []
  for (let at = 0; at < table.length; at++) {
    const state = at % states.length
    const row = Math.floor(at / states.length) % rows.length
    const dir = Math.floor(at / states.length / rows.length)
    // The first packet of an entry is original: there is no such cell.
    if (dir === 1 && state === 0) continue
    const right = table[at]!
    const stays = Math.max(state, 1)
    const near = right === stays ? (stays % (states.length - 1)) + 1 : stays
    for (const wrong of new Set([right === invalid ? near : invalid, near])) {
      out.push({
        name: `${title} ${dir === 0 ? 'original' : 'reply'} ${rows[row]} in ${states[state]}: ${word(right)} becomes ${word(wrong)}`,
        apply: () => {
          table[at] = wrong
        },
        undo: () => {
          table[at] = right
        },
      })
    }
  }
  return out
}
