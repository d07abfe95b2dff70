/** What the page is made of, for each FTP scenario: the data connection under its control connection, and why. */
import { expect, it } from 'vitest'
import type { Connection, Expectation, FtpSessionDetail, Packet } from '../../../src/api/rest.ts'
import { byTitle } from '../scenarios/by-title.ts'
import { FTP_SCENARIOS, UNMET_FTP_SCENARIOS } from '../scenarios/ftp-scenarios.ts'
import { controlOf } from './control-of.ts'
import type { Session } from './session.ts'

/** Defines the tests; `read` gives the session once it has run. */
export function itLinksDataToControl(read: () => Session): void {
  it.each(byTitle(FTP_SCENARIOS))('%s', async (_, scenario) => {
    const session = read()
    const control = controlOf(session, scenario)
    expect(control).toMatchObject({ l3: scenario.l3, l4: 'tcp', helper: 'ftp', master: null })
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

  it.each(byTitle(UNMET_FTP_SCENARIOS))('%s: it waits', (_, scenario) => {
    const session = read()
    const control = controlOf(session, scenario)
    expect(control.children).toEqual([])
    const [expectation, ...others] = expectationsOf(control)
    expect(others).toEqual([])
    expect(expectation).toMatchObject({ helper: 'ftp', ended: null })
    expect(expectation!.timeout).toBeGreaterThan(200)
    expect(control.expectations).toEqual([expectation!.id])
  })

  function expectationsOf(control: Connection): Expectation[] {
    return read().expectations.filter(({ master }) => master === control.id)
  }

  function eventsOf(control: Connection, { id }: Expectation): string[] {
    return read()
      .transitions.filter(({ connection, expectation }) => connection === control.id && expectation === id)
      .map(({ event, cause }) => (cause === null ? event : `${event} ${cause}`))
  }
}

/** An abort is one of a download. */
const KIND = { download: 'download', abort: 'download', upload: 'upload', listing: 'listing', announcement: '' } as const
