/** The IRC helper (CONNTRACK.md 8.2): a client offers a direct connection (DCC) to its own address and port. */
import { TupleKey } from '../conntrack/tuple-key.ts'
import { CtState, Dir, DropCause, L4, Reason } from '../model/index.ts'
import { Ascii, asciiBytes, Decimal, startsWith, startsWithIgnoringCase } from './ascii.ts'
import type { Helper, HelperCall } from './helper.ts'
import { payloadAt } from './payload.ts'

const PRIVMSG = asciiBytes('privmsg ')
const DCC = asciiBytes('\x01DCC ')
/** Tried in this order. */
const KEYWORDS = ['SEND ', 'CHAT ', 'MOVE ', 'TSEND ', 'SCHAT '].map(asciiBytes)

const MAX_EXAMINED_BYTES = 4095
/** Bytes that must follow for a search to go on: a command, a command with an offer, an address and a port. */
const COMMAND_ROOM = 10
const OFFER_ROOM = 26
const ADDRESS_ROOM = 12

/** Module parameters max_dcc_channels and dcc_timeout. */
const MAX_EXPECTED = 8
const TIMEOUT_S = 300

export class IrcHelper implements Helper {
  readonly name = 'irc'
  readonly l3 = [4] as const
  readonly l4 = L4.Tcp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: TIMEOUT_S }]

  private readonly $tuple = new TupleKey()
  private readonly $offer = { address: 0, port: 0 }

  help(call: HelperCall): DropCause {
    if (call.dir === Dir.Reply || call.state !== CtState.Established) return DropCause.None
    const { packet } = call
    const b = packet.bytes
    let at = payloadAt(packet, L4.Tcp)
    const end = Math.min(packet.l4End, at + MAX_EXAMINED_BYTES)
    while (at < end - COMMAND_ROOM && isBlank(b[at]!)) at++
    if (at < end - COMMAND_ROOM) {
      if (!startsWithIgnoringCase(b, at, end, PRIVMSG)) return DropCause.None
      at += PRIVMSG.length
    }
    while (at < end - OFFER_ROOM) {
      if (b[at] !== Ascii.Space || b[at + 1] !== Ascii.Colon) {
        at++
        continue
      }
      at += 2
      if (!startsWith(b, at, end, DCC)) return DropCause.None
      at += DCC.length
      const keyword = KEYWORDS.find((word) => startsWith(b, at, end, word))
      if (keyword !== undefined) return this.offer(call, at + keyword.length, end)
    }
    return DropCause.None
  }

  /** The first offer of a segment is the only one that counts. */
  private offer(call: HelperCall, at: number, end: number): DropCause {
    if (!this.readOffer(call.packet.bytes, at, end)) {
      call.note(Reason.IRC_DCC_INCOMPLETE)
      return DropCause.None
    }
    const { address, port } = this.$offer
    if (address !== call.tuple[Dir.Original].address[0]) {
      call.note(Reason.ANNOUNCED_ADDRESS_DIFFERS)
      return DropCause.None
    }
    if (port === 0) {
      call.note(Reason.ANNOUNCED_PORT_ZERO)
      return DropCause.None
    }
    return this.expect(call, port)
  }

  /** `file 167837698 5001`, within a line. */
  private readOffer(b: Uint8Array, at: number, end: number): boolean {
    while (b[at++] !== Ascii.Space) if (at > end - ADDRESS_ROOM) return false
    const lineEnd = b.indexOf(Ascii.Lf, at)
    if (lineEnd < 0 || lineEnd >= end) return false
    this.$offer.address = $number.read(b, at, end).value
    at = $number.end
    while (b[at] === Ascii.Space) at++
    this.$offer.port = $number.read(b, at, end).value & 0xffff
    return true
  }

  /** From anyone to the offered port. */
  private expect(call: HelperCall, port: number): DropCause {
    const tuple = this.$tuple
    tuple.set(call.tuple[Dir.Reply])
    tuple.address.fill(0, 0, 4)
    tuple.sport = 0
    tuple.dport = port
    const { expectation, refused } = call.expect({ tuple, maskSrc: false, maskSport: 0, class: 0, flags: 0 })
    if (expectation !== null) call.note(Reason.EXPECTATION_RAISED, expectation.id)
    return refused
  }
}

const $number = new Decimal()

function isBlank(byte: number): boolean {
  return byte === Ascii.Space || byte === Ascii.Cr || byte === Ascii.Lf
}
