/** The launcher against servers that do what no server should. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runLauncher } from '../../src/launcher/launcher.ts'
import type { Notice } from '../../src/launcher/requests.ts'
import type { ServerStart } from '../../src/launcher/start.ts'

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
const LIVE = { kind: 'live', interfaces: ['lo'], snaplenBytes: 1500, bufferBytes: 1 << 20, promiscuous: false }
const open = (engine: number, source: object = LIVE) => ({ type: 'open', engine, source })
const LISTENING = { type: 'listening', port: 4999 }
const BYE = { type: 'bye', exitCode: 7 }

type Noted = Notice | { type: 'engine-said'; engine: number; text: string }

describe('a launcher', { timeout: 30_000 }, () => {
  let folder: string
  let said: string[]
  let ports: number[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctscope-launcher-'))
    said = []
    ports = []
  })
  afterEach(() => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal)
    rmSync(folder, { recursive: true })
  })

  /** @param steps of the first server, of the one after it, … */
  function launch(...steps: object[][]): Promise<number> {
    writeFileSync(join(folder, 'steps'), JSON.stringify(steps))
    const start = { version: JSON.stringify({ folder }), port: 0, tokens: ['t'], isRestart: false, nextEngine: 1 } as Partial<ServerStart>
    return runLauncher({
      serverCommand: [],
      serverEntry: fixture('scripted-server.mjs'),
      environment: { PATH: process.env.PATH },
      start: start as ServerStart,
      engines: { command: [], entry: fixture('idle-engine.mjs'), environment: {}, become: { uid: 7, gid: 8 }, file: '/named/file.pcap' },
      allowed: 'live',
      onListening: (port) => ports.push(port),
      say: (line) => said.push(line),
    })
  }
  const noted = (): Noted[] =>
    (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '')
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Noted)
  const of = <T extends Noted['type']>(type: T) => noted().filter((entry): entry is Extract<Noted, { type: T }> => entry.type === type)
  const until = async (isSo: () => boolean) => {
    for (const deadline = Date.now() + 20_000; !isSo(); await delay(20)) if (Date.now() > deadline) throw new Error('it never came')
  }
  const end = () => {
    process.emit('SIGTERM')
  }

  it('hands an engine’s socket to the server, and tells the engine what the server may not choose', async () => {
    const ended = launch([LISTENING, open(1)])
    await until(() => of('engine-said').length === 1)
    const { engine, text } = of('engine-said')[0]!
    expect(engine).toBe(1)
    expect(JSON.parse(text)).toEqual({ become: { uid: 7, gid: 8 }, source: LIVE })
    end()
    expect(await ended).toBe(0)
    expect(of('shutdown')).toHaveLength(1)
  })

  it('says the port once, and ends with the server’s exit code', async () => {
    expect(await launch([LISTENING, LISTENING, BYE])).toBe(7)
    expect(ports).toEqual([4999])
  })

  it('refuses what is not on the list, and starts nothing for it', async () => {
    const odd = [
      open(1, { ...LIVE, interfaces: ['nope0'] }),
      open(2, { kind: 'file' }),
      open(3, { ...LIVE, bufferBytes: 2 ** 50 }),
      { type: 'spawn', command: 'id' },
      'open the door',
    ]
    const ended = launch([LISTENING, ...odd, open(4)] as object[])
    await until(() => of('opened').length > 0)
    expect(of('opened').map(({ engine }) => engine)).toEqual([4])
    expect(of('refused').map(({ engine }) => engine)).toEqual([1, 2, 3])
    expect(said).toHaveLength(odd.length)
    end()
    await ended
  })

  it('ends a server that goes on asking for what is not on the list', async () => {
    const ended = launch([LISTENING, ...new Array<object>(50).fill({ type: 'spawn' })], [LISTENING])
    await until(() => of('start').length === 2)
    expect(said.filter((line) => line.startsWith('refused'))).toHaveLength(10)
    end()
    await ended
  })

  it('starts no more engines than its bound, however many are asked for', async () => {
    const ended = launch([LISTENING, ...Array.from({ length: 100 }, (_, i) => open(i + 1))])
    await until(() => of('opened').length + of('refused').length === 100)
    expect(of('opened')).toHaveLength(32)
    end()
    await ended
  })

  it('starts no second engine of a number', async () => {
    const ended = launch([LISTENING, open(5), open(5)])
    await until(() => of('refused').length === 1)
    expect(of('opened')).toHaveLength(1)
    end()
    await ended
  })

  it('tells how an engine ended', async () => {
    const ended = launch([LISTENING, open(5), { type: 'stop', engine: 5 }])
    await until(() => of('exited').length === 1)
    expect(of('exited')).toEqual([{ type: 'exited', engine: 5, cause: 'was killed by SIGKILL' }])
    end()
    await ended
  })

  it('starts a server anew that died: same token and port, engine numbers that were never used', async () => {
    const ended = launch([LISTENING, open(3), { crash: 300 }], [LISTENING])
    await until(() => of('start').length === 2)
    const [first, second] = of('start')
    expect(first!.start).toMatchObject({ port: 0, isRestart: false, nextEngine: 1 })
    expect(second!.start).toMatchObject({ port: 4999, isRestart: true, nextEngine: 4, tokens: ['t'] })
    expect(ports).toEqual([4999])
    expect(said).toEqual(['the server ended (exit code 3) and is started anew'])
    end()
    expect(await ended).toBe(0)
  })

  it('gives up on a server that never served', async () => {
    expect(await launch([{ crash: 1 }])).toBe(1)
    expect(said).toEqual(['the server did not start (exit code 3)'])
  })
})
