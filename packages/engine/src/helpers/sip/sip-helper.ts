/** The SIP helper (CONNTRACK.md 8.7; RFC 3261): calls announce where their media go, registrations where calls may come in. */
import { ExpectFlag } from '../../conntrack/expectation.ts'
import { TupleKey } from '../../conntrack/tuple-key.ts'
import { CtState, Dir, DropCause, L4, Reason } from '../../model/index.ts'
import { Ascii, asciiBytes, indexOf, isLetter, startsWithIgnoringCase } from '../ascii.ts'
import type { ExpectResult, Helper, HelperCall } from '../helper.ts'
import { payloadAt } from '../payload.ts'
import type { SipAddress } from './address.ts'
import { Contacts, Expiry } from './contacts.ts'
import { HeaderNumber, SipHeader } from './headers.ts'
import { SipNumber } from './number.ts'
import { MAX_MEDIA, MediaResult, SessionDescription } from './sdp.ts'

const VERSION = asciiBytes('sip/2.0 ')
const END_OF_HEADERS = asciiBytes('\r\n\r\n')
const MIN_MESSAGE_LEN = 'SIP/2.0 200'.length

const Method = { Invite: 0, Update: 1, Ack: 2, Prack: 3, Bye: 4, Register: 5 } as const
type Method = (typeof Method)[keyof typeof Method]
const METHODS = ['invite', 'update', 'ack', 'prack', 'bye', 'register'].map(asciiBytes)

/** Module parameter sip_timeout, s. */
const MASTER_TIMEOUT_S = 3600
const EXPECT_TIMEOUT_S = 180
const SIGNALLING = 0
/** By class: signalling, audio, video, image. */
const MAX_EXPECTED = [1, 4, 4, 2] as const

/** CSeq of the latest request that was accepted. */
type Dialogue = { invite: number; register: number }

export class SipHelper implements Helper {
  readonly name = 'sip'
  readonly l3 = [4, 6] as const
  readonly l4: number
  readonly policies = MAX_EXPECTED.map((maxExpected) => ({ maxExpected, timeoutS: EXPECT_TIMEOUT_S }))

  /** By connection; none: both are 0. */
  private readonly dialogues = new Map<number, Dialogue>()
  private readonly $cseq = new HeaderNumber()
  private readonly $number = new HeaderNumber()
  private readonly $code = new SipNumber()
  private readonly $contacts = new Contacts()
  private readonly $session = new SessionDescription()
  private readonly $tuple = new TupleKey()

  constructor(l4: number) {
    this.l4 = l4
  }

  help(call: HelperCall): DropCause {
    if (this.l4 === L4.Tcp && call.state !== CtState.Established) return DropCause.None
    const { packet } = call
    const at = payloadAt(packet, this.l4)
    const end = packet.l4End
    if (at >= end) return DropCause.None
    call.refresh(MASTER_TIMEOUT_S)
    if (end - at < MIN_MESSAGE_LEN) return DropCause.None
    return this.l4 === L4.Tcp ? this.segment(call, at, end) : this.message(call, at, end)
  }

  forget(connection: number): void {
    this.dialogues.delete(connection)
  }

  /** Each whole message of a TCP segment. */
  private segment(call: HelperCall, at: number, end: number): DropCause {
    const { bytes: b } = call.packet
    const length = this.$number
    while (at < end) {
      if (!length.read(b, at, end, SipHeader.ContentLength)) {
        call.note(Reason.SIP_NO_LENGTH)
        return DropCause.None
      }
      const headersEnd = indexOf(b, length.end, end, END_OF_HEADERS)
      const next = headersEnd + END_OF_HEADERS.length + length.value
      if (headersEnd < 0 || next > end) {
        call.note(Reason.SIP_INCOMPLETE)
        return DropCause.None
      }
      const drop = this.message(call, at, next)
      if (drop !== DropCause.None) return drop
      at = next
    }
    return DropCause.None
  }

  private message(call: HelperCall, at: number, end: number): DropCause {
    if (startsWithIgnoringCase(call.packet.bytes, at, end, VERSION)) return this.response(call, at, end)
    return this.request(call, at, end)
  }

  private request(call: HelperCall, at: number, end: number): DropCause {
    const { bytes: b } = call.packet
    const method = methodAt(b, at, end)
    if (method < 0) return DropCause.None
    const target = at + METHODS[method]!.length
    if (target + 1 >= end || b[target] !== Ascii.Space || !isLetter(b[target + 1]!)) return DropCause.None
    if (!this.$cseq.read(b, at, end, SipHeader.CSeq)) return reject(call, Reason.SIP_NO_CSEQ)
    const cseq = this.$cseq.value
    switch (method as Method) {
      case Method.Invite: {
        removeMedia(call)
        const drop = this.media(call, at, end)
        if (drop === DropCause.None) this.dialogue(call).invite = cseq
        return drop
      }
      case Method.Bye:
        removeMedia(call)
        return DropCause.None
      case Method.Register:
        return this.registration(call, at, end, cseq)
      default:
        return this.media(call, at, end)
    }
  }

  private response(call: HelperCall, at: number, end: number): DropCause {
    const { bytes: b } = call.packet
    const isNumber = this.$code.read(b, at + VERSION.length, end)
    const code = this.$code.value
    if (!isNumber || code === 0) return reject(call, Reason.SIP_BAD_STATUS)
    if (!this.$cseq.read(b, at, end, SipHeader.CSeq)) return reject(call, Reason.SIP_NO_CSEQ)
    const { value: cseq, end: cseqEnd } = this.$cseq
    switch (methodAt(b, cseqEnd + 1, end) as Method) {
      case Method.Invite:
      case Method.Update:
      case Method.Prack:
        if (code >= 100 && code <= 299) return this.media(call, at, end)
        if (cseq === (this.dialogues.get(call.connection)?.invite ?? 0)) removeMedia(call)
        return DropCause.None
      case Method.Register:
        return this.registered(call, at, end, code, cseq)
      default:
        return DropCause.None
    }
  }

  private dialogue(call: HelperCall): Dialogue {
    let dialogue = this.dialogues.get(call.connection)
    if (dialogue === undefined) this.dialogues.set(call.connection, (dialogue = { invite: 0, register: 0 }))
    return dialogue
  }

  /** Two expectations for each medium of the message: RTP and RTCP. */
  private media(call: HelperCall, at: number, end: number): DropCause {
    const session = this.$session
    const own = call.tuple[call.dir]
    if (!session.start(call.packet.bytes, at, end, own.l3)) return DropCause.None
    for (let count = 0; count < MAX_MEDIA; count++) {
      const result = session.next()
      if (result === MediaResult.None) break
      if (result === MediaResult.BadPort) return reject(call, Reason.SIP_MEDIA_PORT, session.port)
      if (result === MediaResult.NoAddress) return reject(call, Reason.SIP_NO_MEDIA_ADDRESS, session.port)
      const drop = this.expectMedium(call)
      if (drop !== DropCause.None) return drop
    }
    return DropCause.None
  }

  private expectMedium(call: HelperCall): DropCause {
    const { port, address, class: mediaClass } = this.$session
    // Module parameter sip_direct_media: the media must go to the sender itself, and come from its peer.
    if (!address.equals(call.tuple[call.dir].address, 0)) {
      call.note(Reason.ANNOUNCED_ADDRESS_DIFFERS)
      return DropCause.None
    }
    const tuple = this.towards(call, address, L4.Udp, port)
    const known = call.waiting(tuple)
    if (known !== undefined && known.masterId !== call.connection && known.class === mediaClass && call.isSameHelper(known))
      return DropCause.None
    tuple.dport = port & ~1
    const rtp = this.expect(call, mediaClass)
    if (rtp.expectation === null && !rtp.isThere) return rtp.refused
    tuple.dport++
    const rtcp = this.expect(call, mediaClass)
    if (rtcp.expectation === null && !rtcp.isThere) {
      if (rtp.expectation !== null) call.remove(rtp.expectation)
      return rtcp.refused
    }
    if (rtp.expectation !== null) call.note(Reason.EXPECTATIONS_RAISED, 2, rtp.expectation.id)
    return DropCause.None
  }

  private expect(call: HelperCall, mediaClass: number): ExpectResult {
    return call.expect({ tuple: this.$tuple, maskSrc: true, maskSport: 0, class: mediaClass, flags: 0, anyMaster: true })
  }

  /** From the peer, any port, to an address of the sender. */
  private towards(call: HelperCall, address: SipAddress, l4: number, port: number): TupleKey {
    const tuple = this.$tuple
    tuple.set(call.tuple[call.dir === Dir.Original ? Dir.Reply : Dir.Original])
    tuple.address.set(address.words, 4)
    tuple.l4 = l4
    tuple.sport = 0
    tuple.dport = port
    return tuple
  }

  /** REGISTER: where calls are to come in, once the registrar has agreed. */
  private registration(call: HelperCall, at: number, end: number, cseq: number): DropCause {
    if (call.isExpected) return DropCause.None
    const { bytes: b } = call.packet
    const contacts = this.$contacts
    const own = call.tuple[call.dir]
    let expiresS = this.$number.read(b, at, end, SipHeader.Expires) ? this.$number.value : 0
    contacts.start(b, at, end, own.l3)
    if (!contacts.next()) return accept(call, Reason.SIP_NO_CONTACT)
    if (!contacts.address.equals(own.address, 0)) return accept(call, Reason.ANNOUNCED_ADDRESS_DIFFERS)
    if (!contacts.fitsTransport(this.l4)) return accept(call, Reason.SIP_TRANSPORT_DIFFERS)
    const expiry = contacts.readExpires()
    if (expiry === Expiry.Broken) return reject(call, Reason.SIP_BAD_EXPIRES)
    if (expiry === Expiry.Given) expiresS = contacts.expiresS
    if (expiresS === 0) call.note(Reason.SIP_EXPIRES_ZERO)
    else {
      const { expectation, refused } = call.expect({
        tuple: this.towards(call, contacts.address, this.l4, contacts.port),
        maskSrc: true,
        maskSport: 0,
        class: SIGNALLING,
        flags: ExpectFlag.Permanent | ExpectFlag.Inactive,
        childHelper: this.name,
      })
      if (expectation === null) return refused
      call.note(Reason.EXPECTATION_RAISED, expectation.id)
    }
    this.dialogue(call).register = cseq
    return DropCause.None
  }

  /** The registrar's answer: the expectation may be met from now on, or is taken back. */
  private registered(call: HelperCall, at: number, end: number, code: number, cseq: number): DropCause {
    const { bytes: b } = call.packet
    const wanted = this.dialogues.get(call.connection)?.register ?? 0
    if (cseq !== wanted) return accept(call, Reason.SIP_OTHER_CSEQ, cseq, wanted)
    if (code <= 199 && code >= 100) return DropCause.None
    if (code >= 200 && code <= 299) {
      const contacts = this.$contacts
      const client = call.tuple[call.dir]
      const headerS = this.$number.read(b, at, end, SipHeader.Expires) ? this.$number.value : 0
      contacts.start(b, at, end, client.l3)
      while (contacts.next()) {
        if (!contacts.address.equals(client.address, 4) || !contacts.fitsTransport(this.l4)) continue
        const expiry = contacts.readExpires()
        if (expiry === Expiry.Broken) return reject(call, Reason.SIP_BAD_EXPIRES)
        const expiresS = expiry === Expiry.Given ? contacts.expiresS : headerS
        if (expiresS === 0) break
        if (this.activate(call, expiresS)) return DropCause.None
      }
    }
    const signalling = call.own().find((expectation) => expectation.class === SIGNALLING)
    if (signalling !== undefined) {
      call.remove(signalling)
      call.note(Reason.EXPECTATIONS_REMOVED, 1)
    }
    return DropCause.None
  }

  private activate(call: HelperCall, expiresS: number): boolean {
    const { address, port } = this.$contacts
    for (const expectation of call.own()) {
      const { tuple } = expectation
      if (expectation.class !== SIGNALLING || tuple.l4 !== this.l4 || tuple.dport !== port) continue
      if (!address.equals(tuple.address, 4)) continue
      expectation.flags &= ~ExpectFlag.Inactive
      call.renew(expectation, expiresS)
      call.note(Reason.SIP_ACTIVATED, expectation.id, expiresS)
      return true
    }
    return false
  }
}

/** Which method's name stands there, ignoring case; -1: none. */
function methodAt(b: Uint8Array, at: number, end: number): number {
  return METHODS.findIndex((method) => startsWithIgnoringCase(b, at, end, method))
}

function removeMedia(call: HelperCall): void {
  const media = call.own().filter((expectation) => expectation.class !== SIGNALLING)
  for (const expectation of media) call.remove(expectation)
  if (media.length > 0) call.note(Reason.EXPECTATIONS_REMOVED, media.length)
}

function accept(call: HelperCall, reason: number, a = 0, b = 0): DropCause {
  call.note(reason, a, b)
  return DropCause.None
}

function reject(call: HelperCall, reason: number, a = 0): DropCause {
  call.note(reason, a)
  return DropCause.HelperRejected
}
