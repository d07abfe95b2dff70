/** The TFTP helper (CONNTRACK.md 8.1; RFC 1350): a server answers a request from a port of its own. */
import { TupleKey } from '../conntrack/tuple-key.ts'
import { Dir, DropCause, L4, Reason } from '../model/index.ts'
import { u16 } from '../wire/bytes.ts'
import type { Helper, HelperCall } from './helper.ts'
import { payloadAt } from './payload.ts'

const Opcode = { ReadRequest: 1, WriteRequest: 2 } as const
const MAX_EXPECTED = 1
const TIMEOUT_S = 300

export class TftpHelper implements Helper {
  readonly name = 'tftp'
  readonly l3 = [4, 6] as const
  readonly l4 = L4.Udp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: TIMEOUT_S }]

  private readonly $tuple = new TupleKey()

  help(call: HelperCall): DropCause {
    const { packet } = call
    const at = payloadAt(packet, L4.Udp)
    if (packet.l4End - at < 2) return DropCause.None
    const opcode = u16(packet.bytes, at)
    if (opcode !== Opcode.ReadRequest && opcode !== Opcode.WriteRequest) return DropCause.None
    const tuple = this.$tuple
    tuple.set(call.tuple[Dir.Reply])
    tuple.sport = 0
    const { expectation, refused } = call.expect({ tuple, maskSrc: true, maskSport: 0, class: 0, flags: 0 })
    if (expectation !== null) call.note(Reason.EXPECTATION_RAISED, expectation.id)
    return refused
  }
}
