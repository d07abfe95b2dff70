/**
 * The engine in this process, its batches into the app, and what REST then says in conntrack's words, against the
 * words of an engine that was asked directly, on shared captures.
 */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { InlineEngine, openCaptureFile, readCaptureFile } from '@ctscope/engine'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS } from '@ctscope/engine/model'
import { describeNeeding, missing, sharedDir } from '@ctscope/engine/testing'
import { engineFor, readCapture } from '../src/cli/read-capture.ts'
import { entryEventLine, entryLines, expectationLines } from '../src/cli/tracked-text.ts'
import { testApp } from './support/test-app.ts'

const folder = path.join(sharedDir, 'captures/files')
const NEEDS = { shared: 'captures/files' } as const
/** What differs from file to file is the engine's affair: a sample, and all with FTP, tell what becomes of it here. */
const EVERY = 20
const MAX_BYTES = 2_000_000
const files =
  missing(NEEDS) === undefined
    ? readdirSync(folder)
        .filter((name) => statSync(path.join(folder, name)).size < MAX_BYTES)
        .filter((name, i) => i % EVERY === 0 || /ftp/i.test(name))
    : ['(none)']

/** Of a file that breaks off only the events are told: its engine's clock at the end is not. */
type Words = { entries: string[]; expectations: string[]; events: string[] }

/** Of an engine that nothing stands between. */
async function ofEngine(file: string): Promise<Words> {
  const engine = engineFor({ set: [], helper: [] } as unknown as Parameters<typeof engineFor>[0])
  const events: string[] = []
  engine.listen({
    onEvent: (event) => events.push(entryEventLine(engine, event)),
    onExpectation: () => undefined,
    onFtp: () => undefined,
    onFtpLine: () => undefined,
  })
  const { nowMs } = await readCapture(file, engine, 'capture', { afterFrame: () => undefined })
  return { entries: [...entryLines(engine, nowMs)].sort(), expectations: [...expectationLines(engine, nowMs)].sort(), events }
}

/** Of REST, at the other end of the batches. */
async function ofRest(file: string): Promise<Words> {
  const test = await testApp({ limits: { transitions: 20_000, endedConnections: 20_000, tickMs: 10 } })
  test.host.state = { ...test.host.state, kind: 'file', file: path.basename(file), replay: { playing: true, speed: 0, at: null } }
  const source = await readCaptureFile(await openCaptureFile(file), file)
  await new Promise<void>((resolve, reject) => {
    const engine = new InlineEngine({
      sources: [source],
      kind: 'file',
      onMessage: (message) => {
        if (message.type === 'ready') test.host.listener?.ready(1, message.ready)
        else if (message.type === 'batch') test.host.listener?.batch(1, message.batch)
        else if (message.type === 'failed') reject(new Error(message.error.message))
        else if (message.type === 'source' && message.state === 'ended') resolve()
      },
      onClose: reject,
    })
    const replay = { playing: true, speed: 0, skipToUs: 0 }
    const configuration = {
      epoch: 1,
      idBase: 0,
      zone: 0,
      settings: { ...DEFAULT_SETTINGS },
      helpers: [...DEFAULT_HELPERS],
      filter: '',
      own: null,
      replay,
    }
    engine.send({ type: 'configure', configuration })
  })
  const lines = async (url: string): Promise<string[]> => {
    const answer = await test.get(`/api/v1/${url}`)
    expect(answer.statusCode).toBe(200)
    return answer.body.split('\n').filter((line) => line !== '')
  }
  const seconds = (line: string, field: number): boolean => Number(line.split(/ +/)[field]) > 0
  const words = {
    entries: (await lines('connections?format=conntrack')).filter((line) => seconds(line, 4)).sort(),
    expectations: (await lines('expectations?format=conntrack')).filter((line) => seconds(line, 0)).sort(),
    events: (await lines('transitions?format=conntrack')).filter((line) => !/^ *\[\w+\] \d+ proto=/.test(line)),
  }
  await test.app.close()
  return words
}

describeNeeding(NEEDS, 'the mirror of an engine', () => {
  it.each(files)('%s', { timeout: 60_000 }, async (name) => {
    const file = path.join(folder, name)
    const [engine, rest] = [await ofEngine(file), await ofRest(file)]
    expect(rest.entries).toEqual(engine.entries)
    expect(rest.expectations).toEqual(engine.expectations)
    // When an entry's time has run out is noticed earlier or later between two packets.
    const isDestroy = (line: string): boolean => line.startsWith('[DESTROY]')
    expect(rest.events.filter((line) => !isDestroy(line))).toEqual(engine.events.filter((line) => !isDestroy(line)))
    expect(rest.events.filter(isDestroy).sort()).toEqual(engine.events.filter(isDestroy).sort())
  })
})
