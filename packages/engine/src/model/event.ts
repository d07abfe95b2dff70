/** Events in the kernel's own order and words (CONNTRACK.md 9). */
export const EventKind = { New: 0, Update: 1, Destroy: 2, ExpNew: 3, ExpDestroy: 4 } as const
export type EventKind = (typeof EventKind)[keyof typeof EventKind]
export const EVENT_KIND_NAMES = ['NEW', 'UPDATE', 'DESTROY', 'EXP_NEW', 'EXP_DESTROY'] as const
export type EventKindName = (typeof EVENT_KIND_NAMES)[number]

/** What an event is about: the causes collected since the entry's last event. */
export const EventBit = {
  New: 1,
  Related: 2,
  Destroy: 4,
  Reply: 8,
  Assured: 16,
  Protoinfo: 32,
  Helper: 64,
} as const
export const EVENT_BIT_NAMES = ['NEW', 'RELATED', 'DESTROY', 'REPLY', 'ASSURED', 'PROTOINFO', 'HELPER'] as const
export type EventBitName = (typeof EVENT_BIT_NAMES)[number]

export function eventBitNames(bits: number): EventBitName[] {
  return EVENT_BIT_NAMES.filter((_, bit) => (bits >>> bit) & 1)
}

/**
 * Why an entry ended. closed: its time ran out after FINs both ways; reset: after a RST; timeout: ran out in any
 * other state; reopened: a new SYN took the tuple; evicted: early drop; master: deleted with its control connection;
 * lost: the engine ended.
 */
export const EndCause = {
  None: 0,
  Closed: 1,
  Reset: 2,
  Timeout: 3,
  Reopened: 4,
  Evicted: 5,
  Master: 6,
  Lost: 7,
} as const
export type EndCause = (typeof EndCause)[keyof typeof EndCause]
export const END_CAUSE_NAMES = ['', 'closed', 'reset', 'timeout', 'reopened', 'evicted', 'master', 'lost'] as const
export type EndCauseName = Exclude<(typeof END_CAUSE_NAMES)[number], ''>

/** Why an expectation ended. removed: by its helper; master: its master's entry was deleted. */
export const ExpEndCause = {
  None: 0,
  Met: 1,
  Expired: 2,
  Replaced: 3,
  Evicted: 4,
  Master: 5,
  Removed: 6,
  Lost: 7,
} as const
export type ExpEndCause = (typeof ExpEndCause)[keyof typeof ExpEndCause]
export const EXP_END_CAUSE_NAMES = ['', 'met', 'expired', 'replaced', 'evicted', 'master', 'removed', 'lost'] as const
export type ExpEndCauseName = Exclude<(typeof EXP_END_CAUSE_NAMES)[number], ''>

/** Why the kernel would have dropped a packet that libpcap saw all the same. */
export const DropCause = {
  None: 0,
  /** A helper met a command that is not complete in its segment (CONNTRACK.md 7.3). */
  HelperPartial: 1,
  /** The announced expectation clashes with another, or a limit is reached (6.2). */
  ExpectClash: 2,
  TableFull: 3,
  /** Defragmentation rejects it (2.2). */
  Fragment: 4,
  /** A helper rejects what the message says (8.7). */
  HelperRejected: 5,
} as const
export type DropCause = (typeof DropCause)[keyof typeof DropCause]
export const DROP_CAUSE_NAMES = ['', 'helper-partial', 'expect-clash', 'table-full', 'fragment', 'helper-rejected'] as const
export type DropCauseName = Exclude<(typeof DROP_CAUSE_NAMES)[number], ''>
