/** ctscope live beside the kernel's own conntrack: one run of every scenario, and the two answers compared. */
import { describeNeeding } from '@ctscope/engine/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { itEqualsTheKernel } from './equality.ts'
import { runEveryScenario } from './every-scenario.ts'
import { runSession, SESSION_MS, type Session } from './session.ts'

describeNeeding(LAB_REQUIREMENTS, 'ctscope live and the kernel, in the same run', () => {
  let session: Session
  beforeAll(async () => {
    session = await runSession(runEveryScenario)
  }, SESSION_MS)
  afterAll(async () => {
    await session?.close()
  })

  itEqualsTheKernel(() => session)

  it('hold expectations that wait', () => {
    expect(session.kernel.expectations.length).toBeGreaterThan(0)
  })
})
