/**
 * The latest transitions of all engines, numbered without gaps from 1: each keeps its own copy of what it was about,
 * so that it stays readable when the connection is long gone.
 */
import type { TransitionRecord } from '@ctscope/engine/ipc'
import {
  CT_STATE_NAMES,
  END_CAUSE_NAMES,
  EVENT_KIND_NAMES,
  eventBitNames,
  EventKind,
  EXP_END_CAUSE_NAMES,
  L4,
  reasonText,
  SCTP_STATE_NAMES,
  statusNames,
  TCP_STATE_NAMES,
} from '@ctscope/engine/model'
import type { Transition } from '../api/rest.ts'
import type { Accessor } from '../filter/compile.ts'
import { timeOfNs } from '../formats/time.ts'
import { ColumnTable } from './columns.ts'
import { addressGetter, L4_NAMES } from './connection-fields.ts'
import { addressText, protoStateName, reasonArgsAt } from './connection-json.ts'
import type { Interner } from './interner.ts'
import { reasonCode, reasonJson } from './reason-json.ts'

const TRANSITION_COLUMNS = {
  seconds: ['f64', 1],
  nanoseconds: ['u32', 1],
  kind: ['u8', 1],
  bits: ['u32', 1],
  interface: ['u16', 1],
  connection: ['f64', 1],
  expectation: ['f64', 1],
  packet: ['f64', 1],
  dir: ['u8', 1],
  l3: ['u8', 1],
  l4: ['u8', 1],
  src: ['u32', 4],
  dst: ['u32', 4],
  ports: ['u32', 2],
  fromCtState: ['u8', 1],
  toCtState: ['u8', 1],
  fromProtoState: ['u8', 1],
  toProtoState: ['u8', 1],
  status: ['u32', 1],
  timeoutS: ['u32', 1],
  reason: ['u16', 1],
  reasonArgs: ['u32', 4],
  cause: ['u8', 1],
} as const

/** What a transition is about; addresses of four words, beginning at `at`. */
export type TransitionSubject = {
  l3: number
  l4: number
  src: Uint32Array
  dst: Uint32Array
  at: number
  sport: number
  dport: number
}

export class TransitionRing {
  readonly #columns: ColumnTable<typeof TRANSITION_COLUMNS>
  readonly #names: Interner
  /** Number of the newest; 0: none yet. */
  lastSeq = 0

  constructor(capacity: number, names: Interner) {
    this.#columns = new ColumnTable(TRANSITION_COLUMNS, capacity)
    this.#names = names
  }

  /** Number of the oldest that is still kept; above `lastSeq` when there is none. */
  get firstSeq(): number {
    return Math.max(1, this.lastSeq - this.#columns.capacity + 1)
  }

  /** The place of a number that is kept. */
  rowOf(seq: number): number {
    return (seq - 1) % this.#columns.capacity
  }

  add(interfaceName: string, record: TransitionRecord, subject: TransitionSubject): void {
    const row = this.rowOf(++this.lastSeq)
    const at = this.#columns.at
    at.seconds[row] = record.seconds
    at.nanoseconds[row] = record.nanoseconds
    at.kind[row] = record.kind
    at.bits[row] = record.bits
    at.interface[row] = this.#names.numberOf(interfaceName)
    at.connection[row] = record.connection
    at.expectation[row] = record.expectation
    at.packet[row] = record.packet
    at.dir[row] = record.dir
    at.l3[row] = subject.l3
    at.l4[row] = subject.l4
    for (let i = 0; i < 4; i++) {
      at.src[row * 4 + i] = subject.src[subject.at + i]!
      at.dst[row * 4 + i] = subject.dst[subject.at + i]!
      at.reasonArgs[row * 4 + i] = record.reasonArgs[i]!
    }
    at.ports[row * 2] = subject.sport
    at.ports[row * 2 + 1] = subject.dport
    at.fromCtState[row] = record.fromCtState
    at.toCtState[row] = record.toCtState
    at.fromProtoState[row] = record.fromProtoState
    at.toProtoState[row] = record.toProtoState
    at.status[row] = record.status
    at.timeoutS[row] = record.timeoutS
    at.reason[row] = record.reason
    at.cause[row] = record.cause
  }

  connectionOf(seq: number): number {
    return this.#columns.at.connection[this.rowOf(seq)]!
  }

  /** The transition of a number that is kept. */
  json(seq: number): Transition {
    const row = this.rowOf(seq)
    const at = this.#columns.at
    const l3 = at.l3[row]!
    const l4 = at.l4[row]!
    const kind = at.kind[row]!
    const isExpectation = kind === EventKind.ExpNew || kind === EventKind.ExpDestroy
    const packet = at.packet[row]!
    const causes = isExpectation ? EXP_END_CAUSE_NAMES : END_CAUSE_NAMES
    const state = (ctState: number, protoState: number, isThere: boolean): Transition['from'] =>
      isThere ? { state: CT_STATE_NAMES[ctState] ?? null, tcp: protoStateName(l4, protoState) } : { state: null, tcp: null }
    return {
      seq,
      at: timeOfNs(at.seconds[row]!, at.nanoseconds[row]!),
      event: EVENT_KIND_NAMES[kind] ?? 'UPDATE',
      bits: eventBitNames(at.bits[row]!),
      interface: this.#names.textOf(at.interface[row]!),
      connection: at.connection[row]!,
      expectation: isExpectation ? at.expectation[row]! : null,
      packet: packet < 0 ? null : packet,
      direction: packet < 0 ? null : at.dir[row] === 0 ? 'original' : 'reply',
      l4: L4_NAMES[l4] ?? String(l4),
      original: {
        src: addressText(l3, at.src, row),
        sport: at.ports[row * 2]!,
        dst: addressText(l3, at.dst, row),
        dport: at.ports[row * 2 + 1]!,
      },
      from: state(at.fromCtState[row]!, at.fromProtoState[row]!, !isExpectation && kind !== EventKind.New),
      // An ended entry has no ct state, but the protocol state it ended in: of a refused connection no other event tells it.
      to: { ...state(at.toCtState[row]!, at.toProtoState[row]!, !isExpectation), ...(kind === EventKind.Destroy ? { state: null } : {}) },
      status: isExpectation ? [] : statusNames(at.status[row]!),
      // What was left at the end, as the kernel: it leaves a zero out.
      timeout: kind === EventKind.ExpDestroy || (kind === EventKind.Destroy && at.timeoutS[row] === 0) ? null : at.timeoutS[row]!,
      cause: (causes as readonly string[])[at.cause[row]!] || null,
      reason: reasonJson(at.reason[row]!, reasonArgsAt(at.reasonArgs, row)),
    }
  }

  /** Accessor for filters, over numbers that are kept. */
  accessor(): Accessor<number> {
    const at = this.#columns.at
    const bySeq =
      <V>(get: (row: number) => V) =>
      (seq: number): V =>
        get(this.rowOf(seq))
    const src = addressGetter(
      () => at.l3,
      () => at.src,
    )
    const dst = addressGetter(
      () => at.l3,
      () => at.dst,
    )
    const srcOf = (seq: number, words: Uint32Array): 0 | 4 | 6 => src(this.rowOf(seq), words)
    const dstOf = (seq: number, words: Uint32Array): 0 | 4 | 6 => dst(this.rowOf(seq), words)
    const sport = bySeq((row) => at.ports[row * 2]!)
    const dport = bySeq((row) => at.ports[row * 2 + 1]!)
    const isExpectation = (row: number): boolean => at.kind[row] === EventKind.ExpNew || at.kind[row] === EventKind.ExpDestroy
    const tcpName = (row: number, state: number): string => (at.l4[row] === L4.Tcp ? (TCP_STATE_NAMES[state] ?? '') : '')
    const proto = bySeq((row) => L4_NAMES[at.l4[row]!]!)
    const interfaceName = bySeq((row) => this.#names.textOf(at.interface[row]!))
    const code = bySeq((row) => reasonCode(at.reason[row]!))
    const sentence = bySeq((row) => reasonText(at.reason[row]!, reasonArgsAt(at.reasonArgs, row)))
    const state = bySeq((row) =>
      isExpectation(row) || at.kind[row] === EventKind.Destroy ? '' : (CT_STATE_NAMES[at.toCtState[row]!] ?? ''),
    )
    const tcp = bySeq((row) => (isExpectation(row) ? '' : tcpName(row, at.toProtoState[row]!)))
    const event = bySeq((row) => EVENT_KIND_NAMES[at.kind[row]!] ?? '')
    const cause = bySeq((row) => ((isExpectation(row) ? EXP_END_CAUSE_NAMES : END_CAUSE_NAMES) as readonly string[])[at.cause[row]!] ?? '')
    return {
      subject: 'transitions',
      numbers: {
        'ip.version': [bySeq((row) => at.l3[row]!)],
        port: [sport, dport],
        sport: [sport],
        dport: [dport],
        id: [bySeq((row) => at.connection[row]!)],
        timeout: [bySeq((row) => at.timeoutS[row]!)],
        packet: [bySeq((row) => (at.packet[row]! < 0 ? NaN : at.packet[row]!))],
        seq: [(seq) => seq],
        expectation: [bySeq((row) => at.expectation[row]! || NaN)],
      },
      bits: { 'ct.status': bySeq((row) => at.status[row]!), 'event.bits': bySeq((row) => at.bits[row]!) },
      texts: {
        proto: [proto],
        'ct.state': [state],
        'tcp.state': [tcp],
        'sctp.state': [bySeq((row) => (at.l4[row] === L4.Sctp ? (SCTP_STATE_NAMES[at.toProtoState[row]!] ?? '') : ''))],
        interface: [interfaceName],
        reason: [code, sentence],
        direction: [bySeq((row) => (at.packet[row]! < 0 ? '' : at.dir[row] === 0 ? 'original' : 'reply'))],
        event: [event],
        'from.state': [
          bySeq((row) => (isExpectation(row) || at.kind[row] === EventKind.New ? '' : (CT_STATE_NAMES[at.fromCtState[row]!] ?? ''))),
        ],
        'from.tcp': [bySeq((row) => (isExpectation(row) ? '' : tcpName(row, at.fromProtoState[row]!)))],
        cause: [cause],
      },
      addresses: { 'ip.addr': [srcOf, dstOf], 'ip.src': [srcOf], 'ip.dst': [dstOf] },
      free: [
        bySeq((row) => `${addressText(at.l3[row]!, at.src, row)}:${at.ports[row * 2]!}`),
        bySeq((row) => `${addressText(at.l3[row]!, at.dst, row)}:${at.ports[row * 2 + 1]!}`),
        proto,
        state,
        tcp,
        event,
        interfaceName,
        cause,
        code,
        sentence,
      ],
    }
  }
}
