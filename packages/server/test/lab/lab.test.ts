/** The lab itself: what the kernel alone says of each scenario, so that a failing live test is not the lab's fault. */
import { join } from 'node:path'
import { describeNeeding } from '@ctscope/engine/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CLIENT, SERVER } from './addresses.ts'
import type { KernelEvent } from './conntrack-text.ts'
import { FTP_FILES, startFtpServer } from './ftp-server.ts'
import { KernelRecord, type KernelAnswer } from './kernel-record.ts'
import { createLab, settled, type Lab } from './lab.ts'
import { LAB_REQUIREMENTS } from './requirements.ts'
import { byTitle } from './scenarios/by-title.ts'
import { runFtp } from './scenarios/ftp-run.ts'
import { FTP_SCENARIOS, UNMET_FTP_SCENARIOS } from './scenarios/ftp-scenarios.ts'
import { OTHER_SCENARIOS } from './scenarios/other-scenarios.ts'
import { startServices } from './services.ts'

const SET_UP_MS = 60_000
const SCENARIO_MS = 30_000
const FTP_PORT = 21
const FTP_DATA_PORT = 20

describeNeeding(LAB_REQUIREMENTS, 'the lab', () => {
  let lab: Lab
  let record: KernelRecord
  let localFile: string

  beforeAll(async () => {
    lab = await createLab()
    const [ftp] = await Promise.all([startFtpServer(lab), startServices(lab)])
    localFile = join(ftp.anonymousRoot, FTP_FILES.small.name)
  }, SET_UP_MS)

  afterAll(async () => {
    await lab?.close()
  })

  /** What the kernel says of one scenario alone, from an empty table. */
  async function kernelOn(scenario: () => Promise<unknown>): Promise<KernelAnswer> {
    await lab.router.runOk(['conntrack', '--flush'])
    record = await KernelRecord.start(lab.router)
    try {
      await scenario()
      await settled(lab)
      return await record.answer()
    } finally {
      await record.stop()
    }
  }

  it.each(byTitle(FTP_SCENARIOS))(
    '%s: the kernel links data and control connection',
    async (_, scenario) => {
      let commands: string[] = []
      const answer = await kernelOn(async () => {
        commands = await runFtp(lab, scenario, localFile)
      })
      expect(commands.map((command) => command.split(' ')[0])).toContain(scenario.mode)

      const [control] = answer.events.map(({ entry }) => entry).filter(({ original }) => original.dport === FTP_PORT)
      expect(control).toMatchObject({ l3: scenario.l3, helper: 'ftp', original: { src: CLIENT[scenario.l3] } })
      const data = answer.entries.filter(({ id }) => answer.expected.has(id))
      expect(data).toHaveLength(1)
      const isActive = scenario.mode === 'PORT' || scenario.mode === 'EPRT'
      expect(data[0]?.original).toMatchObject(isActive ? { src: SERVER[scenario.l3], sport: FTP_DATA_PORT } : { src: CLIENT[scenario.l3] })

      const { src, dst, dport } = data[0]!.original
      const { src: masterSrc, dst: masterDst, sport: masterSport } = control!.original
      const expectation = {
        tuple: { src, dst, sport: 0, dport },
        master: { src: masterSrc, dst: masterDst, sport: masterSport, dport: FTP_PORT },
        helper: 'ftp',
      }
      expect(answer.expectationEvents).toMatchObject([
        { kind: 'NEW', expectation },
        { kind: 'DESTROY', expectation },
      ])
      for (const { expectation } of answer.expectationEvents) expect(expectation.timeoutS).toBeOneOf([299, 300])
      expect(answer.expectations).toEqual([])
      expect(answer.states.RELATED).toBeGreaterThanOrEqual(1)
    },
    SCENARIO_MS,
  )

  it.each(byTitle(UNMET_FTP_SCENARIOS))(
    '%s: the expectation waits',
    async (_, scenario) => {
      const answer = await kernelOn(() => runFtp(lab, scenario, localFile))
      const isActive = scenario.mode === 'PORT' || scenario.mode === 'EPRT'
      const [from, to] = isActive ? [SERVER, CLIENT] : [CLIENT, SERVER]
      expect(answer.expectations).toMatchObject([
        { tuple: { src: from[scenario.l3], dst: to[scenario.l3] }, master: { src: CLIENT[scenario.l3], dport: FTP_PORT }, helper: 'ftp' },
      ])
      expect(answer.expectationEvents.map(({ kind }) => kind)).toEqual(['NEW'])
      expect(answer.expected.size).toBe(0)
    },
    SCENARIO_MS,
  )

  it.each(byTitle(OTHER_SCENARIOS))(
    '%s',
    async (_, scenario) => {
      const answer = await kernelOn(async () => {
        expect(await lab.client.run(scenario.argv(lab))).toMatchObject({ code: scenario.exitCode ?? 0 })
      })
      expect(answer.events.map(describeEvent)).toEqual(scenario.events)
      expect(new Set(answer.events.map(({ entry }) => `${entry.l3} ${entry.l4}`))).toEqual(new Set([`${scenario.l3} ${scenario.l4}`]))
      expect(answer.states).toMatchObject({ RELATED: scenario.isRelated ? 1 : 0, INVALID: 0 })
      expect(answer.states.NEW).toBeGreaterThanOrEqual(1)
    },
    SCENARIO_MS,
  )
})

function describeEvent({ kind, entry }: KernelEvent): string {
  return entry.state === null ? kind : `${kind} ${entry.state}`
}
