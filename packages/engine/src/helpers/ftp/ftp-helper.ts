/** The FTP helper: which segments are examined, and what an announcement leads to (CONNTRACK.md 7.3 to 7.6). */
import { TupleKey } from '../../conntrack/tuple-key.ts'
import { CtState, DropCause, L4, Reason } from '../../model/index.ts'
import { DecodeStatus } from '../../wire/status.ts'
import { TcpHeader } from '../../wire/tcp.ts'
import type { Helper, HelperCall } from '../helper.ts'
import { addressText } from '../../conntrack/address-text.ts'
import { LineSeq } from './line-seq.ts'
import { Announcement, FTP_PATTERNS, MatchResult, matchPattern, Misread, type Pattern } from './patterns.ts'

const LF = 0x0a
/** Expectations that a control connection may have, and how long each waits, s (CONNTRACK.md 6.3). */
const MAX_EXPECTED = 1
const TIMEOUT_S = 300

const NO_ARGS = [0, 0, 0, 0] as const

export class FtpHelper implements Helper {
  readonly name = 'ftp'
  readonly l3 = [4, 6] as const
  readonly l4 = L4.Tcp
  readonly policies = [{ maxExpected: MAX_EXPECTED, timeoutS: TIMEOUT_S }]

  /** By connection and direction. */
  private readonly lines = new Map<number, readonly [LineSeq, LineSeq]>()
  private readonly $tcp = new TcpHeader()
  private readonly $announcement = new Announcement()
  private readonly $tuple = new TupleKey()

  help(call: HelperCall): DropCause {
    const { packet, dir } = call
    const tcp = this.$tcp
    if (call.state !== CtState.Established) return DropCause.None
    if (tcp.decode(packet.bytes, packet.l4At, packet.l4End) !== DecodeStatus.Ok || tcp.payloadLen === 0) return DropCause.None
    let lines = this.lines.get(call.connection)
    if (lines === undefined) this.lines.set(call.connection, (lines = [new LineSeq(), new LineSeq()]))

    let drop: DropCause = DropCause.None
    if (lines[dir].isLineStart(tcp.seq)) {
      const pattern = this.find(call, tcp)
      if (pattern !== null && pattern.result === MatchResult.Partial) {
        this.reportMisread(call, pattern.pattern)
        return DropCause.HelperPartial
      }
      if (pattern !== null) drop = this.announce(call, pattern.pattern)
    } else this.reportMidLine(call, tcp)

    if (packet.bytes[tcp.payloadAt + tcp.payloadLen - 1] === LF) lines[dir].add((tcp.seq + tcp.payloadLen) >>> 0)
    return drop
  }

  forget(connection: number): void {
    this.lines.delete(connection)
  }

  private find(call: HelperCall, tcp: TcpHeader): { pattern: Pattern; result: MatchResult } | null {
    const { packet } = call
    for (const pattern of FTP_PATTERNS) {
      if (pattern.dir !== call.dir) continue
      const end = tcp.payloadAt + tcp.payloadLen
      const result = matchPattern(pattern, packet.bytes, tcp.payloadAt, end, call.tuple[0].l3, this.$announcement)
      if (result !== MatchResult.None) return { pattern, result }
    }
    return null
  }

  /** A complete announcement: an expectation, unless it names someone else's address. */
  private announce(call: HelperCall, pattern: Pattern): DropCause {
    const announced = this.$announcement
    const own = call.tuple[call.dir]
    const { mode } = pattern
    const address = announced.hasAddress ? addressText(announced.address, 0, announced.family) : addressText(own.address, 0, own.l3)
    const fail = (reason: number, args: readonly [number, number, number, number] = NO_ARGS) =>
      call.report({ mode, address, port: announced.port, expectation: 0, reason, args })
    if (announced.hasAddress && announced.family !== own.l3) {
      fail(Reason.FTP_IPV4_ONLY)
      return DropCause.None
    }
    if (announced.hasAddress && !isOwnAddress(announced, own)) {
      fail(Reason.FTP_ADDRESS_DIFFERS)
      return DropCause.None
    }
    // From the peer, any port, to the sender's side (CONNTRACK.md 7.6).
    const peer = call.tuple[1 - call.dir]!
    const tuple = this.$tuple
    tuple.set(peer)
    tuple.sport = 0
    tuple.dport = announced.port
    const { expectation, refused } = call.expect({ tuple, maskSrc: true, maskSport: 0, class: 0, flags: 0 })
    if (expectation === null) {
      fail(Reason.FTP_CLASH)
      return refused
    }
    call.report({
      mode,
      address,
      port: announced.port,
      expectation: expectation.id,
      reason: Reason.FTP_RAISED,
      args: [expectation.id >>> 0, 0, 0, 0],
    })
    return DropCause.None
  }

  private reportMisread(call: HelperCall, pattern: Pattern): void {
    const announced = this.$announcement
    const { l3 } = call.tuple[0]
    const reason = MISREAD_REASONS[announced.misread]!
    const args = announced.misread === Misread.WrongFamily ? ([announced.namedFamily, l3, 0, 0] as const) : NO_ARGS
    call.report({ mode: pattern.mode, address: '', port: 0, expectation: 0, reason, args })
  }

  /** Not parsed by the kernel; where it would have been an announcement, a person wants to know why nothing came of it. */
  private reportMidLine(call: HelperCall, tcp: TcpHeader): void {
    const found = this.find(call, tcp)
    if (found === null || found.result !== MatchResult.Match) return
    const announced = this.$announcement
    const address = announced.hasAddress ? addressText(announced.address, 0, announced.family) : ''
    call.report({
      mode: found.pattern.mode,
      address,
      port: announced.port,
      expectation: 0,
      reason: Reason.FTP_NOT_AT_LINE_START,
      args: NO_ARGS,
    })
  }
}

const MISREAD_REASONS = [0, Reason.FTP_INCOMPLETE, Reason.FTP_WRONG_FAMILY, Reason.FTP_PORT_ZERO, Reason.FTP_MALFORMED]

function isOwnAddress(announced: Announcement, own: TupleKey): boolean {
  const words = own.l3 === 4 ? 1 : 4
  for (let i = 0; i < words; i++) if (announced.address[i] !== own.address[i]) return false
  return true
}
