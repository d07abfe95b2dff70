/**
 * FTP sessions put together from the lines of their control connections, what became of the announced connections,
 * and the counters of the data connections. Bounded in sessions and in lines.
 */
import type { ExpectationEnd, FtpRecord } from '@ctscope/engine/ipc'
import { Dir, ExpEndCause } from '@ctscope/engine/model'
import type { FtpNegotiation, FtpLine } from '../api/rest.ts'
import type { Limits } from '../config.ts'
import { timeOfNs } from '../formats/time.ts'
import { isTransferCode, readCommand, readReplyCode, transferKind, type TransferKind } from './ftp-commands.ts'
import { reasonJson } from './reason-json.ts'

export type FtpTransferState = {
  verb: string
  path: string
  kind: TransferKind
  at: string
  expectation: number
  connection: number
  /** The client opened the data connection (PASV, EPSV). */
  clientOpens: boolean
  replyCode: number
}

export type FtpSessionState = {
  readonly id: number
  readonly started: string
  user: string | null
  encrypted: boolean
  lines: FtpLine[]
  linesDropped: number
  transfers: FtpTransferState[]
  /** The latest announcement: the next transfer uses it. */
  announced: { mode: FtpNegotiation['mode']; expectation: number } | null
  /** What became of the latest announcement. */
  outcome: 'none' | 'waiting' | 'met' | 'expired' | 'not-raised'
  /** Number of the change that it went through last. */
  changedAt: number
}

/** Ends of an expectation that nobody met. One that is replaced has a successor; one that is lost may have been met. */
const NEVER_CAME = new Set<ExpEndCause>([ExpEndCause.Expired, ExpEndCause.Evicted, ExpEndCause.Master, ExpEndCause.Removed])

export class FtpSessions {
  changes = 0
  sessionsDropped = 0
  linesDropped = 0
  transfersDropped = 0
  readonly #sessionLimit: number
  readonly #lineLimit: number
  readonly #transferLimit: number
  readonly #isLive: (id: number) => boolean
  /** In the order they began. */
  readonly #byId = new Map<number, FtpSessionState>()
  /** Session by expectation that it raised. */
  readonly #raisedBy = new Map<number, FtpSessionState>()
  /** Data connections by expectation, for the transfer command that may come after them. */
  readonly #childOf = new Map<number, number>()

  constructor(limits: Pick<Limits, 'ftpSessions' | 'ftpLines' | 'ftpTransfers'>, isLive: (id: number) => boolean) {
    this.#sessionLimit = limits.ftpSessions
    this.#lineLimit = limits.ftpLines
    this.#transferLimit = limits.ftpTransfers
    this.#isLive = isLive
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: number): FtpSessionState | undefined {
    return this.#byId.get(id)
  }

  all(): IterableIterator<FtpSessionState> {
    return this.#byId.values()
  }

  add(record: FtpRecord): void {
    const session = this.#byId.get(record.connection) ?? this.#begin(record)
    session.changedAt = ++this.changes
    this.#keepLine(session, record)
    switch (record.kind) {
      case 'command':
        this.#command(session, record)
        break
      case 'reply':
        reply(session, record.text)
        break
      case 'tls':
        session.encrypted = true
        break
      case 'negotiation':
        this.#negotiation(session, record)
        break
    }
  }

  /** An expectation ended: the data connection came, or not. */
  expectationEnded(end: ExpectationEnd): void {
    const session = this.#raisedBy.get(end.id)
    if (session === undefined) return
    session.changedAt = ++this.changes
    if (end.cause === ExpEndCause.Met) {
      for (const transfer of session.transfers) if (transfer.expectation === end.id) transfer.connection = end.child
    }
    if (session.announced?.expectation !== end.id) return
    if (end.cause === ExpEndCause.Met) {
      session.outcome = 'met'
      this.#childOf.set(end.id, end.child)
    } else if (NEVER_CAME.has(end.cause)) session.outcome = 'expired'
  }

  /** A control or data connection changed: what is shown of its session did too. */
  touch(id: number): void {
    const session = this.#byId.get(id)
    if (session !== undefined) session.changedAt = ++this.changes
  }

  /** Its control connection is forgotten, and so is the session. */
  forget(id: number): void {
    if (!this.#byId.has(id)) return
    this.#remove(id)
    this.changes++
  }

  #begin(record: FtpRecord): FtpSessionState {
    if (this.#byId.size >= this.#sessionLimit) this.#dropOne()
    const session: FtpSessionState = {
      id: record.connection,
      started: timeOfNs(record.seconds, record.nanoseconds),
      user: null,
      encrypted: false,
      lines: [],
      linesDropped: 0,
      transfers: [],
      announced: null,
      outcome: 'none',
      changedAt: 0,
    }
    this.#byId.set(session.id, session)
    return session
  }

  /** The oldest that has ended goes, else the oldest. */
  #dropOne(): void {
    this.sessionsDropped++
    let oldest: number | undefined
    for (const id of this.#byId.keys()) {
      oldest ??= id
      if (!this.#isLive(id)) {
        oldest = id
        break
      }
    }
    if (oldest !== undefined) this.#remove(oldest)
  }

  #remove(id: number): void {
    const session = this.#byId.get(id)
    if (session === undefined) return
    this.#byId.delete(id)
    for (const line of session.lines) this.#forgetExpectation(line.negotiation?.expectation ?? 0)
    this.#forgetExpectation(session.announced?.expectation ?? 0)
  }

  #forgetExpectation(expectation: number): void {
    this.#raisedBy.delete(expectation)
    this.#childOf.delete(expectation)
  }

  #keepLine(session: FtpSessionState, record: FtpRecord): void {
    const { negotiation } = record
    session.lines.push({
      at: timeOfNs(record.seconds, record.nanoseconds),
      packet: record.packet,
      direction: record.dir === Dir.Original ? 'original' : 'reply',
      kind: record.kind,
      text: record.text,
      negotiation:
        negotiation === undefined
          ? null
          : {
              mode: negotiation.mode,
              address: negotiation.address,
              port: negotiation.port,
              expectation: negotiation.expectation || null,
              reason: reasonJson(negotiation.reason, negotiation.reasonArgs),
            },
    })
    if (session.lines.length <= this.#lineLimit) return
    const dropped = session.lines.shift()
    session.linesDropped++
    this.linesDropped++
    const expectation = dropped?.negotiation?.expectation ?? 0
    if (expectation !== session.announced?.expectation) this.#forgetExpectation(expectation)
  }

  #command(session: FtpSessionState, record: FtpRecord): void {
    const { verb, argument } = readCommand(record.text)
    if (verb === 'USER') session.user = argument
    const kind = transferKind(verb)
    if (kind === null) return
    const announced = session.announced
    session.transfers.push({
      verb,
      path: argument,
      kind,
      at: timeOfNs(record.seconds, record.nanoseconds),
      expectation: announced?.expectation ?? 0,
      connection: this.#childOf.get(announced?.expectation ?? 0) ?? 0,
      clientOpens: announced?.mode === 'PASV' || announced?.mode === 'EPSV',
      replyCode: 0,
    })
    if (session.transfers.length <= this.#transferLimit) return
    session.transfers.shift()
    this.transfersDropped++
  }

  #negotiation(session: FtpSessionState, { negotiation }: FtpRecord): void {
    if (negotiation === undefined) return
    session.announced = { mode: negotiation.mode, expectation: negotiation.expectation }
    session.outcome = negotiation.expectation === 0 ? 'not-raised' : 'waiting'
    if (negotiation.expectation !== 0) this.#raisedBy.set(negotiation.expectation, session)
  }
}

function reply(session: FtpSessionState, text: string): void {
  const code = readReplyCode(text)
  const transfer = session.transfers.at(-1)
  if (code === null || transfer === undefined || !isTransferCode(code)) return
  // After its last code, answers belong to other commands (the 226 of an ABOR).
  if (transfer.replyCode < 200) transfer.replyCode = code
}
