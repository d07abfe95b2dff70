/** The helper for H.225.0 call signalling in Q.931 messages (CONNTRACK.md 8.8). */
import { CtState, DropCause, L4, Reason } from '../../model/index.ts'
import type { Helper, HelperCall } from '../helper.ts'
import { payloadAt } from '../payload.ts'
import { expectFromPeer, field, h225Address, isSenders } from './announcements.ts'
import { followH245, followOpenChannel } from './h245.ts'
import type { PerRecord, PerValue } from './per.ts'
import { TpktReader } from './tpkt.ts'
import { userInformation } from './user-information.ts'

const MAX_EXPECTED = 20
const TIMEOUT_S = 240

/** Messages that may announce H.245's address and open channels. */
const ANNOUNCING = ['setup', 'callProceeding', 'connect', 'alerting', 'progress', 'facility'] as const
/** Elements of a message that count. */
const MAX_FAST_START = 30
const MAX_TUNNELLED = 4

export class Q931Helper implements Helper {
  readonly name = 'Q.931'
  readonly l3 = [4, 6] as const
  readonly l4 = L4.Tcp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: TIMEOUT_S }]

  private readonly tpkt = new TpktReader()

  help(call: HelperCall): DropCause {
    if (call.state !== CtState.Established) return DropCause.None
    const { tpkt } = this
    const { packet } = call
    const b = packet.bytes
    let isFound = tpkt.first(b, payloadAt(packet, L4.Tcp), packet.l4End, call.connection, call.dir)
    for (; isFound; isFound = tpkt.next(b, packet.l4End)) {
      const information = userInformation(b, tpkt.at, tpkt.end)
      if (information === undefined) {
        call.note(Reason.H323_UNDECODABLE)
        break
      }
      const drop = followSignalling(call, information)
      if (drop !== DropCause.None) return drop
    }
    return DropCause.None
  }

  forget(connection: number): void {
    this.tpkt.forget(connection)
  }
}

function followSignalling(call: HelperCall, information: PerRecord): DropCause {
  const pdu = field(information, 'h323-uu-pdu')
  const body = field(pdu, 'h323-message-body')
  for (const name of ANNOUNCING) {
    const message = field(body, name)
    if (message === undefined || message === null) continue
    const drop = followMessage(call, message)
    if (drop !== DropCause.None) return drop
  }
  return forEach(field(pdu, 'h245Control'), MAX_TUNNELLED, (message) => followH245(call, message))
}

function followMessage(call: HelperCall, message: PerValue): DropCause {
  if (field(message, 'reason', 'callForwarded') !== undefined) return expectForwarded(call, message)
  const control = h225Address(call, field(message, 'h245Address'))
  if (control !== undefined && isSenders(call, control)) {
    const drop = expectFromPeer(call, control, L4.Tcp, 0, 'H.245')
    if (drop !== DropCause.None) return drop
  }
  return forEach(field(message, 'fastStart'), MAX_FAST_START, (channel) => followOpenChannel(call, channel))
}

/**
 * Where the caller is to call instead, whoever that is. Module parameter callforward_filter: the kernel raises none if its
 * own routes lead to both the same way; a capture has no routes.
 */
function expectForwarded(call: HelperCall, message: PerValue): DropCause {
  const announced = h225Address(call, field(message, 'alternativeAddress'))
  if (announced === undefined) return DropCause.None
  if (announced.port === 0) {
    call.note(Reason.ANNOUNCED_PORT_ZERO)
    return DropCause.None
  }
  return expectFromPeer(call, announced, L4.Tcp, 0, 'Q.931')
}

function forEach(list: PerValue | undefined, most: number, follow: (item: PerValue) => DropCause): DropCause {
  for (const item of ((list ?? []) as readonly PerValue[]).slice(0, most)) {
    const drop = follow(item)
    if (drop !== DropCause.None) return drop
  }
  return DropCause.None
}
