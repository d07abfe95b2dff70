/** H.245, on a connection of its own or carried in H.225.0: logical channels for media (CONNTRACK.md 8.8). */
import { ExpectFlag } from '../../conntrack/expectation.ts'
import { CtState, DropCause, L4, Reason } from '../../model/index.ts'
import type { Helper, HelperCall } from '../helper.ts'
import { payloadAt } from '../payload.ts'
import { expectFromPeer, expectMedia, field, h245Address, isSenders } from './announcements.ts'
import { H245_MESSAGE } from './h245-types.ts'
import { decodePer, type PerValue } from './per.ts'
import { TpktReader } from './tpkt.ts'

const MAX_EXPECTED = 18
const TIMEOUT_S = 240

export class H245Helper implements Helper {
  readonly name = 'H.245'
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
      const message = decodePer(H245_MESSAGE, b, tpkt.at, tpkt.end)
      if (message === undefined) {
        call.note(Reason.H323_UNDECODABLE)
        break
      }
      const drop = followH245(call, message)
      if (drop !== DropCause.None) return drop
    }
    return DropCause.None
  }

  forget(connection: number): void {
    this.tpkt.forget(connection)
  }
}

/** What one H.245 message leads to. */
export function followH245(call: HelperCall, message: PerValue): DropCause {
  const request = field(message, 'request', 'openLogicalChannel')
  if (request !== undefined) return followOpenChannel(call, request)
  const ack = field(message, 'response', 'openLogicalChannelAck')
  return ack === undefined ? DropCause.None : followOpenChannelAck(call, ack)
}

/** OpenLogicalChannel, as a message or as an element of fastStart. */
export function followOpenChannel(call: HelperCall, channel: PerValue): DropCause {
  const h2250 = ['multiplexParameters', 'h2250LogicalChannelParameters'] as const
  return (
    expectChannels(call, field(channel, 'forwardLogicalChannelParameters', ...h2250)) ||
    expectChannels(call, field(channel, 'reverseLogicalChannelParameters', ...h2250)) ||
    (isSeparateStack(channel) ? expectT120(call, channel) : DropCause.None)
  )
}

function followOpenChannelAck(call: HelperCall, ack: PerValue): DropCause {
  return (
    expectChannels(call, field(ack, 'reverseLogicalChannelParameters', 'multiplexParameters', 'h2250LogicalChannelParameters')) ||
    expectChannels(call, field(ack, 'forwardMultiplexAckParameters', 'h2250LogicalChannelAckParameters')) ||
    expectT120(call, ack)
  )
}

function expectChannels(call: HelperCall, parameters: PerValue | undefined): DropCause {
  return expectMedia(call, field(parameters, 'mediaChannel')) || expectMedia(call, field(parameters, 'mediaControlChannel'))
}

function isSeparateStack(channel: PerValue): boolean {
  const t120 = field(channel, 'forwardLogicalChannelParameters', 'dataType', 'data', 'application', 't120')
  return field(t120, 'separateLANStack') !== undefined
}

/** Data conferencing (T.120) takes TCP connections, any number of them. */
function expectT120(call: HelperCall, message: PerValue): DropCause {
  const announced = h245Address(call, field(message, 'separateStack', 'networkAddress', 'localAreaAddress'))
  if (announced === undefined || !isSenders(call, announced)) return DropCause.None
  return expectFromPeer(call, announced, L4.Tcp, ExpectFlag.Permanent)
}
