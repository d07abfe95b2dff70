import { EndCause, L4, SctpState, Status, TcpState } from '../model/index.ts'
import type { ConnTable } from './conn-table.ts'

/** Why an entry whose time ran out has ended: its protocol had ended before, or nothing came any more. */
export function endOfTime(table: ConnTable, slot: number): EndCause {
  const state = table.protoState(slot)
  switch (table.l4(slot)) {
    case L4.Tcp:
      if (state === TcpState.Close) return EndCause.Reset
      return state === TcpState.LastAck || state === TcpState.TimeWait ? EndCause.Closed : EndCause.Timeout
    case L4.Sctp:
      return state === SctpState.Closed && table.status(slot) & Status.Assured ? EndCause.Closed : EndCause.Timeout
    default:
      return EndCause.Timeout
  }
}
