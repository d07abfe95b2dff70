/** The SANE helper (CONNTRACK.md 8.3): a scanner server names the port that a scan is read from. */
import { TupleKey } from '../conntrack/tuple-key.ts'
import { CtState, Dir, DropCause, L4, Reason } from '../model/index.ts'
import { u16, u32 } from '../wire/bytes.ts'
import type { Helper, HelperCall } from './helper.ts'
import { payloadAt } from './payload.ts'

const NET_START = 7
/** Of a request, and the least of an answer: status, zero, port. */
const MESSAGE_LEN = 8
const MAX_EXPECTED = 1
const TIMEOUT_S = 300

export class SaneHelper implements Helper {
  readonly name = 'sane'
  readonly l3 = [4, 6] as const
  readonly l4 = L4.Tcp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: TIMEOUT_S }]

  /** Connections that have asked for a start and wait for the answer. */
  private readonly started = new Set<number>()
  private readonly $tuple = new TupleKey()

  help(call: HelperCall): DropCause {
    if (call.state !== CtState.Established) return DropCause.None
    const { packet, connection } = call
    const b = packet.bytes
    const at = payloadAt(packet, L4.Tcp)
    const length = packet.l4End - at
    if (length === 0) return DropCause.None
    if (call.dir === Dir.Original) {
      if (length !== MESSAGE_LEN) return DropCause.None
      if (u32(b, at) === NET_START) this.started.add(connection)
      else this.started.delete(connection)
      return DropCause.None
    }
    if (!this.started.delete(connection)) return DropCause.None
    if (length < MESSAGE_LEN) {
      call.note(Reason.SANE_TOO_SHORT, length)
      return DropCause.None
    }
    const status = u32(b, at)
    if (status !== 0 || u16(b, at + 4) !== 0) {
      call.note(Reason.SANE_REFUSED, status)
      return DropCause.None
    }
    const tuple = this.$tuple
    tuple.set(call.tuple[Dir.Original])
    tuple.sport = 0
    tuple.dport = u16(b, at + 6)
    const { expectation, refused } = call.expect({ tuple, maskSrc: true, maskSport: 0, class: 0, flags: 0 })
    if (expectation !== null) call.note(Reason.EXPECTATION_RAISED, expectation.id)
    return refused
  }

  forget(connection: number): void {
    this.started.delete(connection)
  }
}
