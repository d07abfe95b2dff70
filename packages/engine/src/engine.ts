/** From frames to verdicts and events: decoding, defragmentation and tracking in one walk. No I/O, no clock of its own. */
import type { FrameBatch } from './capture/source.ts'
import { Tracker, type TrackerOptions } from './conntrack/tracker.ts'
import type { TrackerListener } from './conntrack/listener.ts'
import type { Verdict } from './conntrack/verdict.ts'
import { Defragmenter } from './defrag/defragmenter.ts'
import { DefragResult } from './defrag/result.ts'
import { FtpDialogues, type FtpLine } from './helpers/ftp/dialogue.ts'
import { CT_STATE_NAMES, DECODE_STATUS_NAMES, DropCause, EventKind, L4, REASONS, Reason } from './model/index.ts'
import { FrameDecoder } from './wire/decode.ts'
import { Packet } from './wire/packet.ts'
import { DecodeStatus } from './wire/status.ts'

export type EngineOptions = TrackerOptions & {
  /** The conntrack zone of every packet, default 0. */
  zone?: number
  /** `any`: each interface is a zone of its own, by its index. */
  zonePerInterface?: boolean
  /**
   * Frames that are longer as Ethernet frames pass by untracked, as those did that no device took when the kernel's answers
   * were recorded. Default: any length, since offloads make frames of more than 64 KiB.
   */
  longestFrame?: number
  /** Packets that are not to be seen at all: they get no number and are tracked by nothing. */
  exclude?: ((packet: Packet) => boolean) | undefined
}

/** Of the device through which the kernel was asked, bytes. */
export const RECORDED_LONGEST_FRAME = 65535

/** Called synchronously, in the kernel's order. Nothing that is handed over may be kept, but lines. */
export interface EngineListener extends TrackerListener {
  /** A line of an FTP control connection, fit to be shown: passwords are blanked. */
  onFtpLine(line: FtpLine): void
}

/** What went through, counted since the start. */
export class EngineCounters {
  packets = 0
  /** Not among `packets`. */
  excluded = 0
  /** On the wire, with link headers. */
  bytes = 0
  /** By CtState number. */
  readonly states = new Float64Array(CT_STATE_NAMES.length)
  /** By reason index. */
  readonly reasons = new Float64Array(REASONS.length)
  /** By DecodeStatus number. */
  readonly decode = new Float64Array(DECODE_STATUS_NAMES.length)
}

export class Engine {
  readonly tracker: Tracker
  readonly counters = new EngineCounters()
  /** The packet taken last: the whole datagram when a fragment completed it. Reused. */
  readonly packet = new Packet()
  /** What tracking said of it. Reused. */
  readonly verdict: Verdict
  /** The record taken last was left out: `packet` and `verdict` say nothing of it. */
  wasExcluded = false
  readonly defragmenter: Defragmenter

  private readonly decoder: FrameDecoder
  private readonly zone: number
  private readonly zonePerInterface: boolean
  private readonly longestFrame: number
  private readonly exclude: ((packet: Packet) => boolean) | null
  private readonly dialogues = new FtpDialogues()
  private listener: EngineListener | null = null

  constructor(options: EngineOptions) {
    this.tracker = new Tracker(options)
    this.verdict = this.tracker.verdict
    this.decoder = new FrameDecoder({ verifyIpChecksum: options.settings.nf_conntrack_checksum !== 0 })
    this.defragmenter = new Defragmenter({ ipv6TimeoutMs: options.settings.nf_conntrack_frag6_timeout * 1000 })
    this.zone = options.zone ?? 0
    this.zonePerInterface = options.zonePerInterface ?? false
    this.exclude = options.exclude ?? null
    this.longestFrame = options.longestFrame ?? Infinity
  }

  /** Who is told from now on. */
  listen(listener: EngineListener): void {
    this.listener = listener
    this.tracker.listen({
      onEvent: (event) => {
        listener.onEvent(event)
        if (event.kind === EventKind.Destroy) this.dialogues.forget(event.id)
      },
      onExpectation: (event) => {
        listener.onExpectation(event)
      },
      onExpectationChanged: (expectation) => {
        listener.onExpectationChanged?.(expectation)
      },
      onFtp: (negotiation) => {
        listener.onFtp(negotiation)
      },
    })
  }

  /**
   * Takes the record at `at` of a batch: its packet is then in `packet`, what was made of it in `verdict`.
   * @param nowMs the engine's clock; never goes back
   * @returns where the next record begins
   */
  record(batch: FrameBatch, at: number, nowMs: number): number {
    const { packet } = this
    packet.index = this.counters.packets
    const next = this.decoder.decodeRecord(packet, batch, at)
    if (packet.wireLen > this.longestFrame) packet.status = DecodeStatus.Truncated
    this.wasExcluded = this.exclude !== null && this.exclude(packet)
    if (this.wasExcluded) this.counters.excluded++
    else this.take(nowMs)
    return next
  }

  /** Ends what has run out until `nowMs`, `budget` entries at most. False: there is more to do. */
  expire(nowMs: number, budget: number): boolean {
    this.defragmenter.expire(nowMs)
    return this.tracker.expire(nowMs, budget)
  }

  private take(nowMs: number): void {
    const { packet, counters, verdict } = this
    const zone = this.zonePerInterface ? packet.ifIndex & 0xffff : this.zone
    const isFragment = packet.status === DecodeStatus.Ok && packet.isFragment
    const isRejected = isFragment && this.defragmenter.take(packet, zone, nowMs) === DefragResult.Rejected
    this.tracker.track(packet, nowMs, zone)
    if (isRejected) verdict.wouldDrop = DropCause.Fragment
    counters.packets++
    counters.bytes += packet.wireLen
    counters.decode[packet.status]!++
    counters.states[verdict.state]!++
    counters.reasons[verdict.reason]!++
    if (packet.l4 === L4.Tcp && verdict.slot >= 0) this.follow(verdict.slot)
  }

  /** The lines of FTP control connections, for display. */
  private follow(slot: number): void {
    const { helpers, table } = this.tracker
    const helper = table.helper(slot)
    if (helper === 0 || this.listener === null || helpers.name(helper) !== 'ftp' || this.verdict.reason === Reason.ICMP_ERROR) return
    this.dialogues.segment(this.packet, this.verdict.connection, this.verdict.dir, this.listener)
  }
}
