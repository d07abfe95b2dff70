/**
 * Entries that run out while their connections go on, with timeouts of seconds: ctscope takes them from the sysctls of
 * where it runs. What comes later is INVALID or picked up anew, on both sides.
 */
import { describeNeeding } from '@ctscope/engine/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { SERVER } from '../addresses.ts'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { scriptArgv } from '../script.ts'
import { PORTS } from '../services.ts'
import { itEqualsTheKernel } from './equality.ts'
import { runSession, SESSION_MS, type Doing, type Session } from './session.ts'

const TIMEOUTS_S = {
  'net.netfilter.nf_conntrack_tcp_timeout_established': 2,
  'net.netfilter.nf_conntrack_tcp_timeout_time_wait': 2,
  'net.netfilter.nf_conntrack_udp_timeout': 2,
  'net.netfilter.nf_conntrack_udp_timeout_stream': 2,
  'net.netfilter.nf_conntrack_icmp_timeout': 1,
  'net.netfilter.nf_conntrack_icmpv6_timeout': 1,
} as const
/** Well past any of them, so that no clock's granularity matters. */
const IDLE_MS = 3_500

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

describeNeeding(LAB_REQUIREMENTS, 'ctscope live and the kernel, when entries run out', () => {
  let session: Session
  beforeAll(async () => {
    session = await runSession(leaveIdle, TIMEOUTS_S)
  }, SESSION_MS)
  afterAll(async () => {
    await session?.close()
  })

  itEqualsTheKernel(() => session)

  it('saw packets that no entry takes, and entries that ran out', () => {
    expect(session.kernel.states.INVALID).toBeGreaterThan(0)
    const causes = session.connections.map(({ ended }) => ended?.cause)
    expect(causes).toContain('timeout')
    expect(causes).toContain('closed')
  })
})

/** All at once: each waits for itself. */
async function leaveIdle({ lab, step }: Doing): Promise<void> {
  const steps = (['ipv4', 'ipv6'] as const).flatMap((l3) => {
    const host = SERVER[l3]
    const idle = (then: string) => lab.client.runOk(scriptArgv(lab.dir, 'idle-main', host, String(PORTS.http), String(IDLE_MS), then))
    const udp = (port: number) => lab.client.runOk(scriptArgv(lab.dir, 'udp-main', host, String(port), '2', '500', String(IDLE_MS)))
    return [
      step(`idle, then closed over ${l3}`, () => idle('close')),
      step(`idle, then a request over ${l3}`, () => idle('request')),
      step(`the second datagram comes late over ${l3}`, () => udp(PORTS.answeringUdp)),
      step(`the second unanswered datagram comes late over ${l3}`, () => udp(PORTS.silentUdp)),
      step(`the second ping comes late over ${l3}`, () => lab.client.runOk(['ping', '-c', '2', '-i', String(IDLE_MS / 1000), host])),
    ]
  })
  await Promise.all(steps)
}
