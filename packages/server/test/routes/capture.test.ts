import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { CtState, Reason } from '@ctscope/engine/model'
import { CaptureSchema, InterfacesSchema, StatsSchema } from '../../src/api/rest.ts'
import { batch, connection, stats, transition } from '../support/records.ts'
import { testApp, type TestApp } from '../support/test-app.ts'

let test: TestApp

beforeEach(async () => {
  test = await testApp()
  test.host.begin()
})

afterEach(async () => {
  await test.app.close()
})

describe('GET stats', () => {
  it('sums engines and their epochs, and counts what the mirror holds', async () => {
    const one = stats({
      packets: 100,
      bytes: 6000,
      states: [1, 50, 40, 5, 4, 0],
      reasons: { [Reason.FTP_PORT_ZERO]: 2 },
      decode: [95, 5, 0, 0, 0, 0, 0, 0],
      dropped: { ring: 3, interface: 1, engine: 0 },
      limits: { 'ftp.line': 1 },
    })
    test.host.feed({ born: [connection(1), connection(2, { ctState: CtState.Established })], stats: one })
    const first = (await test.get('/api/v1/stats')).json<Record<string, unknown>>()
    expect([...Compile(StatsSchema).Errors(first)]).toEqual([])
    expect(first).toMatchObject({
      packets: 100,
      states: { NEW: 50, ESTABLISHED: 40, RELATED: 5, INVALID: 4, UNTRACKED: 0, NONE: 1 },
      reasons: { FTP_PORT_ZERO: 2 },
      decode: { ok: 95, 'not-ip': 5 },
      dropped: { ring: 3, interface: 1, engine: 0 },
      entries: 2,
      entriesByState: { NEW: 1, ESTABLISHED: 1, RELATED: 0 },
      limit: 262144,
      engines: [{ id: 1, interface: 'eth0', epoch: 1, pid: 4711, uid: 65534, capabilities: [], state: 'running', restarts: 0, gaps: [] }],
    })
    expect(first['limits']).toMatchObject({ 'ftp.line': 1, 'batches.lost': 0 })

    test.host.listener?.gone(1, 'killed by SIGKILL', true)
    const gone = (await test.get('/api/v1/stats')).json<Record<string, unknown>>()
    expect(gone).toMatchObject({
      packets: 100,
      entries: 0,
      ended: 2,
      engines: [{ state: 'restarting', gaps: [{ to: null, cause: 'killed by SIGKILL' }] }],
    })
    expect((await test.get('/api/v1/connections/2')).json()).toMatchObject({ ended: { cause: 'lost' } })
    expect((await test.get('/api/v1/transitions')).json()).toMatchObject({
      total: 2,
      items: [
        { event: 'DESTROY', connection: 2, cause: 'lost', from: { state: 'ESTABLISHED' } },
        { event: 'DESTROY', connection: 1, cause: 'lost', from: { state: 'NEW' } },
      ],
    })

    test.host.begin(2)
    test.host.feed({ born: [connection(1001)], stats: stats({ packets: 7 }) })
    const again = (await test.get('/api/v1/stats')).json<{ engines: { gaps: { to: string | null }[] }[] }>()
    expect(again).toMatchObject({ packets: 107, entries: 1, engines: [{ epoch: 2, restarts: 1, state: 'running' }] })
    expect(again.engines[0]?.gaps[0]?.to).not.toBeNull()
  })

  it('forgets what a file’s former run left when it runs again', async () => {
    test.host.state = { ...test.host.state, kind: 'file', file: '/x.pcap', replay: { playing: true, speed: 1, at: null } }
    test.host.feed({ born: [connection(1), connection(2)], stats: stats({ packets: 10 }) })
    test.host.begin(2)
    test.host.feed({ born: [connection(1)], stats: stats({ packets: 4 }) })
    expect((await test.get('/api/v1/stats')).json()).toMatchObject({ packets: 4, entries: 1, ended: 0 })
    expect((await test.get('/api/v1/connections?ended=true')).json()).toMatchObject({ total: 1, items: [{ id: 1, ended: null }] })
  })

  it('counts batches and transitions that never came', async () => {
    test.host.feed({})
    test.host.feed({})
    test.host.listener?.batch(1, batch(9))
    test.host.listener?.batch(1, batch(10, { transitions: [transition(1, 1), transition(5, 1)] }))
    const { limits } = (await test.get('/api/v1/stats')).json<{ limits: Record<string, number> }>()
    expect(limits).toMatchObject({ 'batches.lost': 1, 'transitions.lost': 3 })
  })
})

describe('capture', () => {
  it('is told, and what could be captured', async () => {
    const capture = (await test.get('/api/v1/capture')).json<unknown>()
    expect([...Compile(CaptureSchema).Errors(capture)]).toEqual([])
    expect(capture).toMatchObject({ kind: 'live', interfaces: ['eth0'], running: true })
    const interfaces = (await test.get('/api/v1/interfaces')).json<unknown>()
    expect([...Compile(InterfacesSchema).Errors(interfaces)]).toEqual([])
    expect(interfaces).toMatchObject({ items: [{ name: 'eth0', captured: true }] })
  })

  it('is changed', async () => {
    const answer = await test.send('PUT', '/api/v1/capture', { interfaces: ['lo'], filter: 'tcp port 21', running: false })
    expect(answer.json()).toMatchObject({ interfaces: ['lo'], filter: 'tcp port 21', running: false })
    expect(test.host.asked).toEqual(['filter tcp port 21', 'interfaces lo', 'running false'])
  })

  it('is changed as a whole or not at all', async () => {
    const answer = await test.send('PUT', '/api/v1/capture', { interfaces: ['nope0'], filter: 'udp', running: false })
    expect(answer.statusCode).toBe(400)
    expect((await test.get('/api/v1/capture')).json()).toMatchObject({ interfaces: ['eth0'], filter: '', running: true })
  })

  it.each([
    [{ filter: 'tcp port' }, 'ERR_BPF', "can't parse filter expression: syntax error"],
    [{ interfaces: ['nope0'] }, 'ERR_INTERFACE', 'there is no interface nope0'],
    [{ interfaces: [] }, 'ERR_VALIDATION', ''],
    [{ interfaces: ['a-name-that-is-too-long'] }, 'ERR_VALIDATION', ''],
    [{ filter: 'x'.repeat(5000) }, 'ERR_VALIDATION', ''],
    [{ speed: 1 }, 'ERR_VALIDATION', 'body/speed is not known here'],
  ])('answers %j with 400 %s', async (change, code, message) => {
    const answer = await test.send('PUT', '/api/v1/capture', change)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code, message: expect.stringContaining(message) as string })
    expect(answer.json<{ hint: string }>().hint).not.toBe('')
  })
})

describe('replay', () => {
  it('is refused for a live capture', async () => {
    for (const answer of [await test.get('/api/v1/replay'), await test.send('PUT', '/api/v1/replay', { playing: false })]) {
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([409, 'ERR_NOT_A_FILE'])
    }
  })

  it('plays, pauses, and goes to a time', async () => {
    test.host.state = { ...test.host.state, kind: 'file', file: '/x.pcap', replay: { playing: true, speed: 1, at: null } }
    expect((await test.get('/api/v1/replay')).json()).toEqual({ playing: true, speed: 1, at: null })
    await test.send('PUT', '/api/v1/replay', { playing: false, speed: 0, at: '2026-11-22T13:00:00.25+01:00' })
    expect(test.host.asked).toEqual([`replay {"playing":false,"speed":0,"atUs":${Date.UTC(2026, 10, 22, 12) * 1000 + 250_000}}`])
    for (const change of [{ at: 'yesterday' }, { speed: -1 }, { playing: 'yes' }]) {
      expect((await test.send('PUT', '/api/v1/replay', change)).statusCode, JSON.stringify(change)).toBe(400)
    }
  })
})

describe('GET /api/openapi.json', () => {
  it('describes every route with its answers, made from the same schemas', async () => {
    const document = (await test.get('/api/openapi.json')).json<{ openapi: string; paths: Record<string, Record<string, unknown>> }>()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/capture',
      '/api/v1/connections',
      '/api/v1/connections/{id}',
      '/api/v1/connections/{id}/packets',
      '/api/v1/connections/{id}/related',
      '/api/v1/connections/{id}/transitions',
      '/api/v1/expectations',
      '/api/v1/ftp/sessions',
      '/api/v1/ftp/sessions/{id}',
      '/api/v1/interfaces',
      '/api/v1/packets',
      '/api/v1/replay',
      '/api/v1/stats',
      '/api/v1/transitions',
      '/healthz',
    ])
    expect(document.paths['/api/v1/connections']?.['get']).toMatchObject({
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'filter', in: 'query' })]) as unknown,
      responses: {
        200: { content: { 'application/json': { schema: { type: 'object', required: ['items', 'total', 'cursor', 'asOf'] } } } },
      },
    })
  })
})
