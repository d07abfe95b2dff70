/** The helper for RAS, by which endpoints register with a gatekeeper and ask to call (CONNTRACK.md 8.8; H.225.0 7.9 on). */
import { ExpectFlag } from '../../conntrack/expectation.ts'
import { DropCause, L4, Reason } from '../../model/index.ts'
import type { Helper, HelperCall } from '../helper.ts'
import { payloadAt } from '../payload.ts'
import { expectFromPeer, field, h225Address, isEnd } from './announcements.ts'
import { RAS_MESSAGE } from './h225-types.ts'
import { decodePer, type PerValue } from './per.ts'

const MAX_EXPECTED = 32
const EXPECT_TIMEOUT_S = 240
/** Module parameter default_rrq_ttl. */
const DEFAULT_TIME_TO_LIVE_S = 300
/** Left for the answer to an unregistration. */
const UNREGISTER_TIMEOUT_S = 30
/** Addresses of a message that count. */
const MAX_ADDRESSES = 10

/** How long a registration is to last. */
type Registration = { timeToLiveS: number }

export class RasHelper implements Helper {
  readonly name = 'RAS'
  readonly l3 = [4, 6] as const
  readonly l4 = L4.Udp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: EXPECT_TIMEOUT_S }]

  private readonly registrations = new Map<number, Registration>()

  help(call: HelperCall): DropCause {
    const { packet } = call
    const at = payloadAt(packet, L4.Udp)
    if (at >= packet.l4End) return DropCause.None
    const message = decodePer(RAS_MESSAGE, packet.bytes, at, packet.l4End)
    if (message === undefined) {
      call.note(Reason.H323_UNDECODABLE)
      return DropCause.None
    }
    return this.follow(call, message)
  }

  forget(connection: number): void {
    this.registrations.delete(connection)
  }

  private follow(call: HelperCall, message: PerValue): DropCause {
    const gatekeeperConfirm = field(message, 'gatekeeperConfirm')
    if (gatekeeperConfirm !== undefined) return expectGatekeeper(call, gatekeeperConfirm)
    const request = field(message, 'registrationRequest')
    if (request !== undefined) return this.registrationRequest(call, request)
    const confirm = field(message, 'registrationConfirm')
    if (confirm !== undefined) this.registrationConfirm(call, confirm)
    if (field(message, 'unregistrationRequest') !== undefined) this.unregistrationRequest(call)
    const admission = field(message, 'admissionConfirm')
    if (admission !== undefined) return expectCall(call, field(admission, 'destCallSignalAddress'), true)
    const location = field(message, 'locationConfirm')
    return location === undefined ? DropCause.None : expectCall(call, field(location, 'callSignalAddress'), false)
  }

  /** Calls come from the gatekeeper (module parameter gkrouted_only) to the first of the sender's own addresses. */
  private registrationRequest(call: HelperCall, request: PerValue): DropCause {
    const addresses = (field(request, 'callSignalAddress') as readonly PerValue[]).slice(0, MAX_ADDRESSES)
    const own = addresses
      .map((address) => h225Address(call, address))
      .find((announced) => announced !== undefined && announced.port !== 0 && isEnd(announced, call.tuple[call.dir], 0))
    const registration = this.registration(call.connection)
    if (own === undefined) call.note(Reason.ANNOUNCED_ADDRESS_DIFFERS)
    else {
      const drop = expectFromPeer(call, own, L4.Tcp, ExpectFlag.Permanent, 'Q.931')
      if (drop !== DropCause.None) return drop
    }
    registration.timeToLiveS = (field(request, 'timeToLive') as number | undefined) ?? DEFAULT_TIME_TO_LIVE_S
    return DropCause.None
  }

  /** The connection's time becomes that of the registration; the expectation keeps its own, whatever CONNTRACK.md 8.8 says. */
  private registrationConfirm(call: HelperCall, confirm: PerValue): void {
    const registration = this.registration(call.connection)
    registration.timeToLiveS = (field(confirm, 'timeToLive') as number | undefined) ?? registration.timeToLiveS
    if (registration.timeToLiveS === 0) return
    call.refresh(registration.timeToLiveS)
  }

  private unregistrationRequest(call: HelperCall): void {
    const own = [...call.own()]
    for (const expectation of own) call.remove(expectation)
    if (own.length > 0) call.note(Reason.EXPECTATIONS_REMOVED, own.length)
    call.refresh(UNREGISTER_TIMEOUT_S)
  }

  private registration(connection: number): Registration {
    let registration = this.registrations.get(connection)
    if (registration === undefined) this.registrations.set(connection, (registration = { timeToLiveS: 0 }))
    return registration
  }
}

/** A gatekeeper that is to be asked at another address or port than this one's. */
function expectGatekeeper(call: HelperCall, confirm: PerValue): DropCause {
  const announced = h225Address(call, field(confirm, 'rasAddress'))
  if (announced === undefined || call.isExpected) return DropCause.None
  const own = call.tuple[call.dir]
  if (isEnd(announced, own, 0) && announced.port === own.sport) return DropCause.None
  return expectFromPeer(call, announced, L4.Udp, 0, 'RAS')
}

/** The call that was asked for; `isAdmission`: not one that the asker itself answers. */
function expectCall(call: HelperCall, address: PerValue | undefined, isAdmission: boolean): DropCause {
  const announced = h225Address(call, address)
  if (announced === undefined || (isAdmission && isEnd(announced, call.tuple[call.dir], 4))) return DropCause.None
  return expectFromPeer(call, announced, L4.Tcp, ExpectFlag.Permanent, 'Q.931')
}
