/** The Amanda helper (CONNTRACK.md 8.4): a backup client names the ports that its server is to connect to. */
import { TupleKey } from '../conntrack/tuple-key.ts'
import { Dir, DropCause, L4, Reason } from '../model/index.ts'
import { Ascii, asciiBytes, Decimal, indexOf } from './ascii.ts'
import type { Helper, HelperCall } from './helper.ts'
import { payloadAt } from './payload.ts'

const CONNECT = asciiBytes('CONNECT ')
/** Each is looked for once, in this order. */
const STREAMS = ['DATA ', 'MESG ', 'INDEX ', 'STATE '].map(asciiBytes)
const MAX_PORT_DIGITS = 5
/** Module parameter master_timeout. */
const MASTER_TIMEOUT_S = 300
const MAX_EXPECTED = 4
const TIMEOUT_S = 180

export class AmandaHelper implements Helper {
  readonly name = 'amanda'
  readonly l3 = [4, 6] as const
  readonly l4 = L4.Udp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: TIMEOUT_S }]

  private readonly $tuple = new TupleKey()
  private readonly $number = new Decimal()

  help(call: HelperCall): DropCause {
    if (call.dir !== Dir.Reply) return DropCause.None
    call.refresh(MASTER_TIMEOUT_S)
    const { packet } = call
    const b = packet.bytes
    const connectAt = indexOf(b, payloadAt(packet, L4.Udp), packet.l4End, CONNECT)
    if (connectAt < 0) return DropCause.None
    const start = connectAt + CONNECT.length
    const end = b.indexOf(Ascii.Lf, start)
    if (end < 0 || end >= packet.l4End) {
      call.note(Reason.AMANDA_NO_LINE_END)
      return DropCause.None
    }
    const tuple = this.$tuple
    tuple.set(call.tuple[Dir.Original])
    tuple.l4 = L4.Tcp
    tuple.sport = 0
    let drop: DropCause = DropCause.None
    let raised = 0
    let first = 0
    for (const stream of STREAMS) {
      const found = indexOf(b, start, end, stream)
      if (found < 0) continue
      const digitsAt = found + stream.length
      const port = this.$number.read(b, digitsAt, Math.min(end, digitsAt + MAX_PORT_DIGITS)).value & 0xffff
      if (port === 0) break
      tuple.dport = port
      const { expectation, refused } = call.expect({ tuple, maskSrc: true, maskSport: 0, class: 0, flags: 0 })
      if (expectation === null) {
        drop = refused
        continue
      }
      if (raised++ === 0) first = expectation.id
    }
    if (raised > 0 && drop === DropCause.None) call.note(Reason.EXPECTATIONS_RAISED, raised, first)
    return drop
  }
}
