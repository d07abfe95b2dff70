/** What the page is made of, for each FTP scenario: the data connection under its control connection, and why. */
import { describeNeeding } from '@ctscope/engine/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Connection, Expectation, FtpSessionDetail, Packet } from '../../../src/api/rest.ts'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { FTP_SCENARIOS, UNMET_FTP_SCENARIOS, type FtpScenario } from '../scenarios/ftp-scenarios.ts'
import { runEveryScenario } from './every-scenario.ts'
import { runSession, SESSION_MS, type Session } from './session.ts'

const FTP_PORT = 21

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

describeNeeding(LAB_REQUIREMENTS, 'ctscope live shows FTP', () => {
  let session: Session
  beforeAll(async () => {
    session = await runSession(runEveryScenario)
  }, SESSION_MS)
  afterAll(async () => {
    await session?.close()
  })

  /** The one control connection that a scenario opened. */
  function controlOf({ title, l3 }: FtpScenario): Connection {
    const run = session.runs.get(title)
    const found = session.connections.filter(({ original, firstSeen }) => {
      const atUs = Date.parse(firstSeen) * 1000
      return original.dport === FTP_PORT && run !== undefined && atUs >= run.fromUs - 1000 && atUs <= run.toUs + 1000
    })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ l3, l4: 'tcp', helper: 'ftp', master: null })
    return found[0]!
  }

  it.each(FTP_SCENARIOS.map((scenario) => [scenario.title, scenario] as const))('%s', async (_, scenario) => {
    const control = controlOf(scenario)
    const children = session.connections.filter(({ master }) => master === control.id)
    expect(children).toHaveLength(1)
    const data = children[0]!
    expect(control.children).toEqual([data.id])
    expect(data.status).toContain('EXPECTED')

    const packets = await session.ctscope.list<Packet>(`packets?filter=${encodeURIComponent(`id == ${data.id}`)}`)
    const first = packets.reduce((earliest, packet) => (packet.index < earliest.index ? packet : earliest))
    expect(first).toMatchObject({ state: 'RELATED', direction: 'original', tcpFlags: 'SYN' })
    const { items: ladder, cut } = await session.ctscope.get<{ items: Packet[]; cut: boolean }>(`connections/${data.id}/packets`)
    expect(ladder).toEqual(packets.sort((a, b) => a.index - b.index).slice(-ladder.length))
    expect(cut).toBe(ladder.length < packets.length)

    const [expectation, ...others] = expectationsOf(control)
    expect(others).toEqual([])
    expect(expectation).toMatchObject({ helper: 'ftp', timeout: null, timeoutFull: 300, ended: { cause: 'met', child: data.id } })
    expect(eventsOf(control, expectation!)).toEqual(['EXP_NEW', 'EXP_DESTROY met'])

    const ftp = await session.ctscope.get<FtpSessionDetail>(`ftp/sessions/${control.id}`)
    const negotiations = ftp.lines.flatMap(({ negotiation }) => negotiation ?? [])
    expect(negotiations).toMatchObject([{ mode: scenario.mode, expectation: expectation!.id }])
    expect(ftp.transfers).toMatchObject([{ kind: KIND[scenario.operation], connection: data.id, expectation: expectation!.id }])
    expect(JSON.stringify(ftp)).not.toContain('lab-password')
  })

  it.each(UNMET_FTP_SCENARIOS.map((scenario) => [scenario.title, scenario] as const))('%s: it waits', (_, scenario) => {
    const control = controlOf(scenario)
    expect(control.children).toEqual([])
    const [expectation, ...others] = expectationsOf(control)
    expect(others).toEqual([])
    expect(expectation).toMatchObject({ helper: 'ftp', ended: null })
    expect(expectation!.timeout).toBeGreaterThan(200)
    expect(control.expectations).toEqual([expectation!.id])
  })

  function expectationsOf(control: Connection): Expectation[] {
    return session.expectations.filter(({ master }) => master === control.id)
  }

  function eventsOf(control: Connection, { id }: Expectation): string[] {
    return session.transitions
      .filter(({ connection, expectation }) => connection === control.id && expectation === id)
      .map(({ event, cause }) => (cause === null ? event : `${event} ${cause}`))
  }
})

/** An abort is one of a download. */
const KIND = { download: 'download', abort: 'download', upload: 'upload', listing: 'listing', announcement: '' } as const
