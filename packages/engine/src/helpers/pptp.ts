/**
 * The PPTP helper (CONNTRACK.md 8.6; RFC 2637): the control connection's dialogue gives the call ids of the GRE packets
 * that carry the tunnel.
 */
import type { Expectation } from '../conntrack/expectation.ts'
import { TupleKey } from '../conntrack/tuple-key.ts'
import { CtState, Dir, DropCause, L4, Reason } from '../model/index.ts'
import { u16, u32 } from '../wire/bytes.ts'
import type { Helper, HelperCall, MasterEnd } from './helper.ts'
import { payloadAt } from './payload.ts'

const TYPE_AT = 2
const MAGIC_AT = 4
const MESSAGE_AT = 8
const BODY_AT = 12
const CONTROL_MESSAGE = 1
const MAGIC = 0x1a2b3c4d

const Message = {
  StartRequest: 1,
  StartReply: 2,
  StopRequest: 3,
  StopReply: 4,
  OutCallRequest: 7,
  OutCallReply: 8,
  InCallRequest: 9,
  InCallReply: 10,
  InCallConnected: 11,
  CallClear: 12,
  Disconnect: 13,
} as const
/** Least bytes of a message's body, by message type from 1 on. */
const BODY_LEN = [144, 144, 4, 4, 0, 0, 156, 20, 208, 12, 16, 4, 136, 28, 12] as const
/** Who sends it; not listed: either. */
const SENDER: ReadonlyMap<number, Dir> = new Map([
  [Message.StartRequest, Dir.Original],
  [Message.StartReply, Dir.Reply],
  [Message.StopRequest, Dir.Original],
  [Message.StopReply, Dir.Reply],
  [Message.OutCallRequest, Dir.Original],
  [Message.OutCallReply, Dir.Reply],
  [Message.InCallRequest, Dir.Reply],
  [Message.InCallReply, Dir.Original],
  [Message.InCallConnected, Dir.Reply],
  [Message.CallClear, Dir.Original],
  [Message.Disconnect, Dir.Reply],
])
const RESULT_OK = 1

/** In this order. */
const Session = { None: 0, Error: 1, StopRequested: 2, Requested: 3, Confirmed: 4 } as const
type Session = (typeof Session)[keyof typeof Session]
const CallState = { None: 0, OutRequested: 1, OutConfirmed: 2, InRequested: 3, InReplied: 4, InConfirmed: 5, ClearRequested: 6 } as const
type CallState = (typeof CallState)[keyof typeof CallState]

/** The dialogue of one control connection; the client (PNS) is its originator. */
type Dialogue = { session: Session; call: CallState; pnsId: number; pacId: number }

const MAX_EXPECTED = 2
const TIMEOUT_S = 300

export class PptpHelper implements Helper {
  readonly name = 'pptp'
  readonly l3 = [4] as const
  readonly l4 = L4.Tcp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: TIMEOUT_S }]

  /** By connection; none: nothing was said. */
  private readonly dialogues = new Map<number, Dialogue>()
  private readonly $tuple = new TupleKey()

  help(call: HelperCall): DropCause {
    if (call.state !== CtState.Established) return DropCause.None
    const { packet } = call
    const b = packet.bytes
    const at = payloadAt(packet, L4.Tcp)
    const bodyLen = packet.l4End - at - BODY_AT
    if (bodyLen < 0 || u16(b, at + TYPE_AT) !== CONTROL_MESSAGE || u32(b, at + MAGIC_AT) !== MAGIC) return DropCause.None
    const message = u16(b, at + MESSAGE_AT)
    const needed = BODY_LEN[message - 1]
    if (needed === undefined || bodyLen < needed) return DropCause.None
    if (SENDER.has(message) && SENDER.get(message) !== call.dir) {
      const { session, call: state } = this.dialogue(call.connection)
      call.note(Reason.PPTP_UNFIT, message, session, state)
      return DropCause.None
    }
    this.follow(call, message, at + BODY_AT)
    return DropCause.None
  }

  forget(connection: number, end: MasterEnd): void {
    const dialogue = this.dialogues.get(connection)
    this.dialogues.delete(connection)
    this.endCall(end, connection, dialogue?.pnsId ?? 0, dialogue?.pacId ?? 0)
  }

  private dialogue(connection: number): Dialogue {
    let dialogue = this.dialogues.get(connection)
    if (dialogue === undefined)
      this.dialogues.set(connection, (dialogue = { session: Session.None, call: CallState.None, pnsId: 0, pacId: 0 }))
    return dialogue
  }

  private follow(call: HelperCall, message: number, body: number): void {
    const b = call.packet.bytes
    const d = this.dialogue(call.connection)
    const isConfirmed = d.session === Session.Confirmed
    const callId = u16(b, body)
    const peerId = u16(b, body + 2)
    const unfit = () => call.note(Reason.PPTP_UNFIT, message, d.session, d.call)
    const refused = (result: number) => call.note(Reason.PPTP_REFUSED, message, result)
    switch (message) {
      case Message.StartRequest:
        if (d.session !== Session.None) unfit()
        else d.session = Session.Requested
        break
      case Message.StartReply: {
        if (d.session < Session.Requested) return unfit()
        const result = b[body + 2]!
        d.session = result === RESULT_OK ? Session.Confirmed : Session.Error
        if (result !== RESULT_OK) refused(result)
        break
      }
      case Message.StopRequest:
        d.session = Session.StopRequested
        break
      case Message.StopReply: {
        if (d.session > Session.StopRequested) return unfit()
        const result = b[body]!
        d.session = result === RESULT_OK ? Session.None : Session.Error
        break
      }
      case Message.OutCallRequest:
        if (!isConfirmed) return unfit()
        d.pnsId = callId
        d.call = CallState.OutRequested
        break
      case Message.OutCallReply: {
        if (!isConfirmed || (d.call !== CallState.OutRequested && d.call !== CallState.OutConfirmed)) return unfit()
        if (peerId !== d.pnsId) return call.note(Reason.PPTP_OTHER_CALL, message, peerId, d.pnsId)
        const result = b[body + 4]!
        if (result !== RESULT_OK) {
          d.call = CallState.None
          return refused(result)
        }
        d.pacId = callId
        d.call = CallState.OutConfirmed
        this.expectGre(call, d)
        break
      }
      case Message.InCallRequest:
        if (!isConfirmed) return unfit()
        d.pacId = callId
        d.call = CallState.InRequested
        break
      case Message.InCallReply: {
        if (d.call !== CallState.InRequested && d.call !== CallState.InReplied) return unfit()
        if (peerId !== d.pacId) return call.note(Reason.PPTP_OTHER_CALL, message, peerId, d.pacId)
        const result = b[body + 4]!
        if (result !== RESULT_OK) {
          d.call = CallState.None
          return refused(result)
        }
        d.pnsId = callId
        d.call = CallState.InReplied
        break
      }
      case Message.InCallConnected:
        if (!isConfirmed || (d.call !== CallState.InReplied && d.call !== CallState.InConfirmed)) return unfit()
        // The first field is the receiver's id.
        if (callId !== d.pnsId) return call.note(Reason.PPTP_OTHER_CALL, message, callId, d.pnsId)
        d.call = CallState.InConfirmed
        this.expectGre(call, d)
        break
      case Message.CallClear:
        if (!isConfirmed) return unfit()
        d.call = CallState.ClearRequested
        break
      case Message.Disconnect:
        d.call = CallState.None
        this.endCall(call, call.connection, d.pnsId, d.pacId)
        break
    }
  }

  /** Both directions and their keys, or nothing. */
  private expectGre(call: HelperCall, { pnsId, pacId }: Dialogue): void {
    const { greKeys, connection } = call
    const raised: Expectation[] = []
    const isDone =
      this.expectDirection(call, Dir.Original, pnsId, pacId, raised) &&
      this.expectDirection(call, Dir.Reply, pacId, pnsId, raised) &&
      greKeys.add(connection, Dir.Original, raised[0]!.tuple)
    if (isDone) {
      if (greKeys.add(connection, Dir.Reply, raised[1]!.tuple)) {
        call.note(Reason.EXPECTATIONS_RAISED, raised.length, raised[0]!.id)
        return
      }
      greKeys.forget(connection)
    }
    for (const expectation of raised.reverse()) call.remove(expectation)
    call.note(Reason.PPTP_CLASH, pnsId, pacId)
  }

  private expectDirection(call: HelperCall, dir: Dir, sourceKey: number, destinationKey: number, raised: Expectation[]): boolean {
    const tuple = this.greTuple(call.tuple[dir], sourceKey, destinationKey)
    const { expectation } = call.expect({ tuple, maskSrc: true, maskSport: 0xffff, class: 0, flags: 0, endsInverse: true })
    if (expectation !== null) raised.push(expectation)
    return expectation !== null
  }

  private endCall(world: MasterEnd, connection: number, pnsId: number, pacId: number): void {
    world.greKeys.forget(connection)
    world.endSibling(this.greTuple(world.tuple[Dir.Original], pnsId, pacId))
    world.endSibling(this.greTuple(world.tuple[Dir.Reply], pacId, pnsId))
  }

  private greTuple(ends: TupleKey, sourceKey: number, destinationKey: number): TupleKey {
    const tuple = this.$tuple
    tuple.set(ends)
    tuple.l4 = L4.Gre
    tuple.sport = sourceKey
    tuple.dport = destinationKey
    return tuple
  }
}
