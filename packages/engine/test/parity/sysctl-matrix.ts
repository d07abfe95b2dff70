/** Settings that the kernel and we are asked with: what changes a verdict, and every timeout changed. */
import { DEFAULT_SETTINGS, type SettingName } from '../../src/model/index.ts'
import type { Question } from './kernel.ts'

/** Any that no default has, different from each other. */
const FIRST_TIMEOUT_S = 41
const TIMEOUT_STEP_S = 13

const timeouts = (Object.keys(DEFAULT_SETTINGS) as SettingName[]).filter((name) => /timeout/.test(name))
const changed = Object.fromEntries(timeouts.map((name, i) => [name, FIRST_TIMEOUT_S + i * TIMEOUT_STEP_S]))

export const SYSCTL_MATRIX: readonly { title: string; question: Question }[] = [
  { title: 'tcp_loose=0', question: { settings: { nf_conntrack_tcp_loose: 0 } } },
  { title: 'tcp_be_liberal=1', question: { settings: { nf_conntrack_tcp_be_liberal: 1 } } },
  { title: 'tcp_ignore_invalid_rst=1', question: { settings: { nf_conntrack_tcp_ignore_invalid_rst: 1 } } },
  { title: 'tcp_max_retrans=1', question: { settings: { nf_conntrack_tcp_max_retrans: 1 } } },
  { title: 'tcp_max_retrans=0', question: { settings: { nf_conntrack_tcp_max_retrans: 0 } } },
  {
    title: 'tcp_loose=0 tcp_be_liberal=1 tcp_ignore_invalid_rst=1 tcp_max_retrans=255',
    question: {
      settings: {
        nf_conntrack_tcp_loose: 0,
        nf_conntrack_tcp_be_liberal: 1,
        nf_conntrack_tcp_ignore_invalid_rst: 1,
        nf_conntrack_tcp_max_retrans: 255,
      },
    },
  },
  { title: 'acct=0', question: { settings: { nf_conntrack_acct: 0 } } },
  { title: 'checksum=1', question: { checksums: true } },
  { title: 'checksum=1 tcp_be_liberal=1', question: { checksums: true, settings: { nf_conntrack_tcp_be_liberal: 1 } } },
  { title: 'every timeout changed', question: { settings: changed } },
  ...timeouts.map((name) => ({
    title: `${name.replace('nf_conntrack_', '')}=${changed[name]}`,
    question: { settings: { [name]: changed[name] } },
  })),
]
