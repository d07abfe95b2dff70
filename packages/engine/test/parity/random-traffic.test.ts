/** Random traffic, bent at random, asked of the running kernel and of us. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { DEFAULT_SETTINGS, type SettingName } from '../../src/model/index.ts'
import { describeNeeding, sharedDir } from '../support/index.ts'
import { compare } from './compare.ts'
import { verdictsOf } from './verdicts-of.ts'

const ORACLE = path.join(sharedDir, 'oracle/oracle.py')
const FUZZ = path.join(sharedDir, 'oracle/fuzz.py')
const KINDS = 'tcp,ftp,udp,icmp,sctp,gre,frag,odd'
const PACKETS = 500
const PATIENCE_MS = 60_000

const needs = {
  root: true,
  shared: ['oracle/oracle.py', 'oracle/fuzz.py'],
  command: ['python3', 'nft', 'ip', 'unshare'],
  file: ['/dev/net/tun', '/proc/sys/net/netfilter/nf_conntrack_max', '/proc/sys/net/bridge/bridge-nf-call-iptables'],
}

describeNeeding(needs, 'equal to the running kernel on random traffic', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ctscope-random-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  async function differences(seed: number, bend: number, set: Partial<Record<SettingName, number>>): Promise<string[]> {
    const capture = path.join(folder, `${seed}.pcap`)
    const answer = path.join(folder, `${seed}.jsonl`)
    execFileSync('python3', [FUZZ, '--seed', `${seed}`, '--packets', `${PACKETS}`, '--bend', `${bend}`, '--only', KINDS, '-o', capture])
    const settings = Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    execFileSync('python3', [ORACLE, capture, '-o', answer, ...settings])
    const verdicts = await verdictsOf(capture, { settings: { ...DEFAULT_SETTINGS, ...set } })
    return compare(readFileSync(answer, 'utf8').split('\n'), verdicts).differences.map(({ frame, text }) => `${frame}: ${text}`)
  }

  it.each([1, 2, 3, 4, 5, 6])(
    'seed %i',
    async (seed) => {
      expect(await differences(seed, 0.12, {})).toEqual([])
    },
    PATIENCE_MS,
  )

  it.each([
    ['nf_conntrack_tcp_loose', 0],
    ['nf_conntrack_tcp_be_liberal', 1],
    ['nf_conntrack_tcp_ignore_invalid_rst', 1],
    ['nf_conntrack_tcp_max_retrans', 1],
    ['nf_conntrack_tcp_timeout_established', 1000],
    ['nf_conntrack_udp_timeout', 77],
  ] as const)(
    'with %s=%i',
    async (name, value) => {
      expect(await differences(20, 0.3, { [name]: value })).toEqual([])
    },
    PATIENCE_MS,
  )
})
