/**
 * The sysctls under net.netfilter. that change a verdict or a timeout, with the kernel's defaults
 * (CONNTRACK.md 4.11, 5, 11); times in seconds. Two defaults differ on purpose, as the oracle sets them:
 * checksum 0 (a capture on the sending host shows unfinished checksums) and acct 1.
 */
export const DEFAULT_SETTINGS = {
  nf_conntrack_acct: 1,
  nf_conntrack_checksum: 0,
  nf_conntrack_max: 262144,
  nf_conntrack_expect_max: 4096,
  nf_conntrack_frag6_timeout: 60,
  nf_conntrack_generic_timeout: 600,
  nf_conntrack_gre_timeout: 30,
  nf_conntrack_gre_timeout_stream: 180,
  nf_conntrack_icmp_timeout: 30,
  nf_conntrack_icmpv6_timeout: 30,
  nf_conntrack_sctp_timeout_closed: 10,
  nf_conntrack_sctp_timeout_cookie_wait: 3,
  nf_conntrack_sctp_timeout_cookie_echoed: 3,
  nf_conntrack_sctp_timeout_established: 210,
  nf_conntrack_sctp_timeout_shutdown_sent: 3,
  nf_conntrack_sctp_timeout_shutdown_recd: 3,
  nf_conntrack_sctp_timeout_shutdown_ack_sent: 3,
  nf_conntrack_sctp_timeout_heartbeat_sent: 30,
  nf_conntrack_tcp_be_liberal: 0,
  nf_conntrack_tcp_ignore_invalid_rst: 0,
  nf_conntrack_tcp_loose: 1,
  nf_conntrack_tcp_max_retrans: 3,
  nf_conntrack_tcp_timeout_close: 10,
  nf_conntrack_tcp_timeout_close_wait: 60,
  nf_conntrack_tcp_timeout_established: 432000,
  nf_conntrack_tcp_timeout_fin_wait: 120,
  nf_conntrack_tcp_timeout_last_ack: 30,
  nf_conntrack_tcp_timeout_max_retrans: 300,
  nf_conntrack_tcp_timeout_syn_recv: 60,
  nf_conntrack_tcp_timeout_syn_sent: 120,
  nf_conntrack_tcp_timeout_time_wait: 120,
  nf_conntrack_tcp_timeout_unacknowledged: 300,
  nf_conntrack_udp_timeout: 30,
  nf_conntrack_udp_timeout_stream: 120,
} as const

export type SettingName = keyof typeof DEFAULT_SETTINGS
export type Settings = { -readonly [K in SettingName]: number }

/** A helper on a port, as a firewall's CT rule would assign it. */
export type HelperAssignment = { readonly helper: string; readonly l4: 'tcp' | 'udp'; readonly port: number }

/** The oracle's table. A kernel assigns none by itself (CONNTRACK.md 7.1), so the page names what is assumed. */
export const DEFAULT_HELPERS: readonly HelperAssignment[] = [
  { helper: 'ftp', l4: 'tcp', port: 21 },
  { helper: 'tftp', l4: 'udp', port: 69 },
  { helper: 'irc', l4: 'tcp', port: 6667 },
  { helper: 'sip', l4: 'udp', port: 5060 },
  { helper: 'sip', l4: 'tcp', port: 5060 },
  { helper: 'pptp', l4: 'tcp', port: 1723 },
  { helper: 'Q.931', l4: 'tcp', port: 1720 },
  { helper: 'amanda', l4: 'udp', port: 10080 },
  { helper: 'netbios-ns', l4: 'udp', port: 137 },
  { helper: 'snmp', l4: 'udp', port: 161 },
  { helper: 'sane', l4: 'tcp', port: 6566 },
  { helper: 'RAS', l4: 'udp', port: 1719 },
]
