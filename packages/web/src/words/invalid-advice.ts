import { REASONS } from '@ctscope/engine/model'

/** The catalogue begins with the reasons of INVALID packets, up to this one. */
const LAST_INVALID = REASONS.findIndex(({ code }) => code === 'TABLE_FULL')
const INVALID_CODES: ReadonlySet<string> = new Set(REASONS.slice(1, LAST_INVALID + 1).map(({ code }) => code))

export function isInvalidReason(code: string): boolean {
  return INVALID_CODES.has(code)
}

/** What an INVALID verdict usually comes from, by the beginning of its reason's code; the first that fits. */
const ADVICE: readonly (readonly [prefix: string, text: string])[] = [
  [
    'TCP_SEQ_',
    'Packets were likely lost before it, or a middlebox rewrites sequence numbers. nf_conntrack_tcp_be_liberal=1 would let it pass.',
  ],
  [
    'TCP_ACK_ABOVE',
    'It acknowledges what was never seen: the other direction takes another path, or packets were lost before the capture.',
  ],
  ['TCP_RST_', 'A reset that comes late, or one that was forged: it does not stand where the connection is.'],
  ['TCP_FIRST_SYNACK', 'The SYN went another way, or before the capture began.'],
  ['TCP_FIRST_', 'Its connection began before the capture and ended with it, or its entry is gone already.'],
  ['TCP_NOT_LOOSE', 'Streams that run already are not picked up here.'],
  ['TCP_STATE_', 'The segment does not fit what both sides did before it.'],
  ['TCP_BAD_FLAGS', 'No stack sends these flags together: a port scan, or damage on the way.'],
  ['TCP_', 'The segment is damaged or was built by hand.'],
  ['ICMP_ERROR_', 'The packet that it complains about belongs to no connection known here.'],
  ['ICMP_NO_REQUEST', 'The request went another way, came before the capture began, or never was.'],
  ['ICMPV6_NO_REQUEST', 'The request went another way, came before the capture began, or never was.'],
  ['TABLE_FULL', 'Raise nf_conntrack_max, or find out under Connections who fills the table.'],
  ['FRAGMENT', 'The datagram’s first part was not seen.'],
]

export function invalidAdvice(code: string): string {
  return ADVICE.find(([prefix]) => code.startsWith(prefix))?.[1] ?? ''
}
