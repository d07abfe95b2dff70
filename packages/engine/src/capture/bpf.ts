/**
 * Looks at a capture filter before libpcap does. libpcap asks DNS for every name that it does not know, which
 * a capture must never do; so a filter names hosts and networks by address only.
 */
import { isIPv6 } from 'node:net'
import { EngineError } from '../errors.ts'
import { loadCap } from './cap-addon.ts'
import { LinkType } from './link-type.ts'

/** Longest filter text, in bytes of UTF-8. */
export const MAX_FILTER_BYTES = 4096

/** Words of pcap-filter(7) that stand for no address, port or protocol that must be looked up. */
const KEYWORDS = new Set(
  `aarp action addr1 addr2 addr3 addr4 address1 address2 address3 address4 ah and arp atalk bcc broadcast byte carp clnp connectmsg csnp
  decnet dir direction dst es-is esis esp ether fddi fisu fn gateway geneve gre greater hdpc hello hlen host hopc hopcount hsls icmp icmp6
  icmp6-code icmp6-destinationunreach icmp6-destinationrunreach icmp6-echo icmp6-echoreply icmp6-homeagentdiscoveryreply
  icmp6-homeagentdiscoveryrequest icmp6-ineighbordiscoveryadvert icmp6-ineighbordiscoverysolicit icmp6-mobileprefixadvert
  icmp6-mobileprefixsolicit icmp6-multicastlistenerdone icmp6-multicastlistenerquery icmp6-multicastlistenerreportv1
  icmp6-multicastlistenerreportv2 icmp6-multicastrouterdiscovery icmp6-neighboradvert icmp6-neighborsolicit icmp6-nodeinformationquery
  icmp6-nodeinformationresponse icmp6-packettoobig icmp6-parameterproblem icmp6-redirect icmp6-routeradvert icmp6-routerrenum
  icmp6-routersolicit icmp6-timeexceeded icmp6type icmp6code icmp-echo icmp-echoreply icmp-ireq icmp-ireqreply icmp-maskreply icmp-maskreq
  icmp-paramprob icmp-redirect icmp-routeradvert icmp-routersolicit icmp-sourcequench icmp-timxceed icmp-tstamp icmp-tstampreply
  icmp-unreach icmpcode icmptype ifindex ifname igmp igrp iih inbound ip ip6 ipx is-is isis iso l1 l2 lane lat len length less link llc lsp
  lssu lsu metac metaconnect mopdl moprc mpls msu multicast net netbeui not on opc or outbound pim port portrange ppp pppoed pppoes proto
  protochain psnp ra radio rarp reason ret rnr rset rulenum ruleset sca sctp sio sls snp src srcport stp subrulenum subtype ta tcp tcp-ack
  tcp-cwr tcp-ece tcp-fin tcp-push tcp-rst tcp-syn tcp-urg tcpflags tr type udp vci vlan vpi vrrp wlan xor`.split(/\s+/),
)

/** What a bare name that follows would be: looked up in local files (allowed), or taken for a host (refused). */
type NameKind = 'local' | 'host'

/** After these a name is a service or a protocol, of /etc/services and the like; until the next qualifier. */
const LOCAL_NAME_QUALIFIERS = new Set([
  'port',
  'portrange',
  'proto',
  'protochain',
  'type',
  'subtype',
  'llc',
  'dir',
  'direction',
  'ifname',
  'on',
])
/** These join terms and leave the kind of name as it was: `port ftp or http`. */
const CONNECTIVES = new Set(['and', 'or', 'not'])

// As libpcap's scanner splits words: names may hold `-`, `.` and `_`, addresses `:`.
const WORD = /\\?[A-Za-z0-9_:][A-Za-z0-9_.:-]*/g

const NUMBER = /^(0x[0-9a-f]+|\d+)$/i
const NUMBER_PAIR = /^\d+[:-]\d+$/ // `tcp[2:2]`, `portrange 20-21`
const IPV4_PREFIX = /^\d{1,3}(\.\d{1,3}){1,3}$/
const MAC = /^[0-9a-f]{1,2}([:.-])[0-9a-f]{1,2}(\1[0-9a-f]{1,2}){4}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i

/**
 * Refuses what must not reach libpcap.
 * @throws EngineError ERR_BPF that names the column, counted from 1.
 */
export function checkFilterText(text: string): void {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_FILTER_BYTES) {
    throw new EngineError(
      'ERR_BPF',
      `The capture filter has ${String(bytes)} bytes, at most ${String(MAX_FILTER_BYTES)} are allowed`,
      'Shorten it.',
    )
  }
  // A NUL would end the text early for libpcap; other control characters would reach terminals in its answer.
  const strange = /[^\x20-\x7e\t\n\r]/.exec(text)
  if (strange !== null) {
    throw new EngineError(
      'ERR_BPF',
      `The capture filter has a character that is not allowed in column ${String(strange.index + 1)}`,
      'Only printable ASCII is.',
    )
  }

  let nameKind: NameKind = 'host'
  for (const match of text.matchAll(WORD)) {
    const word = match[0]
    if (CONNECTIVES.has(word) || isLiteral(word)) continue
    if (word === 'gateway') throw hostNameError('gateway needs a host name', match.index)
    if (KEYWORDS.has(word)) nameKind = LOCAL_NAME_QUALIFIERS.has(word) ? 'local' : 'host'
    else if (nameKind === 'host' && !isProtocolName(word)) throw hostNameError(`'${word}' looks like a host name`, match.index)
  }
}

/**
 * Compiles a filter without a device, to say what is wrong with it before it is used.
 * @param linkType LINKTYPE_ value
 * @throws EngineError ERR_BPF with libpcap's text
 */
export function compileFilter(text: string, linkType: number, snapLength: number): Buffer {
  checkFilterText(text)
  try {
    return loadCap().compileFilter(text, linkType === LinkType.Raw ? LinkType.RawDlt : linkType, snapLength)
  } catch (error) {
    throw bpfError(error)
  }
}

/** An ERR_BPF from what the addon threw. */
export function bpfError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  const text = error instanceof Error ? error.message : String(error)
  return new EngineError('ERR_BPF', `The capture filter is not valid: ${text}`, "See pcap-filter(7), for instance 'tcp port 21'.", {
    cause: error,
  })
}

function isLiteral(word: string): boolean {
  return NUMBER.test(word) || NUMBER_PAIR.test(word) || IPV4_PREFIX.test(word) || MAC.test(word) || isIPv6(word)
}

/** `\tcp`: a protocol's name that is a keyword too, escaped. */
function isProtocolName(word: string): boolean {
  return word.startsWith('\\') && KEYWORDS.has(word.slice(1))
}

function hostNameError(what: string, index: number): EngineError {
  return new EngineError(
    'ERR_BPF',
    `The capture filter is not valid: ${what} (column ${String(index + 1)})`,
    'Names are never looked up: give an address.',
  )
}
