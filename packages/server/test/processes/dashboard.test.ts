/** live, replay and demo as they run: page, link, restarts, the commands that find them. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { describeNeeding } from '@ctscope/engine/testing'
import type { Capture, Connection, Packet, Stats, Transition } from '../../src/api/rest.ts'
import { ftpCapture } from './ftp-capture.ts'
import { BIN, ENVIRONMENT, eventually, runCtscope, RunningCtscope } from './running-ctscope.ts'

const START_S = 1_700_000_000
type Page<T> = { items: T[]; total: number }

let running: RunningCtscope | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})

describe('a replay', { timeout: 60_000 }, () => {
  let folder: string
  let file: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctscope-replay-'))
    file = join(folder, 'ftp.pcap')
    writeFileSync(file, ftpCapture(START_S, 4))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it('shows the file, and ends in order', async () => {
    running = await RunningCtscope.start(['replay', file, '--speed', 'max', '--port', '0'])
    const ctscope = running
    expect(ctscope.output.stdout).toBe(`${ctscope.link}\n`)
    const capture = await eventually(
      () => ctscope.get<Capture>('capture'),
      ({ state }) => state === 'ended',
    )
    expect(capture).toMatchObject({ kind: 'file', file: 'ftp.pcap' })
    const { items } = await ctscope.get<Page<Connection>>('connections?sort=id&order=asc')
    expect(items.map(({ id, master }) => [id, master])).toEqual([
      [1, null],
      [2, 1],
      [3, null],
    ])
    const packets = await ctscope.get<Page<Packet>>('connections/1/packets')
    expect(packets.items).toHaveLength(6)
    const { engines } = await ctscope.get<Stats>('stats')
    expect(engines).toMatchObject([{ capabilities: [], epoch: 1 }])
    expect(await ctscope.stop()).toBe(0)
    expect(ctscope.output.stderr).toBe('')
  })

  it('goes at the file’s pace, faster when asked, and back by a new epoch', async () => {
    running = await RunningCtscope.start(['replay', file, '--speed', '1', '--port', '0'])
    const ctscope = running
    await eventually(
      () => ctscope.get<Stats>('stats'),
      ({ packets }) => packets === 8,
    )
    expect(await ctscope.get<Capture>('capture')).toMatchObject({ state: 'running', replay: { playing: true, speed: 1 } })
    expect((await ctscope.put('replay', { speed: 0 })).status).toBe(200)
    await eventually(
      () => ctscope.get<Capture>('capture'),
      ({ state }) => state === 'ended',
    )
    const before = await ctscope.get<Stats>('stats')
    expect((await ctscope.put('replay', { at: new Date(START_S * 1000).toISOString(), playing: false })).status).toBe(200)
    const after = await eventually(
      () => ctscope.get<Stats>('stats'),
      ({ engines }) => engines[0]?.epoch === before.engines[0]!.epoch + 1,
    )
    expect(after.engines[0]).toMatchObject({ capabilities: [] })
  })

  it('is told to capture nothing', async () => {
    running = await RunningCtscope.start(['replay', file, '--port', '0'])
    expect(await running.put('capture', { filter: 'tcp' })).toMatchObject({ status: 409, body: { code: 'ERR_NOT_LIVE' } })
  })
})

describeNeeding({ root: true, command: 'setpriv' }, 'a live capture on loopback', () => {
  it('changes its filter while it runs, and keeps the old one when the new one is bad', { timeout: 60_000 }, async () => {
    running = await RunningCtscope.start(['live', '-i', 'lo', '--port', '0', '-f', 'udp port 9'])
    expect(await running.put('capture', { filter: 'tcp port (' })).toMatchObject({ status: 400, body: { code: 'ERR_BPF' } })
    expect(await running.get<Capture>('capture')).toMatchObject({ filter: 'udp port 9', state: 'running' })
    expect(await running.put('capture', { filter: 'udp port 7' })).toMatchObject({ status: 200, body: { filter: 'udp port 7' } })
    expect(await running.put('capture', { interfaces: ['nope0'] })).toMatchObject({ status: 400, body: { code: 'ERR_INTERFACE' } })
  })

  it('leaves its own connections out, or keeps them when asked', { timeout: 60_000 }, async () => {
    for (const own of [false, true]) {
      running = await RunningCtscope.start(['live', '-i', 'lo', '--port', '0', ...(own ? ['--own'] : [])])
      const ctscope = running
      const filter = encodeURIComponent(`port == ${ctscope.port}`)
      const ask = () => ctscope.get<Page<Connection>>(`connections?filter=${filter}`)
      for (let i = 0; i < 5; i++) await ask()
      if (own) await eventually(ask, ({ total }) => total > 0)
      else {
        await eventually(
          () => ctscope.get<Stats>('stats'),
          ({ limits }) => (limits['own-packets-left-out'] ?? 0) > 0,
        )
        expect(await ask()).toMatchObject({ total: 0 })
      }
      await ctscope.stop()
    }
  })

  it('is found by the other commands of its user, and not once it has ended', { timeout: 60_000 }, async () => {
    running = await RunningCtscope.start(['live', '-i', 'lo', '--port', '0', '-f', 'udp port 9'])
    expect(await runCtscope(['list', '--url', running.link])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect((await runCtscope(['expect'])).exitCode).toBe(0)
    const { pid } = running.child
    const file = `/run/ctscope/${pid}.json`
    expect(existsSync(file)).toBe(true)
    await running.stop()
    expect(existsSync(file)).toBe(false)
  })

  it('ends by SIGINT with exit code 0, leaving no process', { timeout: 60_000 }, async () => {
    running = await RunningCtscope.start(['live', '-i', 'lo', '--port', '0'])
    const { engines } = await running.get<Stats>('stats')
    expect(await running.stop('SIGINT')).toBe(0)
    await eventually(
      () => Promise.resolve(existsSync(`/proc/${engines[0]!.pid}`)),
      (isThere) => !isThere,
    )
  })
})

describeNeeding({ command: ['script', 'setpriv'] }, 'a terminal that is closed', () => {
  it('ends a replay in order', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ctscope-terminal-'))
    const [file, status] = [join(folder, 'ftp.pcap'), join(folder, 'status')]
    writeFileSync(file, ftpCapture(START_S))
    // The kernel tells the shell alone that its terminal is gone: it passes that on, and writes down how ctscope ended.
    const start = `${process.execPath} ${BIN} replay ${file} --port 0 & ctscope=$!`
    const line = `${start}; trap "kill -HUP $ctscope" HUP; wait $ctscope; wait $ctscope; echo $? > ${status}`
    const terminal = spawn('script', ['-qec', line, '/dev/null'], {
      env: { ...ENVIRONMENT, SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let text = ''
    terminal.stdout.on('data', (data: Buffer) => (text += data.toString()))
    await eventually(() => Promise.resolve(text), (told) => told.includes('#token=')) // prettier-ignore
    terminal.kill('SIGKILL')
    await eventually(() => Promise.resolve(existsSync(status) && readFileSync(status, 'utf8') !== ''), (isThere) => isThere) // prettier-ignore
    expect(readFileSync(status, 'utf8')).toBe('0\n')
    rmSync(folder, { recursive: true })
  })
})

describeNeeding({ root: true, command: 'setpriv' }, 'a launcher that is killed', () => {
  it('takes server and engine with it', { timeout: 60_000 }, async () => {
    running = await RunningCtscope.start(['live', '-i', 'lo', '--port', '0'])
    const ctscope = running
    const { engines } = await ctscope.get<Stats>('stats')
    await ctscope.stop('SIGKILL')
    await eventually(() => Promise.resolve(existsSync(`/proc/${engines[0]!.pid}`)), (isThere) => !isThere) // prettier-ignore
    await expect(ctscope.get('stats')).rejects.toThrow(/fetch failed/)
  })
})

describeNeeding({ root: true, command: 'setpriv' }, 'the demo', () => {
  it('shows every state, and a data connection with its control connection, within ten seconds', { timeout: 60_000 }, async () => {
    running = await RunningCtscope.start(['demo', '--port', '0'])
    const ctscope = running
    const startedMs = Date.now()
    const isAllThere = async () => {
      const { states } = await ctscope.get<Stats>('stats')
      const { items } = await ctscope.get<Page<Connection>>('connections?ended=true&limit=1000')
      return { states, linked: items.filter(({ master }) => master !== null).length }
    }
    await eventually(
      isAllThere,
      ({ states, linked }) => Math.min(states.NEW, states.ESTABLISHED, states.RELATED, states.INVALID, linked) > 0,
      10_000,
    )
    expect(Date.now() - startedMs).toBeLessThan(10_000)
    const { items } = await ctscope.get<Page<Transition>>('transitions?limit=1000')
    expect(items.map(({ event }) => event)).toContain('EXP_NEW')
    expect(await ctscope.stop()).toBe(0)
  })
})
