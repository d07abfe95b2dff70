import { SCTP_STATE_NAMES } from './sctp-state.ts'
import { TCP_STATE_NAMES } from './tcp-state.ts'

/**
 * Why a packet got its verdict: a code with its numbers. The catalogue is data; a reason on the wire is its
 * index and up to four 32-bit numbers, the sentence is made where it is shown.
 */
export type ReasonInfo = {
  readonly code: string
  /** The sentence; {0}…{3} stand for the numbers, {0:tcp} and the like for the word that a number means (FORMATS). */
  readonly text: string
  /** The rule of CONNTRACK.md. */
  readonly rule: string
}

/** A reason's numbers, unsigned 32 bit. */
export type ReasonArgs = readonly [number, number, number, number]

/** Index 0 is "nothing to say": an ordinary packet of its state. Append only: the index goes over the wire. */
// prettier-ignore
export const REASONS = [
  { code: 'NONE', text: '', rule: '' },

  // ---- INVALID before an entry is looked for
  { code: 'IPV4_HEADER_PAST_END', text: 'the IPv4 header says {0} bytes, the packet has {1}', rule: '2.3' },
  { code: 'FRAGMENT_NOT_FIRST', text: 'a fragment from byte {0} on, without the beginning', rule: '2.3' },
  { code: 'IPV6_NO_NEXT_HEADER', text: 'the IPv6 header chain ends in "no next header"', rule: '2.4' },
  { code: 'IPV6_CHAIN_TRUNCATED', text: 'the IPv6 extension headers run past the packet’s end', rule: '2.4' },
  { code: 'L4_TOO_SHORT', text: 'protocol {0}: {1} bytes, {2} are needed to tell the connection', rule: '2.5' },
  { code: 'ICMP_IN_WRONG_FAMILY', text: 'ICMP of the other IP version (protocol {0} in IPv{1})', rule: '5.3' },
  { code: 'ICMP_TOO_SHORT', text: 'ICMP message of {0} bytes, 8 are needed', rule: '2.6' },
  { code: 'ICMP_BAD_CHECKSUM', text: 'ICMP checksum is wrong', rule: '2.6' },
  { code: 'ICMP_UNKNOWN_TYPE', text: 'ICMP type {0} is above 18', rule: '2.6' },
  { code: 'ICMP_NO_REQUEST', text: 'ICMP type {0} code {1} without the request that it would answer', rule: '5.3' },
  { code: 'ICMPV6_NO_REQUEST', text: 'ICMPv6 type {0} code {1} without the request that it would answer', rule: '5.4' },
  { code: 'ICMP_ERROR_INNER_SHORT', text: 'ICMP error type {0}: the packet inside is cut ({1} bytes)', rule: '5.3' },
  { code: 'ICMP_ERROR_INNER_FRAGMENT', text: 'ICMP error type {0} about a later fragment', rule: '5.3' },
  { code: 'ICMP_ERROR_INNER_HEADER', text: 'ICMP error type {0}: the IP header inside cannot be read', rule: '5.3' },
  { code: 'ICMP_ERROR_INNER_NOT_INVERTIBLE', text: 'ICMP error type {0} about an ICMP message (type {1}) that has no reply', rule: '5.3' },
  { code: 'ICMP_ERROR_UNKNOWN_CONNECTION', text: 'ICMP error type {0} code {1} about no known connection (protocol {2})', rule: '5.3' },
  { code: 'ICMP_ERROR_WRONG_ADDRESSEE', text: 'ICMP error type {0} goes to another address than the packet inside came from', rule: '5.3' },
  { code: 'REDIRECT_TOO_SHORT', text: 'ICMPv6 redirect of {0} bytes, 40 are needed', rule: '5.4' },
  { code: 'REDIRECT_HOP_LIMIT', text: 'ICMPv6 redirect with hop limit {0}, 255 is needed', rule: '5.4' },
  { code: 'REDIRECT_SOURCE', text: 'ICMPv6 redirect from an address that is not link-local', rule: '5.4' },
  { code: 'REDIRECT_OPTION', text: 'ICMPv6 redirect without a usable option', rule: '5.4' },
  { code: 'GRE_NOT_PPP', text: 'GRE version 1 carries protocol {0}, not PPP (34827)', rule: '5.6' },

  // ---- INVALID by a protocol's checks
  { code: 'TCP_TOO_SHORT', text: 'TCP header of {0} bytes, 20 are needed', rule: '2.6' },
  { code: 'TCP_BAD_DATA_OFFSET', text: 'TCP data offset of {0} bytes in a segment of {1}', rule: '2.6' },
  { code: 'TCP_BAD_CHECKSUM', text: 'TCP checksum is wrong', rule: '2.6' },
  { code: 'TCP_BAD_FLAGS', text: 'impossible TCP flags: {0:flags}', rule: '4.1' },
  { code: 'TCP_FIRST_SYNACK', text: 'SYN-ACK without the SYN before it', rule: '4.4' },
  { code: 'TCP_FIRST_FIN', text: 'FIN of no known connection', rule: '4.4' },
  { code: 'TCP_FIRST_RST', text: 'RST of no known connection', rule: '4.4' },
  { code: 'TCP_FIRST_NO_FLAGS', text: 'first segment with none of SYN, FIN, RST, ACK', rule: '4.4' },
  { code: 'TCP_NOT_LOOSE', text: 'mid-stream ACK, and nf_conntrack_tcp_loose is 0', rule: '4.4' },
  { code: 'TCP_STATE_SYN', text: 'SYN does not fit {0:tcp} ({1:dir} direction)', rule: '4.3' },
  { code: 'TCP_STATE_SYNACK', text: 'SYN-ACK does not fit {0:tcp} ({1:dir} direction)', rule: '4.3' },
  { code: 'TCP_STATE_FIN', text: 'FIN does not fit {0:tcp} ({1:dir} direction)', rule: '4.3' },
  { code: 'TCP_STATE_ACK', text: 'ACK does not fit {0:tcp} ({1:dir} direction)', rule: '4.3' },
  { code: 'TCP_STATE_RST', text: 'RST does not fit {0:tcp} ({1:dir} direction)', rule: '4.3' },
  { code: 'TCP_STATE_NO_FLAGS', text: 'segment without flags in {0:tcp} ({1:dir} direction)', rule: '4.3' },
  { code: 'TCP_SEQ_ABOVE_WINDOW', text: 'outside window: seq {0} is {1} above {2}', rule: '4.7 T1' },
  { code: 'TCP_SEQ_OVERSHOOT', text: 'outside window: seq {0} is above {1}, and the segment overshoots it by {2} (most {3})', rule: '4.7 T1' },
  { code: 'TCP_ACK_ABOVE_SENT', text: 'outside window: ack {0} is {1} above {2}, the last byte that the other side sent', rule: '4.7 T2' },
  { code: 'TCP_RST_BELOW_ACK', text: 'RST with seq {0}, {1} below {2}, which is acknowledged already', rule: '4.5' },
  { code: 'UDP_TOO_SHORT', text: 'UDP header of {0} bytes, 8 are needed', rule: '2.6' },
  { code: 'UDP_BAD_LENGTH', text: 'UDP length {0} in {1} bytes', rule: '2.6' },
  { code: 'UDP_BAD_CHECKSUM', text: 'UDP checksum is wrong', rule: '2.6' },
  { code: 'UDPLITE_TOO_SHORT', text: 'UDP-Lite header of {0} bytes, 8 are needed', rule: '2.6' },
  { code: 'UDPLITE_BAD_COVERAGE', text: 'UDP-Lite checksum coverage {0} in {1} bytes', rule: '2.6' },
  { code: 'UDPLITE_NO_CHECKSUM', text: 'UDP-Lite without a checksum', rule: '2.6' },
  { code: 'UDPLITE_BAD_CHECKSUM', text: 'UDP-Lite checksum is wrong as the kernel computes it (protocol 17 in the pseudo header)', rule: '2.6' },
  { code: 'SCTP_TOO_SHORT', text: 'SCTP header of {0} bytes, 12 are needed', rule: '2.6' },
  { code: 'SCTP_BAD_CHECKSUM', text: 'SCTP CRC32c is wrong', rule: '2.6' },
  { code: 'SCTP_NO_CHUNK', text: 'SCTP packet without a chunk', rule: '5.5' },
  { code: 'SCTP_ZERO_CHUNK', text: 'SCTP {0:chunk} of length 0', rule: '5.5' },
  { code: 'SCTP_CHUNK_NOT_ALONE', text: 'SCTP {0:chunk} may not stand beside another', rule: '5.5' },
  { code: 'SCTP_CHUNK_NOT_FIRST', text: 'SCTP {0:chunk} must be the first', rule: '5.5' },
  { code: 'SCTP_FIRST_CHUNK', text: 'an association cannot begin with SCTP {0:chunk}', rule: '5.5' },
  { code: 'SCTP_INIT_TAG', text: 'SCTP INIT with verification tag {0}, 0 is needed', rule: '5.5' },
  { code: 'SCTP_INIT_CUT', text: 'SCTP {0:chunk} is cut', rule: '5.5' },
  { code: 'SCTP_WRONG_TAG', text: 'SCTP verification tag {0}, {1} is expected', rule: '5.5' },
  { code: 'SCTP_HEARTBEAT_TAG', text: 'SCTP heartbeat with verification tag {0}, {1} is expected', rule: '5.5' },
  { code: 'SCTP_STATE', text: 'SCTP {0:chunk} does not fit {1:sctp} ({2:dir} direction)', rule: '5.5' },
  { code: 'SCTP_INIT_ACK_TAG', text: 'SCTP INIT-ACK announces tag {0}, {1} is known', rule: '5.5' },
  { code: 'TABLE_FULL', text: 'the table holds its {0} entries and none nearby may go', rule: '3.8' },

  // ---- UNTRACKED
  { code: 'ICMPV6_UNTRACKED', text: 'ICMPv6 type {0}: neighbour discovery and multicast listening are never tracked', rule: '5.4' },

  // ---- NEW
  { code: 'TCP_SYN', text: 'SYN', rule: '4.4' },
  { code: 'TCP_PICKUP', text: 'picked up mid-stream: an ACK without the handshake before it', rule: '4.4' },
  { code: 'TCP_SYN_REPEATED', text: 'SYN repeated, no answer', rule: '4.8' },
  { code: 'TCP_REOPENED', text: 'SYN on an ended connection ({0:tcp} before): a new one', rule: '4.5' },
  { code: 'STILL_UNREPLIED', text: 'no reply seen yet', rule: '3.2' },
  { code: 'GRE_ONE_WAY', text: 'GRE version 1 with call id {0}: without PPTP’s dialogue each direction is a connection of its own', rule: '5.6' },

  // ---- RELATED
  { code: 'EXPECTED_TCP', text: 'SYN met expectation {0}', rule: '6.4' },
  { code: 'EXPECTED', text: 'met expectation {0}', rule: '6.4' },
  { code: 'EXPECTED_PICKUP', text: 'mid-stream ACK met expectation {0}', rule: '6.4' },
  { code: 'ICMP_ERROR', text: 'ICMP error type {0} code {1} about connection {2}', rule: '5.3' },

  // ---- ESTABLISHED, and what changed
  { code: 'FIRST_REPLY', text: 'first reply', rule: '3.2' },
  { code: 'TCP_SYN_ANSWERED', text: 'SYN answered', rule: '4.3' },
  { code: 'TCP_HANDSHAKE_COMPLETE', text: 'handshake complete', rule: '4.3' },
  { code: 'TCP_BOTH_WAYS', text: 'seen both ways', rule: '4.9' },
  { code: 'TCP_SIMULTANEOUS_OPEN', text: 'both sides sent SYN', rule: '4.3' },
  { code: 'TCP_FIN', text: 'FIN seen', rule: '4.3' },
  { code: 'TCP_FIN_ANSWERED', text: 'traffic after the FIN', rule: '4.3' },
  { code: 'TCP_SECOND_FIN', text: 'second FIN seen', rule: '4.3' },
  { code: 'TCP_LAST_ACK', text: 'last ACK', rule: '4.3' },
  { code: 'TCP_RST', text: 'closed by RST', rule: '4.5' },
  { code: 'TCP_RST_UNREPLIED', text: 'RST before any reply was accepted: deleted at once', rule: '4.8' },
  { code: 'TCP_RST_KEPT', text: 'RST with seq {0}, not exactly {1}: kept open, waiting for a challenge ACK', rule: '4.5' },
  { code: 'TCP_IGNORED_SYN', text: 'ignored: SYN in {0:tcp}', rule: '4.5' },
  { code: 'TCP_IGNORED_SYNACK', text: 'ignored: SYN-ACK in {0:tcp}', rule: '4.5' },
  { code: 'TCP_IGNORED_ACK', text: 'ignored: ACK in {0:tcp}', rule: '4.5' },
  { code: 'TCP_IGNORED_NO_REOPEN', text: 'ignored: SYN in {0:tcp}, which may not be reopened from this side', rule: '4.5' },
  { code: 'TCP_CHALLENGE_ACK', text: 'challenge ACK, not the last ACK', rule: '4.5' },
  { code: 'TCP_RESYNC', text: 'SYN-ACK answers a SYN that was ignored before: state taken up anew', rule: '4.5' },
  { code: 'TCP_IGNORED_OVERSHOOT', text: 'ignored: segment end {0} is {1} above the window edge {2}', rule: '4.7 T1' },
  { code: 'TCP_IGNORED_OLD_SEQ', text: 'ignored: segment end {0} is {1} below {2}, older than a window', rule: '4.7 T3' },
  { code: 'TCP_IGNORED_OLD_ACK', text: 'ignored: ack {0} is {1} below {2}, too old', rule: '4.7 T4' },
  { code: 'TCP_LIBERAL', text: 'outside window, let pass as liberal', rule: '4.7' },
  { code: 'UDP_STREAM', text: 'traffic both ways for more than two seconds', rule: '5.1' },
  { code: 'STREAM', text: 'traffic both ways', rule: '5.2' },
  { code: 'SCTP_CHUNK', text: 'SCTP {0:chunk}', rule: '5.5' },
  { code: 'SCTP_IGNORED_INIT', text: 'ignored: INIT repeated, no answer', rule: '5.5' },
  { code: 'SCTP_IGNORED_HEARTBEAT', text: 'ignored: heartbeat with verification tag {0}, {1} is expected', rule: '5.5' },

  // ---- ends
  { code: 'TIMED_OUT', text: 'no packet for {0} s', rule: '3.5' },
  { code: 'EVICTED', text: 'evicted: the table was full', rule: '3.8' },
  { code: 'MASTER_ENDED', text: 'deleted with its control connection', rule: '8.6' },

  // ---- dropped by a helper
  { code: 'HELPER_PARTIAL', text: 'would be dropped: the helper met a command that is not complete in its segment', rule: '7.3' },
  { code: 'EXPECT_CLASH', text: 'would be dropped: the announced connection clashes with an expectation of another master', rule: '6.2' },
  { code: 'EXPECT_TABLE_FULL', text: 'would be dropped: {0} expectations are waiting already', rule: '6.2' },

  // ---- FTP announcements
  { code: 'FTP_RAISED', text: 'expectation {0} raised', rule: '7.6' },
  { code: 'FTP_INCOMPLETE', text: 'the announcement is not complete in its segment', rule: '7.3' },
  { code: 'FTP_ADDRESS_DIFFERS', text: 'the announced address is not the sender’s own', rule: '7.5' },
  { code: 'FTP_WRONG_FAMILY', text: 'the announcement names IP family {0}, the connection is IPv{1}', rule: '7.4' },
  { code: 'FTP_PORT_ZERO', text: 'the announced port is 0', rule: '7.4' },
  { code: 'FTP_MALFORMED', text: 'the announcement does not follow its grammar', rule: '7.4' },
  { code: 'FTP_NOT_AT_LINE_START', text: 'the segment does not begin right after a line end that was seen', rule: '7.3' },
  { code: 'FTP_IPV4_ONLY', text: 'PORT and 227 announce an IPv4 address, the connection is IPv6', rule: '7.5' },
  { code: 'FTP_CLASH', text: 'the same address and port is expected for another connection already', rule: '6.2' },
  { code: 'FTP_LIMIT', text: '{0} expectations are waiting already', rule: '6.2' },

  // ---- announcements of the other helpers
  { code: 'EXPECTATION_RAISED', text: 'expectation {0} raised', rule: '6.2' },
  { code: 'EXPECTATIONS_RAISED', text: '{0} expectations raised, the first is {1}', rule: '6.2' },
  { code: 'EXPECTATIONS_REMOVED', text: '{0} expectations taken back', rule: '8.7' },
  { code: 'ANNOUNCED_ADDRESS_DIFFERS', text: 'no expectation: the announced address is not the sender’s own', rule: '8' },
  { code: 'ANNOUNCED_PORT_ZERO', text: 'no expectation: the announced port is 0', rule: '8' },
  { code: 'IRC_DCC_INCOMPLETE', text: 'no expectation: the DCC offer has no end of line in its segment, or no room for an address', rule: '8.2' },
  { code: 'SANE_REFUSED', text: 'no expectation: the scanner answers with status {0}', rule: '8.3' },
  { code: 'SANE_TOO_SHORT', text: 'no expectation: an answer of {0} bytes, 8 are needed', rule: '8.3' },
  { code: 'AMANDA_NO_LINE_END', text: 'no expectation: CONNECT without the end of its line in the packet', rule: '8.4' },
  { code: 'SIP_NO_CSEQ', text: 'would be dropped: the SIP message has no CSeq with a number', rule: '8.7' },
  { code: 'SIP_BAD_STATUS', text: 'would be dropped: the SIP response has no status code', rule: '8.7' },
  { code: 'SIP_MEDIA_PORT', text: 'would be dropped: the session description announces port {0}, below 1024 or above 65535', rule: '8.7' },
  { code: 'SIP_NO_MEDIA_ADDRESS', text: 'would be dropped: the session description gives no address for port {0}', rule: '8.7' },
  { code: 'SIP_BAD_EXPIRES', text: 'would be dropped: the SIP Contact’s expires is not a number', rule: '8.7' },
  { code: 'SIP_NO_CONTACT', text: 'no expectation: the registration has no Contact with a numeric address', rule: '8.7' },
  { code: 'SIP_TRANSPORT_DIFFERS', text: 'no expectation: the SIP Contact names another transport than this connection’s', rule: '8.7' },
  { code: 'SIP_EXPIRES_ZERO', text: 'no expectation: the registration expires at once', rule: '8.7' },
  { code: 'SIP_ACTIVATED', text: 'expectation {0} may be met for {1} s', rule: '8.7' },
  { code: 'SIP_OTHER_CSEQ', text: 'CSeq {0} is not that of the registration, {1}', rule: '8.7' },
  { code: 'SIP_INCOMPLETE', text: 'not examined: the SIP message is not complete in its segment', rule: '8.7' },
  { code: 'SIP_NO_LENGTH', text: 'not examined: a SIP message over TCP without Content-Length', rule: '8.7' },
  { code: 'PPTP_UNFIT', text: 'PPTP message {0} does not fit the dialogue (session {1}, call {2})', rule: '8.6' },
  { code: 'PPTP_REFUSED', text: 'PPTP message {0} says no (result {1})', rule: '8.6' },
  { code: 'PPTP_OTHER_CALL', text: 'PPTP message {0} is about call {1}, not {2}', rule: '8.6' },
  { code: 'PPTP_CLASH', text: 'no expectation: the calls {0} and {1} are expected for another connection', rule: '8.6' },
  { code: 'H323_UNDECODABLE', text: 'not examined: the H.323 message cannot be decoded', rule: '8.8' },
] as const satisfies readonly ReasonInfo[]

export type ReasonCode = (typeof REASONS)[number]['code']

/** Index by code. */
export const Reason = Object.fromEntries(REASONS.map((info, index) => [info.code, index])) as { readonly [K in ReasonCode]: number }

const TCP_FLAG_NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']
// prettier-ignore
const SCTP_CHUNK_NAMES: Readonly<Record<number, string>> = {
  0: 'DATA', 1: 'INIT', 2: 'INIT-ACK', 3: 'SACK', 4: 'HEARTBEAT', 5: 'HEARTBEAT-ACK', 6: 'ABORT', 7: 'SHUTDOWN',
  8: 'SHUTDOWN-ACK', 9: 'ERROR', 10: 'COOKIE-ECHO', 11: 'COOKIE-ACK', 14: 'SHUTDOWN-COMPLETE',
}

/** What a number may mean. */
const FORMATS: Readonly<Record<string, (n: number) => string>> = {
  tcp: (n) => TCP_STATE_NAMES[n] ?? String(n),
  sctp: (n) => SCTP_STATE_NAMES[n] ?? String(n),
  dir: (n) => (n === 0 ? 'original' : 'reply'),
  flags: (n) => TCP_FLAG_NAMES.filter((_, bit) => (n >>> bit) & 1).join('+') || 'none',
  chunk: (n) => SCTP_CHUNK_NAMES[n] ?? `chunk ${String(n)}`,
}

/** The sentence of a reason with its numbers filled in. */
export function reasonText(reason: number, args: ReasonArgs): string {
  const info: ReasonInfo | undefined = REASONS[reason]
  if (info === undefined) return ''
  return info.text.replace(/\{([0-3])(?::(\w+))?\}/g, (_, i: string, format: string | undefined) => {
    const n = args[Number(i)] ?? 0
    return format === undefined ? String(n) : FORMATS[format]!(n)
  })
}
