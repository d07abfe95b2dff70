import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { proveDropped, type ProvenRights } from '../../src/process/rights.ts'
import { describeNeeding } from '../support/index.ts'
import type { LiveChild } from './live-child.ts'
import { testFrame, VethPair } from './veth-pair.ts'

const AMBIENT = ['setpriv', '--reuid', '1234', '--regid', '1234', '--clear-groups', '--inh-caps=-all,+net_raw', '--ambient-caps=+net_raw']
const FROM_ROOT = ['setpriv', '--no-new-privs', '--bounding-set=-all,+net_raw,+setuid,+setgid,+dac_read_search']

/** What the kernel says of each thread, without what need not be the same. */
function threadStatuses(pid: number): string[] {
  return readdirSync(`/proc/${String(pid)}/task`).map((thread) =>
    readFileSync(`/proc/${String(pid)}/task/${thread}/status`, 'utf8')
      .split('\n')
      .filter((line) => /^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs|Seccomp):/.test(line))
      .map((line) => line.trim().replace(/\s+/g, ' '))
      .join('; '),
  )
}

const dropped = (id: number) =>
  `Uid: ${`${String(id)} `.repeat(4)}; Gid: ${`${String(id)} `.repeat(4)}; Groups:; `.replaceAll(' ;', ';') +
  ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map((set) => `${set}: 0000000000000000; `).join('') +
  'NoNewPrivs: 1; Seccomp: 2'

describeNeeding({ root: true, command: ['ip', 'setpriv'] }, 'dropping rights', () => {
  let veth: VethPair
  beforeEach(() => {
    veth = new VethPair()
  })
  afterEach(() => veth.remove())

  async function openAndDrop(child: LiveChild): Promise<{ fd: number; proven: ProvenRights }> {
    const { fd } = await child.ask<{ fd: number }>('open', { name: 'right' })
    await child.ask('start', { name: 'right' })
    return { fd, proven: await child.ask<ProvenRights>('drop', { options: { captureFds: [fd] } }) }
  }

  it.each([
    ['plain root', [], 65_534],
    ["root with the launcher's bounding set", FROM_ROOT, 65_534],
    ['ambient NET_RAW without root', AMBIENT, 1234],
  ] as const)('takes everything from every thread and leaves capture running: %s', async (_, through, id) => {
    const child = veth.child(through)
    const { fd, proven } = await openAndDrop(child)
    expect(proven).toEqual({ uid: id, gid: id, threads: expect.any(Number), noNewPrivileges: true, hasFence: true, capabilities: [] })

    const statuses = threadStatuses(child.pid)
    expect(statuses.length).toBeGreaterThan(4)
    expect(new Set(statuses)).toEqual(new Set([dropped(id)]))
    expect(readFileSync(`/proc/${String(child.pid)}/limits`, 'utf8')).toMatch(/Max core file size +0 +0 /)

    const { bigAnswer, ...attempts } = await child.ask<Record<string, string>>('attempts', { fd })
    expect(attempts).toEqual({
      connect: 'EPERM',
      listen: 'EPERM',
      exec: 'EPERM',
      killOther: 'EPERM',
      capture: 'ERR_CAPTURE_PERMISSION',
      writeToSocket: 'EPERM',
      readFile: 'done',
      threadPool: 'done',
      killSelf: 'done',
    })
    expect(bigAnswer).toHaveLength(1_000_000)

    await child.ask('filter', { name: 'right', text: 'greater 100' })
    veth.link('right', 'down')
    await child.until('the link to be down', () => child.events.some(({ isUp }) => isUp === false))
    veth.link('right', 'up')
    await child.until('the link to be up', () => child.events.some(({ isUp }) => isUp === true))
    await veth.child().ask('send', { name: 'left', frames: [testFrame(64), testFrame(200)] })
    await child.until('a frame', () => child.frames().length === 1)
    expect(child.frames()[0]?.wireLen).toBe(200)
    // Threads that start later have no more.
    expect(new Set(threadStatuses(child.pid))).toEqual(new Set([dropped(id)]))
  })

  it('refuses what the open capture socket could still inject', async () => {
    const witness = veth.child()
    await witness.ask('open', { name: 'left' })
    await witness.ask('start', { name: 'left' })
    const child = veth.child()
    const { fd } = await child.ask<{ fd: number }>('open', { name: 'right' })
    // The control: until the fence stands, writing to the socket sends.
    expect(await child.ask('inject', { fd, frame: testFrame(64, 1) })).toBe('done')
    await witness.until('the injected frame', () => witness.frames().length === 1)
    await child.ask('drop', { options: { captureFds: [fd] } })
    expect(await child.ask('inject', { fd, frame: testFrame(64, 2) })).toBe('EPERM')
    await veth.child().ask('send', { name: 'right', frames: [testFrame(64, 3)] })
    await witness.until('the last frame', () => witness.frames().length === 2)
    expect(witness.frames().map(({ bytes }) => bytes.slice(-2))).toEqual(['01', '03'])
  })

  it('does without a capture, as an engine on a file', async () => {
    const child = veth.child()
    expect(await child.ask('drop')).toMatchObject({ uid: 65_534, capabilities: [] })
    expect(new Set(threadStatuses(child.pid))).toEqual(new Set([dropped(65_534)]))
  })

  it('has a handler for SIGUSR1, so that no inspector opens', async () => {
    // The control: without the handler it opens.
    const open = veth.child([], ['--inspect-port=0'])
    await open.ask('closeInspector', { allow: true })
    open.signal('SIGUSR1')
    await expect.poll(() => open.stderr, { timeout: 5000 }).toContain('Debugger listening')
    const closed = veth.child()
    await closed.ask('closeInspector', { allow: false })
    closed.signal('SIGUSR1')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(closed.stderr).toBe('')
  })

  it('refuses to run with the inspector asked for', async () => {
    const child = veth.child([], ['--inspect=127.0.0.1:0'])
    await expect(child.ask('closeInspector', { allow: false })).rejects.toMatchObject({ code: 'ERR_INSPECTOR' })
  })
})

describe('proveDropped', () => {
  it('does not take a process that kept something for one that dropped', () => {
    expect(() => proveDropped()).toThrow(/Rights could not be given up: thread \d+ /)
  })
})
