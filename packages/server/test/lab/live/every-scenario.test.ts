/** ctscope live beside the kernel's own conntrack: one run of every scenario, then all that must hold of it. */
import { describeNeeding } from '@ctscope/engine/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { itEqualsTheKernel } from './equality.ts'
import { runEveryScenario } from './every-scenario.ts'
import { itLinksDataToControl } from './ftp-links.ts'
import { describePage } from './page.ts'
import { itPrintsTheSameText } from './same-text.ts'
import { runSession, SESSION_MS, type Session } from './session.ts'

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

describeNeeding(LAB_REQUIREMENTS, 'ctscope live and the kernel, in the same run', () => {
  let session: Session
  const read = () => session
  beforeAll(async () => {
    session = await runSession(runEveryScenario)
  }, SESSION_MS)
  afterAll(async () => {
    await session?.close()
  })

  itEqualsTheKernel(read)
  it('hold expectations that wait', () => {
    expect(session.kernel.expectations.length).toBeGreaterThan(0)
  })
  describe("print conntrack's own text", () => {
    itPrintsTheSameText(read)
  })
  describe('link each FTP data connection to its control connection', () => {
    itLinksDataToControl(read)
  })
  describePage(read)
})
