/**
 * What the kernel logs of a packet (`why` in its answers), and which of our reasons name the same cause. Where the text
 * has numbers that ours carries too, they must be the same. A text that no row knows agrees with nothing.
 *
 * The texts were collected from the recorded answers and from random traffic asked of Linux 6.18.
 */
import { SCTP_STATE_NAMES, TCP_STATE_NAMES, type ReasonCode } from '../../src/model/index.ts'
import type { ToldReason } from './verdicts-of.ts'

type Row = {
  text: RegExp
  codes: readonly ReasonCode[]
  /** Whether the numbers in the text are those of our reason. */
  hasSameNumbers?: (found: readonly string[], args: readonly number[], code: ReasonCode) => boolean
}

const TCP_STATE_CODES = [
  'TCP_STATE_SYN',
  'TCP_STATE_SYNACK',
  'TCP_STATE_FIN',
  'TCP_STATE_ACK',
  'TCP_STATE_RST',
  'TCP_STATE_NO_FLAGS',
] as const satisfies readonly ReasonCode[]
const TCP_IGNORE_CODES = ['TCP_IGNORED_SYN', 'TCP_IGNORED_SYNACK', 'TCP_IGNORED_ACK', 'TCP_IGNORED_NO_REOPEN'] as const
/** Our class of segment by the kernel's index. */
const IGNORED_BY_INDEX: readonly (readonly ReasonCode[])[] = [
  ['TCP_IGNORED_SYN', 'TCP_IGNORED_NO_REOPEN'],
  ['TCP_IGNORED_SYNACK'],
  [],
  ['TCP_IGNORED_ACK'],
]

const decimal = (text: string | undefined) => Number(text)
/** SCTP tags are logged in the order of the machine's bytes, not the network's: little-endian here. */
const tag = (text: string | undefined) => Buffer.from((text ?? '').padStart(8, '0'), 'hex').readUInt32LE()

export const WHY_TABLE: readonly Row[] = [
  // ---- TCP
  { text: /^nf_ct_proto_6: short packet$/, codes: ['TCP_TOO_SHORT'] },
  { text: /^nf_ct_proto_6: truncated packet$/, codes: ['TCP_BAD_DATA_OFFSET'] },
  { text: /^nf_ct_proto_6: bad checksum$/, codes: ['TCP_BAD_CHECKSUM'] },
  { text: /^nf_ct_proto_6: invalid tcp flag combination$/, codes: ['TCP_BAD_FLAGS'] },
  {
    text: /^nf_ct_proto_6: invalid new$/,
    codes: ['TCP_FIRST_SYNACK', 'TCP_FIRST_FIN', 'TCP_FIRST_RST', 'TCP_FIRST_NO_FLAGS', 'TCP_NOT_LOOSE'],
  },
  {
    text: /^nf_ct_proto_6: packet \(index (\d)\) in dir ([01]) invalid, state (\w+)$/,
    codes: TCP_STATE_CODES,
    hasSameNumbers: ([index, dir, state], args, code) =>
      code === TCP_STATE_CODES[decimal(index)] && TCP_STATE_NAMES[args[0]!] === state && args[1] === decimal(dir),
  },
  {
    text: /^nf_ct_proto_6: packet \(index (\d)\) in dir [01] ignored, state (\w+)$/,
    codes: TCP_IGNORE_CODES,
    hasSameNumbers: ([index, state], args, code) =>
      IGNORED_BY_INDEX[decimal(index)]?.includes(code) === true && TCP_STATE_NAMES[args[0]!] === state,
  },
  {
    text: /^nf_ct_proto_6: SEQ is over upper bound (\d+) \(over the window of the receiver\)$/,
    codes: ['TCP_SEQ_ABOVE_WINDOW', 'TCP_SEQ_OVERSHOOT'],
    hasSameNumbers: ([bound], args, code) => decimal(bound) === (args[code === 'TCP_SEQ_OVERSHOOT' ? 1 : 2]! + 1) >>> 0,
  },
  {
    text: /^nf_ct_proto_6: ACK is over upper bound (\d+) \(ACKed data not seen yet\)$/,
    codes: ['TCP_ACK_ABOVE_SENT'],
    hasSameNumbers: ([bound], args) => decimal(bound) === (args[2]! + 1) >>> 0,
  },
  {
    text: /^nf_ct_proto_6: SEQ is under lower bound (\d+) \(already ACKed data retransmitted\)$/,
    codes: ['TCP_IGNORED_OLD_SEQ'],
    hasSameNumbers: ([bound], args) => decimal(bound) === (args[2]! - 1) >>> 0,
  },
  {
    text: /^nf_ct_proto_6: ignored ACK under lower bound (\d+) \(possible overly delayed\)$/,
    codes: ['TCP_IGNORED_OLD_ACK'],
    hasSameNumbers: ([bound], args) => decimal(bound) === (args[2]! - 1) >>> 0,
  },
  {
    text: /^nf_ct_proto_6: (\d+) bytes more than expected$/,
    codes: ['TCP_IGNORED_OVERSHOOT'],
    hasSameNumbers: ([bytes], args) => decimal(bytes) === (args[1]! + 1) >>> 0,
  },
  { text: /^nf_ct_proto_6: invalid rst$/, codes: ['TCP_RST_BELOW_ACK'] },
  { text: /^nf_ct_proto_6: challenge-ack ignored$/, codes: ['TCP_CHALLENGE_ACK'] },
  // Of a FIN or RST whose own cause is logged beside it.
  {
    text: /^nf_ct_proto_6: packet \(index \d, dir [01]\) response for index \d lower timeout to \d+$/,
    codes: ['TCP_SEQ_ABOVE_WINDOW', 'TCP_SEQ_OVERSHOOT', 'TCP_ACK_ABOVE_SENT'],
  },

  // ---- UDP, UDP-Lite
  { text: /^nf_ct_proto_17: short packet$/, codes: ['UDP_TOO_SHORT'] },
  { text: /^nf_ct_proto_17: truncated\/malformed packet$/, codes: ['UDP_BAD_LENGTH'] },
  { text: /^nf_ct_proto_17: bad checksum$/, codes: ['UDP_BAD_CHECKSUM'] },
  { text: /^nf_ct_proto_136: short packet$/, codes: ['UDPLITE_TOO_SHORT'] },
  { text: /^nf_ct_proto_136: invalid checksum coverage$/, codes: ['UDPLITE_BAD_COVERAGE'] },
  { text: /^nf_ct_proto_136: checksum missing$/, codes: ['UDPLITE_NO_CHECKSUM'] },
  { text: /^nf_ct_proto_136: bad checksum$/, codes: ['UDPLITE_BAD_CHECKSUM'] },

  // ---- ICMP, ICMPv6
  { text: /^nf_ct_proto_1: short packet$/, codes: ['ICMP_TOO_SHORT'] },
  { text: /^nf_ct_proto_1: bad hw icmp checksum$/, codes: ['ICMP_BAD_CHECKSUM'] },
  { text: /^nf_ct_proto_1: invalid icmp type$/, codes: ['ICMP_UNKNOWN_TYPE'] },
  { text: /^nf_ct_proto_58: short packet$/, codes: ['ICMP_TOO_SHORT'] },
  { text: /^nf_ct_proto_58: ICMPv6 checksum failed$/, codes: ['ICMP_BAD_CHECKSUM'] },
  { text: /^nf_ct_proto_58: short redirect$/, codes: ['REDIRECT_TOO_SHORT'] },
  { text: /^nf_ct_proto_58: redirect without options$/, codes: ['REDIRECT_OPTION'] },
  { text: /^nf_ct_proto_(1|58): outer daddr \S+ != inner \S+$/, codes: ['ICMP_ERROR_WRONG_ADDRESSEE'] },

  // ---- SCTP
  { text: /^nf_ct_proto_132: nf_ct_sctp: short packet$/, codes: ['SCTP_TOO_SHORT'] },
  { text: /^nf_ct_proto_132: nf_ct_sctp: bad CRC$/, codes: ['SCTP_BAD_CHECKSUM'] },
  {
    text: /^nf_ct_proto_132: do_basic_checks failed\. chunk num \d+, type (\d+), len \d+ flag/,
    codes: ['SCTP_ZERO_CHUNK', 'SCTP_CHUNK_NOT_ALONE', 'SCTP_CHUNK_NOT_FIRST'],
    hasSameNumbers: ([type], args) => decimal(type) === args[0],
  },
  {
    text: /^nf_ct_proto_132: verification tag check failed ([0-9a-f]+) vs ([0-9a-f]+) for dir [01]$/,
    codes: ['SCTP_WRONG_TAG'],
    hasSameNumbers: ([sent, expected], args) => tag(sent) === args[0] && tag(expected) === args[1],
  },
  {
    text: /^nf_ct_proto_132: Invalid, old_state (\d), dir ([01]), type (\d+)$/,
    codes: ['SCTP_STATE'],
    hasSameNumbers: ([state, dir, type], args) =>
      decimal(type) === args[0] && SCTP_STATE_NAMES[decimal(state)] === SCTP_STATE_NAMES[args[1]!] && decimal(dir) === args[2],
  },

  // ---- helpers that have a packet dropped
  { text: /^nf_ct_ftp: dropping packet: partial matching of `/, codes: ['HELPER_PARTIAL', 'FTP_INCOMPLETE'] },
  { text: /^nf_ct_\w+: dropping packet: cannot add expectation$/, codes: ['EXPECT_CLASH', 'EXPECT_TABLE_FULL', 'FTP_CLASH'] },
  {
    text: /^nf_ct_(Q\.931|H\.245|RAS): dropping packet: cannot process (Q\.931|H\.245|RAS) message$/,
    codes: ['EXPECT_CLASH', 'EXPECT_TABLE_FULL'],
  },
  { text: /^nf_ct_sip: dropping packet: cannot get code$/, codes: ['SIP_BAD_STATUS'] },
  { text: /^nf_ct_sip: dropping packet: cannot (get|parse) cseq$/, codes: ['SIP_NO_CSEQ'] },
  { text: /^nf_ct_sip: dropping packet: cannot parse expires$/, codes: ['SIP_BAD_EXPIRES'] },
  { text: /^nf_ct_sip: dropping packet: cannot parse SDP message$/, codes: ['SIP_NO_MEDIA_ADDRESS'] },
  {
    text: /^nf_ct_sip: dropping packet: wrong port (\d+)$/,
    codes: ['SIP_MEDIA_PORT'],
    hasSameNumbers: ([port], args) => decimal(port) === args[0],
  },
]

/** A helper that has the packet dropped speaks last. */
const HELPER = /^nf_ct_(?!proto_)/

/** Whether what the kernel logged of a packet names the same cause as our reason. */
export function isSameCause(whys: readonly string[], told: ToldReason): boolean {
  const helpers = whys.filter((why) => HELPER.test(why))
  return (helpers.length > 0 ? helpers : whys).every((why) => hasRow(why.trim(), told))
}

function hasRow(why: string, told: ToldReason): boolean {
  return WHY_TABLE.some((row) => {
    const found = row.text.exec(why)
    if (found === null || !row.codes.includes(told.code)) return false
    return row.hasSameNumbers?.(found.slice(1), told.args, told.code) ?? true
  })
}
