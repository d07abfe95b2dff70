/** What a dashboard must live through: a killed engine, a killed server, an interface that goes down or away. */
import { existsSync } from 'node:fs'
import { describeNeeding } from '@ctscope/engine/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Capture, Connection, Stats } from '../../../src/api/rest.ts'
import { SERVER } from '../addresses.ts'
import { createLab, plugIn, unplug, type Lab } from '../lab.ts'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { startServices } from '../services.ts'
import { Ctscope } from './ctscope.ts'
import { processesOf } from './processes.ts'
import { Stream } from './stream.ts'

const SET_UP_MS = 60_000
const SOON = { timeout: 20_000, interval: 100 }

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

describeNeeding(LAB_REQUIREMENTS, 'ctscope goes on', () => {
  let lab: Lab
  let ctscope: Ctscope

  beforeAll(async () => {
    lab = await createLab()
    await startServices(lab)
    ctscope = await Ctscope.start(lab)
    await ctscope.capturing()
  }, SET_UP_MS)
  afterAll(async () => {
    await ctscope?.stop().finally(() => lab.close())
  })

  /** One more connection through the router is one more on the page. */
  async function expectToSeeTraffic(): Promise<void> {
    const before = await seen()
    await lab.client.runOk(['curl', '--silent', '--show-error', '--retry', '3', '--retry-connrefused', `http://${SERVER.ipv4}/`])
    await expect.poll(seen, SOON).toBeGreaterThan(before)
  }

  async function seen(): Promise<number> {
    const connections = await ctscope.list<Connection>('connections?ended=true')
    return connections.filter(({ ended, original }) => original.dport === 80 && ended?.cause !== 'lost').length
  }

  async function engine(): Promise<Stats['engines'][number]> {
    const { engines } = await ctscope.get<Stats>('stats')
    expect(engines).toHaveLength(1)
    return engines[0]!
  }

  it('a killed engine is a gap that is shown, and the server stays', async () => {
    await expectToSeeTraffic()
    const stream = await Stream.open(ctscope)
    const before = await engine()
    const { server } = await processesOf(lab, ctscope)
    process.kill(before.pid, 'SIGKILL')

    await expect.poll(async () => (await engine()).restarts, SOON).toBe(before.restarts + 1)
    await expect.poll(async () => (await engine()).state, SOON).toBe('running')
    const after = await engine()
    expect(after.pid).not.toBe(before.pid)
    expect(after.epoch).toBeGreaterThan(before.epoch)
    expect(after.gaps).toHaveLength(before.gaps.length + 1)
    expect(after.gaps.at(-1)!.to).not.toBeNull()
    const lost = await ctscope.list<Connection>('connections?ended=only')
    expect(lost.map(({ ended }) => ended?.cause)).toContain('lost')

    expect((await processesOf(lab, ctscope)).server).toBe(server)
    expect(stream.isOpen).toBe(true)
    stream.close()
    await expectToSeeTraffic()
  })

  it('a killed server comes back with the same token', async () => {
    const { server, launcher } = await processesOf(lab, ctscope)
    const old = await Stream.open(ctscope)
    process.kill(server, 'SIGKILL')

    await expect.poll(() => answers(ctscope), SOON).toBe(true)
    await ctscope.capturing()
    const after = await processesOf(lab, ctscope)
    expect(after.server).not.toBe(server)
    expect(after.launcher).toBe(launcher)
    expect(old.isOpen).toBe(false)
    const stream = await Stream.open(ctscope)
    expect(stream.hello.epoch).not.toBe(old.hello.epoch)
    stream.close()
    await expectToSeeTraffic()
  })

  it('an interface that goes down and up again is captured again', async () => {
    await lab.router.ip('link', 'set', lab.interface, 'down')
    await expect.poll(captureState, SOON).not.toBe('running')
    await lab.router.ip('link', 'set', lab.interface, 'up')
    await expect.poll(captureState, SOON).toBe('running')
    await expectToSeeTraffic()
  })

  it('an interface that is deleted and made anew is captured again', async () => {
    await unplug(lab)
    await expect.poll(captureState, SOON).not.toBe('running')
    await plugIn(lab)
    await expect.poll(captureState, SOON).toBe('running')
    await expectToSeeTraffic()
  })

  it('a killed launcher leaves no process behind', async () => {
    const { launcher, server, engines } = await processesOf(lab, ctscope)
    process.kill(launcher, 'SIGKILL')
    const remaining = () => [server, ...engines].filter((pid) => existsSync(`/proc/${pid}`))
    await expect.poll(remaining, SOON).toEqual([])
  })

  async function captureState(): Promise<string> {
    return (await ctscope.get<Capture>('capture')).state
  }
})

async function answers(ctscope: Ctscope): Promise<boolean> {
  return ctscope.ask('GET', 'stats').then(
    ({ status }) => status === 200,
    () => false,
  )
}
