import type { Requirements } from '@ctscope/engine/testing'

/** What the lab needs of the machine, for `describeNeeding`. */
export const LAB_REQUIREMENTS = {
  root: true,
  command: ['ip', 'ss', 'nft', 'conntrack', 'ethtool', 'sysctl', 'taskset', 'vsftpd', 'curl', 'lftp', 'ping', 'setpriv'],
  kernel: 'nf_conntrack_ftp',
} satisfies Requirements
