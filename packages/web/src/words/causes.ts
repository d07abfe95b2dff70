/** Causes in words: why an entry or an expectation ended, why a packet would have been dropped. */

/** After "ended: ". */
export const END_CAUSES: Record<string, string> = {
  closed: 'closed: its time ran out after FINs both ways',
  reset: 'reset: its time ran out after a RST',
  timeout: 'its time ran out',
  reopened: 'reopened: a new SYN took its place',
  evicted: 'evicted: the table was full',
  master: 'deleted with its control connection',
  lost: 'lost: the engine ended',
}

export const EXPECTATION_ENDS: Record<string, string> = {
  met: 'met',
  expired: 'nobody came in time',
  replaced: 'replaced by a newer one',
  evicted: 'its control connection has too many',
  master: 'gone with its control connection',
  removed: 'taken back by its helper',
  lost: 'the engine ended',
}

export const WOULD_DROP: Record<string, string> = {
  'helper-partial': 'The kernel would drop this packet: the helper met a command that does not end in its segment.',
  'expect-clash': 'The kernel would drop this packet: the connection that it announces clashes with another expectation.',
  'table-full': 'The kernel would drop this packet: the table is full.',
  fragment: 'The kernel would drop this packet: defragmentation rejects it.',
  'helper-rejected': 'The kernel would drop this packet: the helper rejects what its message says.',
}
