/**
 * The one table of fields: the parser, the compiler, completion and the documentation all read it. Browser-safe.
 */
import {
  CT_STATE_NAMES,
  DROP_CAUSE_NAMES,
  END_CAUSE_NAMES,
  EVENT_BIT_NAMES,
  EVENT_KIND_NAMES,
  EXP_END_CAUSE_NAMES,
  SCTP_STATE_NAMES,
  STATUS_NAMES,
  TCP_STATE_NAMES,
} from '@ctscope/engine/model'

/** What a filter is about: which rows it picks. */
export type Subject = 'connections' | 'packets' | 'transitions'

/**
 * number: a whole number. size: a number that may end in K, M, G (1000s) or Ki, Mi, Gi (1024s). duration: seconds,
 * or with ms, s, m, h, d. address: an IP address or a network. word: one of `words` (where the list is closed) or a
 * short name, compared without regard to case. text: any text, compared without regard to case. bits: a set of
 * `words`, the list being in bit order. boolean: true or false.
 */
export type FieldType = 'number' | 'size' | 'duration' | 'address' | 'word' | 'text' | 'bits' | 'boolean'

export type Field = {
  readonly name: string
  readonly type: FieldType
  readonly subjects: readonly Subject[]
  /** One line for completion and the documentation. */
  readonly what: string
  /** The only words allowed, where the list is closed. */
  readonly words?: readonly string[]
  /** Offered by completion where the list is open. */
  readonly examples?: readonly string[]
}

const ALL: readonly Subject[] = ['connections', 'packets', 'transitions']
const CONNECTIONS: readonly Subject[] = ['connections']
const PACKETS: readonly Subject[] = ['packets']
const TRANSITIONS: readonly Subject[] = ['transitions']
const NOT_PACKETS: readonly Subject[] = ['connections', 'transitions']
const NOT_CONNECTIONS: readonly Subject[] = ['packets', 'transitions']

const filled = (names: readonly string[]): readonly string[] => names.filter((name) => name !== '')

/** TCP flags by bit number, RFC 9293 section 3.1. */
export const TCP_FLAG_NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const

export const FIELDS: readonly Field[] = [
  { name: 'ip.addr', type: 'address', subjects: ALL, what: 'either address' },
  { name: 'ip.src', type: 'address', subjects: ALL, what: 'source address (of a connection: the original direction’s)' },
  { name: 'ip.dst', type: 'address', subjects: ALL, what: 'destination address' },
  { name: 'ip.version', type: 'number', subjects: ALL, what: '4 or 6', examples: ['4', '6'] },
  { name: 'port', type: 'number', subjects: ALL, what: 'either port', examples: ['21', '53', '80', '443'] },
  { name: 'sport', type: 'number', subjects: ALL, what: 'source port' },
  { name: 'dport', type: 'number', subjects: ALL, what: 'destination port', examples: ['21', '53', '80', '443'] },
  {
    name: 'proto',
    type: 'word',
    subjects: ALL,
    what: 'IP protocol, by name or number',
    examples: ['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'gre', 'udplite', 'dccp'],
  },
  { name: 'ct.state', type: 'word', subjects: ALL, what: 'ct state (of a transition: after it)', words: CT_STATE_NAMES },
  { name: 'ct.status', type: 'bits', subjects: NOT_PACKETS, what: 'status bits', words: STATUS_NAMES },
  { name: 'tcp.state', type: 'word', subjects: ALL, what: 'TCP state (of a packet or transition: after it)', words: TCP_STATE_NAMES },
  { name: 'sctp.state', type: 'word', subjects: ALL, what: 'SCTP state', words: SCTP_STATE_NAMES },
  { name: 'helper', type: 'word', subjects: CONNECTIONS, what: 'helper of the connection', examples: ['ftp', 'tftp', 'sip', 'irc'] },
  { name: 'master.helper', type: 'word', subjects: CONNECTIONS, what: 'helper of its master', examples: ['ftp', 'tftp', 'sip', 'irc'] },
  { name: 'master', type: 'number', subjects: CONNECTIONS, what: 'id of its master' },
  { name: 'related_to', type: 'number', subjects: CONNECTIONS, what: 'id of the connection that it was expected by' },
  { name: 'id', type: 'number', subjects: ALL, what: 'id of the connection' },
  { name: 'bytes', type: 'size', subjects: CONNECTIONS, what: 'bytes both ways', examples: ['1K', '1M', '1G'] },
  { name: 'packets', type: 'size', subjects: CONNECTIONS, what: 'packets both ways', examples: ['10', '1K'] },
  { name: 'age', type: 'duration', subjects: CONNECTIONS, what: 'time since its first packet', examples: ['10s', '5m', '1h'] },
  { name: 'timeout', type: 'duration', subjects: NOT_PACKETS, what: 'time that is left', examples: ['30s', '2m', '1d'] },
  { name: 'interface', type: 'word', subjects: ALL, what: 'interface or file', examples: ['eth0', 'lo'] },
  { name: 'zone', type: 'number', subjects: CONNECTIONS, what: 'conntrack zone' },
  { name: 'reason', type: 'text', subjects: ALL, what: 'code or sentence of the reason', examples: ['window'] },
  { name: 'invalid', type: 'number', subjects: ['connections', 'packets'], what: 'INVALID packets; alone: any' },
  { name: 'uncertain', type: 'boolean', subjects: CONNECTIONS, what: 'touched by loss' },
  { name: 'ended', type: 'boolean', subjects: CONNECTIONS, what: 'no longer in the table' },
  { name: 'ended.cause', type: 'word', subjects: CONNECTIONS, what: 'why it ended', words: filled(END_CAUSE_NAMES) },
  { name: 'direction', type: 'word', subjects: NOT_CONNECTIONS, what: 'original or reply', words: ['original', 'reply'] },
  { name: 'tcp.flags', type: 'bits', subjects: PACKETS, what: 'TCP flags', words: TCP_FLAG_NAMES },
  { name: 'length', type: 'size', subjects: PACKETS, what: 'bytes on the wire', examples: ['1500'] },
  { name: 'payload', type: 'size', subjects: PACKETS, what: 'bytes of payload' },
  { name: 'drop', type: 'word', subjects: PACKETS, what: 'why the kernel would have dropped it', words: filled(DROP_CAUSE_NAMES) },
  { name: 'packet', type: 'number', subjects: NOT_CONNECTIONS, what: 'number of the frame' },
  { name: 'seq', type: 'number', subjects: TRANSITIONS, what: 'number of the transition' },
  { name: 'event', type: 'word', subjects: TRANSITIONS, what: 'kind of event', words: EVENT_KIND_NAMES },
  { name: 'event.bits', type: 'bits', subjects: TRANSITIONS, what: 'what the event is about', words: EVENT_BIT_NAMES },
  { name: 'from.state', type: 'word', subjects: TRANSITIONS, what: 'ct state before', words: CT_STATE_NAMES },
  { name: 'from.tcp', type: 'word', subjects: TRANSITIONS, what: 'TCP state before', words: TCP_STATE_NAMES },
  { name: 'expectation', type: 'number', subjects: TRANSITIONS, what: 'id of the expectation' },
  {
    name: 'cause',
    type: 'word',
    subjects: TRANSITIONS,
    what: 'why the entry or expectation ended',
    words: [...new Set(filled([...END_CAUSE_NAMES, ...EXP_END_CAUSE_NAMES]))],
  },
]

const BY_NAME = new Map(FIELDS.map((field) => [field.name, field]))

/** The field of a name, whatever its case. */
export function fieldOf(name: string): Field | undefined {
  return BY_NAME.get(name.toLowerCase())
}

/** Comparison operators that a type takes, in the order completion offers them. */
export function operatorsOf(type: FieldType): readonly Operator[] {
  switch (type) {
    case 'number':
    case 'size':
    case 'duration':
      return ['==', '!=', '<', '<=', '>', '>=', 'in']
    case 'address':
    case 'bits':
      return ['==', '!=', 'in']
    case 'word':
    case 'text':
      return ['==', '!=', 'contains', 'in']
    case 'boolean':
      return ['==', '!=']
  }
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
export type Operator = Comparison | 'contains' | 'in'
