/** ctscope live beside the kernel's own conntrack: one run of every scenario, and the two answers compared. */
import { join } from 'node:path'
import { describeNeeding, repositoryDir } from '@ctscope/engine/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { itEqualsTheKernel } from './equality.ts'
import { runEveryScenario } from './every-scenario.ts'
import { runSession, SESSION_MS, type Session } from './session.ts'

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

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

  describe("print conntrack's own text", () => {
    const command = (name: string) => [
      ...[process.execPath, join(repositoryDir, 'packages/server/bin/ctscope.js'), name],
      ...['--url', session.ctscope.link],
    ]
    const ctscope = (name: string) => session.lab.router.runOk(command(name))
    const conntrack = (...args: string[]) => session.lab.router.runOk(['conntrack', ...args])

    it('ctscope list is conntrack -L -o extended', async () => {
      const ours = await ctscope('list')
      const kernel = await conntrack('-L', '-o', 'extended')
      expect(sorted(ours)).toEqual(sorted(kernel))
    })

    it('ctscope expect is conntrack -L expect', async () => {
      const ours = await ctscope('expect')
      const kernel = [await conntrack('-L', 'expect', '-f', 'ipv4'), await conntrack('-L', 'expect', '-f', 'ipv6')].join('')
      expect(sorted(ours)).toEqual(sorted(kernel))
    })

    it('ctscope events is conntrack -E', async () => {
      const births = (lines: readonly string[]) => lines.filter((line) => !line.includes('[DESTROY]')).map(comparable)
      const kernel = births(session.kernel.eventLines.map(plainEvent))
      // It follows until it is ended.
      const following = session.lab.router.start(command('events'))
      let text = ''
      following.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      await expect.poll(() => births(text.split('\n').slice(0, -1)).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(kernel.length)
      following.kill('SIGTERM')
      expect(births(text.split('\n').slice(0, -1))).toEqual(kernel)
    })
  })
})

function sorted(text: string): string[] {
  return text.split('\n').filter(Boolean).map(comparable).sort()
}

/**
 * Without what differs by the moment of asking (seconds left), by the kernel's own bookkeeping (use count), and by
 * ctscope's taking each interface for a zone of its own.
 */
function comparable(line: string): string {
  return line
    .replace(/^(.*?(?:tcp|udp|icmp|icmpv6) +\d+ )\d+ /, '$1')
    .replace(/^\d+ (?=proto=)/, '')
    .replace(/ use=\d+| zone=1/g, '')
    .trimEnd()
}

/** As without `-o timestamp,extended,id`. */
function plainEvent(line: string): string {
  return line
    .replace(/^\[[^\]]*\]\t/, '')
    .replace(/ipv[46] +\d+ /, '')
    .replace(/ id=\d+$/, '')
}
