/**
 * The events that a lost engine could not tell any more: its entries and expectations end with the cause `lost`, by no packet
 * and by no rule of the kernel. So the feed has an end for all that it has a beginning for.
 */
import type { TransitionRecord } from '@ctscope/engine/ipc'
import { CtState, Dir, EndCause, EventBit, EventKind, ExpEndCause } from '@ctscope/engine/model'
import type { ConnectionColumns } from './connection-columns.ts'
import type { HeldExpectation } from './expectations.ts'

export function lostConnection({ at }: ConnectionColumns, row: number, atUs: number): TransitionRecord {
  return {
    ...lost(atUs),
    kind: EventKind.Destroy,
    bits: EventBit.Destroy,
    connection: at.id[row]!,
    fromCtState: at.ctState[row]! as CtState,
    fromProtoState: at.protoState[row]!,
    toProtoState: at.protoState[row]!,
    status: at.status[row]!,
    cause: EndCause.Lost,
  }
}

export function lostExpectation({ record }: HeldExpectation, atUs: number): TransitionRecord {
  return {
    ...lost(atUs),
    kind: EventKind.ExpDestroy,
    connection: record.master,
    expectation: record.id,
    cause: ExpEndCause.Lost,
  }
}

/** `seq` 0: the ring numbers it. */
function lost(atUs: number): Omit<TransitionRecord, 'kind' | 'connection' | 'cause'> {
  const seconds = Math.floor(atUs / 1e6)
  return {
    seq: 0,
    seconds,
    nanoseconds: Math.round(atUs - seconds * 1e6) * 1000,
    bits: 0,
    expectation: 0,
    packet: -1,
    dir: Dir.Original,
    fromCtState: CtState.None,
    toCtState: CtState.None,
    fromProtoState: 0,
    toProtoState: 0,
    status: 0,
    timeoutS: 0,
    reason: 0,
    reasonArgs: [0, 0, 0, 0],
  }
}
