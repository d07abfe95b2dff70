/**
 * Packets that the kernel's helper drops (CONNTRACK.md 6.2, 7.3): a command that does not end in its segment, and an
 * announcement of what another session announced. A capture sees them all the same, and their repetitions.
 */
import { describeNeeding } from '@ctscope/engine/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Packet } from '../../../src/api/rest.ts'
import { SERVER } from '../addresses.ts'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { scriptArgv } from '../script.ts'
import { itEqualsTheKernel } from './equality.ts'
import { runSession, SESSION_MS, type Doing, type Session } from './session.ts'

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

describeNeeding(LAB_REQUIREMENTS, 'ctscope live and the kernel, when its helper drops packets', () => {
  let session: Session
  beforeAll(async () => {
    session = await runSession(provoke)
  }, SESSION_MS)
  afterAll(async () => {
    await session?.close()
  })

  itEqualsTheKernel(() => session)

  it.each(['helper-partial', 'expect-clash'])('show packets that it would drop: %s', async (cause) => {
    const packets = await session.ctscope.list<Packet>(`packets?filter=${encodeURIComponent(`drop == ${cause}`)}`)
    // The first, and at least one repetition.
    expect(packets.length).toBeGreaterThan(1)
    expect(new Set(packets.map(({ state, direction, dport }) => `${state} ${direction} ${dport}`))).toEqual(
      new Set(['ESTABLISHED original 21']),
    )
  })
})

async function provoke({ lab, step }: Doing): Promise<void> {
  const ftp = (l3: 'ipv4' | 'ipv6', mode: string, operation: string) =>
    step(`${operation} of ${mode} over ${l3}`, () => lab.client.runOk(scriptArgv(lab.dir, 'ftp-client-main', SERVER[l3], mode, operation)))
  for (const [l3, mode] of [
    ['ipv4', 'PORT'],
    ['ipv6', 'EPRT'],
  ] as const) {
    await ftp(l3, mode, 'split')
    await ftp(l3, mode, 'announcement')
    await ftp(l3, mode, 'hopeless')
  }
}
