import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { CtState, EndCause, EventBit, EventKind, ExpEndCause, Status, TcpState } from '@ctscope/engine/model'
import { ConnectionPacketsSchema, ConnectionSchema, Page, RelatedSchema, TransitionSchema } from '../../src/api/rest.ts'
import { connection, expectation, ipv4, packet, START_US, transition } from '../support/records.ts'
import { testApp, type TestApp } from '../support/test-app.ts'

const connectionsPage = Compile(Page(ConnectionSchema))

let test: TestApp

/** 17: FTP control; 18: its data connection; 19: UDP; 20: ended HTTP. */
beforeEach(async () => {
  test = await testApp()
  test.host.begin()
  test.host.feed({
    born: [
      connection(17, {
        dport: 21,
        helper: 'ftp',
        ctState: CtState.Established,
        protoState: TcpState.Established,
        status: Status.SeenReply | Status.Assured | Status.Confirmed | Status.Helper,
        packets: [9, 7],
        bytes: [611, 893],
        lastPacket: 9,
      }),
      connection(18, { master: 17, ctState: CtState.Related, status: Status.Expected | Status.Confirmed, bytes: [2_000_000, 0] }),
      connection(19, { l4: 17, protoState: 0, dport: 53, dst: ipv4(8, 8, 8, 8) }),
      connection(20),
    ],
    expectationsRaised: [expectation(1, 17), expectation(2, 17, { dport: 5002 })],
    transitions: [
      transition(1, 17),
      transition(2, 17, {
        kind: EventKind.Update,
        bits: EventBit.Reply | EventBit.Protoinfo,
        dir: 1,
        nanoseconds: 523_456_789,
        fromCtState: CtState.New,
        toCtState: CtState.Established,
        fromProtoState: TcpState.SynSent,
        toProtoState: TcpState.SynRecv,
      }),
    ],
  })
  test.host.feed({
    ended: [{ record: connection(20, { protoState: TcpState.TimeWait }), cause: EndCause.Closed, atUs: START_US + 5e6 }],
    expectationsEnded: [{ id: 1, cause: ExpEndCause.Met, atUs: START_US + 1e6, child: 18, packet: 6 }],
  })
})

afterEach(async () => {
  await test.app.close()
})

async function ids(query: string): Promise<number[]> {
  const answer = await test.get(`/api/v1/connections?${query}`)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json<{ items: { id: number }[] }>().items.map(({ id }) => id)
}

describe('GET connections', () => {
  it('gives what its schema says, newest first', async () => {
    const answer = await test.get('/api/v1/connections')
    expect(answer.statusCode).toBe(200)
    expect([...connectionsPage.Errors(answer.json())]).toEqual([])
    expect(answer.json()).toMatchObject({ total: 3, cursor: null })
    expect(await ids('')).toEqual([19, 18, 17])
  })

  it('filters, sorts and shows ended ones', async () => {
    expect(await ids('filter=proto == udp')).toEqual([19])
    expect(await ids('filter=ct.state %3D%3D RELATED %26%26 master.helper %3D%3D ftp')).toEqual([18])
    expect(await ids('sort=bytes&order=desc')).toEqual([18, 17, 19])
    expect(await ids('sort=dport&order=asc')).toEqual([17, 19, 18])
    expect(await ids('sort=src&order=asc&ended=true')).toEqual([17, 18, 19, 20])
    expect(await ids('ended=only')).toEqual([20])
    expect(await ids('filter=ended.cause == closed&ended=true')).toEqual([20])
  })

  it('pages over a snapshot that stays as it was', async () => {
    const first = (await test.get('/api/v1/connections?limit=2')).json<{ cursor: string; items: { id: number }[] }>()
    expect(first.items.map(({ id }) => id)).toEqual([19, 18])
    test.host.feed({ born: [connection(30), connection(31)] })
    const second = await test.get(`/api/v1/connections?limit=2&cursor=${first.cursor}`)
    expect(second.json()).toMatchObject({ total: 3, cursor: null, items: [{ id: 17 }] })
  })

  it.each([
    ['filter=ct.stat == NEW', 'ERR_FILTER', /^Column 1: expected a field/],
    ['filter=port == x', 'ERR_FILTER', /^Column 9: /],
    ['filter=tcp.flags == SYN', 'ERR_FILTER', /not a field of connections/],
    ['sort=colour', 'ERR_SORT', /"colour"/],
    ['order=up', 'ERR_VALIDATION', /order/],
    ['limit=0', 'ERR_VALIDATION', /limit/],
    ['limit=5000', 'ERR_VALIDATION', /limit/],
    ['colour=red', 'ERR_VALIDATION', /colour is not known here/],
    ['limit=1.5', 'ERR_VALIDATION', /limit/],
    ['limit=ten', 'ERR_VALIDATION', /limit/],
    ['cursor=nonsense', 'ERR_CURSOR', /not a cursor/],
    ['format=xml', 'ERR_VALIDATION', /format/],
  ])('answers %s with 400 %s', async (query, code, message) => {
    const answer = await test.get(`/api/v1/connections?${query}`)
    expect(answer.statusCode).toBe(400)
    const error = answer.json<{ code: string; message: string; hint: string }>()
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
    expect(error.hint).not.toBe('')
  })

  it('names the column of a wrong filter', async () => {
    expect((await test.get('/api/v1/connections?filter=port%20%3D%3D%20x')).json()).toMatchObject({ column: 9 })
  })

  it('answers an unknown cursor with 410, one of another list with 400', async () => {
    expect((await test.get('/api/v1/connections?cursor=0123456789abcdef01234567.2')).json()).toMatchObject({ code: 'ERR_CURSOR_EXPIRED' })
    const { cursor } = (await test.get('/api/v1/connections?limit=1')).json<{ cursor: string }>()
    const answer = await test.get(`/api/v1/transitions?cursor=${cursor}`)
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'ERR_CURSOR'])
  })

  it('writes conntrack text, CSV and JSON lines', async () => {
    const text = await test.get('/api/v1/connections?format=conntrack&sort=id&order=asc')
    expect(text.headers['content-type']).toMatch(/^text\/plain/)
    expect(text.body.split('\n')[0]).toMatch(
      /^ipv4 {5}2 tcp {6}6 1(?:20|19) ESTABLISHED src=10\.0\.0\.17 dst=192\.0\.2\.1 sport=1041 dport=21 packets=9 bytes=611 src=192\.0\.2\.1 dst=10\.0\.0\.17 sport=21 dport=1041 packets=7 bytes=893 \[ASSURED\] mark=0 helper=ftp use=1$/,
    )
    expect(text.body.trimEnd().split('\n')).toHaveLength(3)
    const csv = await test.get('/api/v1/connections?format=csv&limit=1')
    expect(csv.headers['content-type']).toMatch(/^text\/csv/)
    expect(csv.body.split('\r\n').map((line) => line.split(',')[0])).toEqual(['id', '19', ''])
    const lines = await test.get('/api/v1/connections?format=ndjson&filter=proto == udp')
    expect(lines.headers['content-type']).toMatch(/^application\/x-ndjson/)
    expect(JSON.parse(lines.body)).toMatchObject({ id: 19, l4: 'udp' })
  })
})

describe('GET connections/:id', () => {
  it('gives live and ended ones', async () => {
    const control = (await test.get('/api/v1/connections/17')).json<Record<string, unknown>>()
    expect(control).toMatchObject({
      id: 17,
      interface: 'eth0',
      l3: 'ipv4',
      l4: 'tcp',
      original: { src: '10.0.0.17', sport: 1041, dst: '192.0.2.1', dport: 21, packets: 9, bytes: 611 },
      reply: { src: '192.0.2.1', sport: 21, dst: '10.0.0.17', dport: 1041, packets: 7, bytes: 893 },
      state: 'ESTABLISHED',
      tcp: 'ESTABLISHED',
      sctp: null,
      status: ['SEEN_REPLY', 'ASSURED', 'CONFIRMED', 'HELPER'],
      helper: 'ftp',
      master: null,
      children: [18],
      expectations: [2],
      timeoutFull: 120,
      firstSeen: '2026-11-22T12:00:00.017000Z',
      ended: null,
      strip: [
        { state: 'NEW', tcp: 'SYN_SENT' },
        { state: 'ESTABLISHED', tcp: 'SYN_RECV' },
      ],
    })
    const ended = (await test.get('/api/v1/connections/20')).json<Record<string, unknown>>()
    expect(ended).toMatchObject({ timeout: null, ended: { at: '2026-11-22T12:00:05.000000Z', cause: 'closed' }, tcp: 'TIME_WAIT' })
  })

  it('answers an unknown id with 404, a wrong one with 400', async () => {
    const unknown = await test.get('/api/v1/connections/4711')
    expect([unknown.statusCode, unknown.json<{ code: string }>().code]).toEqual([404, 'ERR_NOT_FOUND'])
    for (const path of ['packets', 'transitions', 'related']) {
      expect((await test.get(`/api/v1/connections/4711/${path}`)).statusCode).toBe(404)
    }
    for (const id of ['x', '0', '-1', '1.5', '9007199254740993']) {
      expect((await test.get(`/api/v1/connections/${id}`)).statusCode, id).toBe(400)
    }
  })

  it('gives its transitions, packets and relations', async () => {
    const transitions = (await test.get('/api/v1/connections/17/transitions')).json<{ items: unknown[] }>()
    expect([...Compile(Page(TransitionSchema)).Errors(transitions)]).toEqual([])
    expect(transitions.items).toMatchObject([
      { seq: 1, event: 'NEW', at: '2026-11-22T12:00:00.123456789Z', from: { state: null }, to: { state: 'NEW', tcp: 'SYN_SENT' } },
      { seq: 2, event: 'UPDATE', bits: ['REPLY', 'PROTOINFO'], direction: 'reply', from: { state: 'NEW' }, to: { tcp: 'SYN_RECV' } },
    ])

    test.host.ring = [packet(1, { connection: 17 }), packet(2, { connection: 5 }), packet(3, { connection: 17, tcpFlags: 0x12 })]
    const packets = (await test.get('/api/v1/connections/17/packets')).json<{ items: unknown[] }>()
    expect([...Compile(ConnectionPacketsSchema).Errors(packets)]).toEqual([])
    expect(packets).toMatchObject({
      cut: true,
      items: [
        { index: 1, tcpFlags: 'SYN' },
        { index: 3, tcpFlags: 'SYN ACK' },
      ],
    })

    const related = (await test.get('/api/v1/connections/18/related')).json<unknown>()
    expect([...Compile(RelatedSchema).Errors(related)]).toEqual([])
    expect(related).toMatchObject({ master: { id: 17 }, children: [], siblings: [] })
    expect((await test.get('/api/v1/connections/17/related')).json()).toMatchObject({
      master: null,
      children: [{ id: 18 }],
      expectations: [
        { id: 1, ended: { cause: 'met', child: 18 } },
        { id: 2, ended: null },
      ],
    })
  })
})
