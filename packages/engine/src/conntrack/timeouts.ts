import type { SettingName, Settings } from '../model/index.ts'

/** Timeouts in s, ready to be indexed by a tracker's state number (CONNTRACK.md 4.11, 5). */
export type Timeouts = {
  /** By TCP state number, then TCP_RETRANS and TCP_UNACK. */
  readonly tcp: Int32Array
  /** By SCTP state number. */
  readonly sctp: Int32Array
  /** Unreplied, stream. */
  readonly udp: readonly [number, number]
  readonly gre: readonly [number, number]
  readonly icmp: number
  readonly icmpv6: number
  readonly generic: number
}

export const TCP_RETRANS = 10
export const TCP_UNACK = 11

const TCP_NAMES: readonly (SettingName | null)[] = [
  null, // NONE
  'nf_conntrack_tcp_timeout_syn_sent',
  'nf_conntrack_tcp_timeout_syn_recv',
  'nf_conntrack_tcp_timeout_established',
  'nf_conntrack_tcp_timeout_fin_wait',
  'nf_conntrack_tcp_timeout_close_wait',
  'nf_conntrack_tcp_timeout_last_ack',
  'nf_conntrack_tcp_timeout_time_wait',
  'nf_conntrack_tcp_timeout_close',
  null, // SYN_SENT2 has no sysctl
  'nf_conntrack_tcp_timeout_max_retrans',
  'nf_conntrack_tcp_timeout_unacknowledged',
]
/** s, CONNTRACK.md 4.11. */
const TCP_SYN_SENT2_TIMEOUT_S = 120

const SCTP_NAMES: readonly (SettingName | null)[] = [
  null,
  'nf_conntrack_sctp_timeout_closed',
  'nf_conntrack_sctp_timeout_cookie_wait',
  'nf_conntrack_sctp_timeout_cookie_echoed',
  'nf_conntrack_sctp_timeout_established',
  'nf_conntrack_sctp_timeout_shutdown_sent',
  'nf_conntrack_sctp_timeout_shutdown_recd',
  'nf_conntrack_sctp_timeout_shutdown_ack_sent',
  'nf_conntrack_sctp_timeout_heartbeat_sent',
]

export function compileTimeouts(settings: Settings): Timeouts {
  const pick = (names: readonly (SettingName | null)[], otherwise: number) =>
    Int32Array.from(names, (name) => (name === null ? otherwise : settings[name]))
  return {
    tcp: pick(TCP_NAMES, TCP_SYN_SENT2_TIMEOUT_S),
    sctp: pick(SCTP_NAMES, 0),
    udp: [settings.nf_conntrack_udp_timeout, settings.nf_conntrack_udp_timeout_stream],
    gre: [settings.nf_conntrack_gre_timeout, settings.nf_conntrack_gre_timeout_stream],
    icmp: settings.nf_conntrack_icmp_timeout,
    icmpv6: settings.nf_conntrack_icmpv6_timeout,
    generic: settings.nf_conntrack_generic_timeout,
  }
}
