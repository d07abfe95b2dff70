/**
 * Several interfaces at once. The router passes every packet on, so each connection crosses two: each interface is a
 * zone of its own, and each must tell what the kernel tells.
 */
import { join } from 'node:path'
import { describeNeeding } from '@ctscope/engine/testing'
import { expect, it, vi } from 'vitest'
import type { Connection, Transition } from '../../../src/api/rest.ts'
import { FTP_FILES, startFtpServer } from '../ftp-server.ts'
import { KernelRecord } from '../kernel-record.ts'
import { createLab, settled } from '../lab.ts'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { byTitle } from '../scenarios/by-title.ts'
import { runFtp } from '../scenarios/ftp-run.ts'
import { FTP_SCENARIOS } from '../scenarios/ftp-scenarios.ts'
import { Ctscope } from './ctscope.ts'
import { connectionWords, kernelEntryWords, kernelEventText, transitionText } from './same-words.ts'

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const DOWNLOADS = FTP_SCENARIOS.filter(({ operation }) => operation === 'download')
const CAPTURES = [
  { title: 'an engine each', interfaces: ['client', 'server'], engines: 2 },
  { title: 'any', interfaces: ['any'], engines: 1 },
]
const SOON = { timeout: 10_000, interval: 100 }

describeNeeding(LAB_REQUIREMENTS, 'ctscope live on several interfaces', () => {
  it.each(byTitle(CAPTURES))('%s: each interface agrees with the kernel', async (_, { interfaces, engines }) => {
    const lab = await createLab()
    try {
      const ftp = await startFtpServer(lab)
      const record = await KernelRecord.start(lab.router)
      const ctscope = await Ctscope.start(lab, { interfaces })
      expect((await ctscope.capturing()).engines).toHaveLength(engines)
      for (const scenario of DOWNLOADS) await runFtp(lab, scenario, join(ftp.anonymousRoot, FTP_FILES.small.name))
      await settled(lab)
      const kernel = await record.answer()
      const entries = kernel.entries.map((entry) => kernelEntryWords(entry, kernel.expected.has(entry.id)).text).sort()
      const events = kernel.events.map(kernelEventText)

      for (const name of [lab.interface, lab.uplink]) {
        const connections = async () => {
          const all = await ctscope.list<Connection>(`connections?filter=${encodeURIComponent(`interface == ${name}`)}`)
          return all.map((connection) => connectionWords(connection).text).sort()
        }
        await expect.poll(connections, SOON).toEqual(entries)
        const transitions = await ctscope.list<Transition>(`transitions?filter=${encodeURIComponent(`interface == ${name}`)}`)
        const ofConnections = transitions.filter(({ event }) => !event.startsWith('EXP_')).sort((a, b) => a.seq - b.seq)
        expect(ofConnections.map(transitionText)).toEqual(events)
      }
      await ctscope.stop()
    } finally {
      await lab.close()
    }
  })
})
