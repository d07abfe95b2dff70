import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { CtState, EndCause, EventBit, EventKind, ExpEndCause, Reason, Status, TcpState } from '@ctscope/engine/model'
import { ExpectationSchema, FtpSessionDetailSchema, FtpSessionSchema, PacketSchema, Page, TransitionSchema } from '../../src/api/rest.ts'
import { connection, expectation, ftpLine, packet, START_US, transition } from '../support/records.ts'
import { testApp, type TestApp } from '../support/test-app.ts'

let test: TestApp

beforeEach(async () => {
  test = await testApp()
  test.host.begin()
})

afterEach(async () => {
  await test.app.close()
})

type List = { items: Record<string, unknown>[]; total: number; cursor: string | null }

async function list(url: string): Promise<List> {
  const answer = await test.get(url)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json<List>()
}

describe('GET packets', () => {
  beforeEach(() => {
    test.host.ring = Array.from({ length: 3000 }, (_, i) =>
      packet(i, i % 10 === 0 ? { connection: 0, ctState: CtState.Invalid, reason: Reason.FTP_PORT_ZERO, tcpFlags: 0x14 } : {}),
    )
  })

  it('gives the newest first, and pages', async () => {
    const first = await list('/api/v1/packets?limit=2')
    expect([...Compile(Page(PacketSchema)).Errors(first)]).toEqual([])
    expect(first.items.map(({ index }) => index)).toEqual([2999, 2998])
    const second = await list(`/api/v1/packets?limit=2&cursor=${first.cursor}`)
    expect(second.items.map(({ index }) => index)).toEqual([2997, 2996])
  })

  it('finds those without a connection, with their reason', async () => {
    const invalid = await list('/api/v1/packets?filter=ct.state == INVALID')
    expect(invalid.total).toBe(300)
    expect(invalid.items[0]).toMatchObject({
      index: 2990,
      connection: null,
      direction: null,
      stateAfter: null,
      state: 'INVALID',
      tcpFlags: 'RST ACK',
      at: '2026-11-22T12:49:50.000000001Z',
      reason: { code: 'FTP_PORT_ZERO' },
    })
    expect((await list('/api/v1/packets?filter=packet in {5..7}')).total).toBe(3)
    expect((await test.get('/api/v1/packets?filter=bytes > 5')).statusCode).toBe(400)
  })
})

describe('GET transitions', () => {
  beforeEach(() => {
    test.host.feed({
      born: [connection(17, { dport: 21, helper: 'ftp' })],
      expectationsRaised: [expectation(1, 17)],
      transitions: [
        transition(1, 17),
        transition(2, 17, {
          kind: EventKind.Update,
          bits: EventBit.Assured | EventBit.Protoinfo,
          fromCtState: CtState.New,
          toCtState: CtState.Established,
          fromProtoState: TcpState.SynSent,
          toProtoState: TcpState.Established,
          status: Status.SeenReply | Status.Assured | Status.Confirmed,
          timeoutS: 432000,
        }),
        transition(3, 17, { kind: EventKind.ExpNew, bits: 0, expectation: 1, timeoutS: 300 }),
        transition(4, 17, { kind: EventKind.ExpDestroy, bits: 0, expectation: 1, cause: ExpEndCause.Expired, packet: -1 }),
        transition(5, 17, {
          kind: EventKind.Destroy,
          bits: EventBit.Destroy,
          cause: 3,
          packet: -1,
          fromCtState: 2,
          fromProtoState: 2,
          toProtoState: 3,
          timeoutS: 0,
        }),
      ],
    })
  })

  it('gives the newest first, or those after a number in order', async () => {
    const all = await list('/api/v1/transitions')
    expect([...Compile(Page(TransitionSchema)).Errors(all)]).toEqual([])
    expect(all.items.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1])
    expect(all.items[0]).toMatchObject({
      event: 'DESTROY',
      cause: 'timeout',
      packet: null,
      direction: null,
      to: { state: null, tcp: 'ESTABLISHED' },
    })
    expect(all.items[2]).toMatchObject({ event: 'EXP_NEW', expectation: 1, connection: 17, original: { dst: '10.0.0.17', dport: 5001 } })
    expect((await list('/api/v1/transitions?since=3')).items.map(({ seq }) => seq)).toEqual([4, 5])
    expect((await list('/api/v1/transitions?filter=tcp.state == ESTABLISHED')).items.map(({ seq }) => seq)).toEqual([5, 2])
    expect((await list('/api/v1/transitions?filter=cause == expired')).items.map(({ seq }) => seq)).toEqual([4])
    expect((await list('/api/v1/transitions?filter=from.state == NEW and event.bits == ASSURED')).items.map(({ seq }) => seq)).toEqual([2])
    expect((await test.get('/api/v1/transitions?since=-1')).statusCode).toBe(400)
  })

  it('writes them as conntrack -E', async () => {
    const text = await test.get('/api/v1/transitions?format=conntrack')
    const tuple = 'src=10.0.0.17 dst=192.0.2.1 sport=1041 dport=21'
    const reply = 'src=192.0.2.1 dst=10.0.0.17 sport=21 dport=1041'
    const counters = 'packets=1 bytes=60'
    const exp =
      'proto=6 src=192.0.2.1 dst=10.0.0.17 sport=0 dport=5001 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.0.17 master-dst=192.0.2.1 sport=1041 dport=21 class=0 helper=ftp'
    expect(text.body.split('\n')).toEqual([
      `    [NEW] tcp      6 120 ${tuple} [UNREPLIED] ${reply} helper=ftp`,
      ` [UPDATE] tcp      6 432000 ESTABLISHED ${tuple} ${reply} [ASSURED] helper=ftp`,
      `    [NEW] 300 ${exp}`,
      `[DESTROY] 300 ${exp}`,
      `[DESTROY] tcp      6 ESTABLISHED ${tuple} ${counters} [UNREPLIED] ${reply} packets=0 bytes=0`,
      '',
    ])
    const lines = (await test.get('/api/v1/transitions?format=ndjson&since=3')).body.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([4, 5])
  })
})

describe('GET expectations', () => {
  it('gives those that wait and those that ended', async () => {
    test.host.feed({
      born: [connection(17, { dport: 21 })],
      expectationsRaised: [expectation(1, 17), expectation(2, 17, { flags: 3, class: 1 })],
      expectationsEnded: [{ id: 1, cause: ExpEndCause.Expired, atUs: START_US + 3e8, child: 0, packet: -1 }],
    })
    const all = await list('/api/v1/expectations')
    expect([...Compile(Page(ExpectationSchema)).Errors(all)]).toEqual([])
    expect(all.items).toMatchObject([
      { id: 2, master: 17, flags: ['PERMANENT', 'INACTIVE'], ended: null, timeout: expect.closeTo(300, -1) as number },
      { id: 1, timeout: null, ended: { at: '2026-11-22T12:05:00.000000Z', cause: 'expired', child: null, packet: null } },
    ])
    expect((await list('/api/v1/expectations?ended=false')).items.map(({ id }) => id)).toEqual([2])
    expect((await list('/api/v1/expectations?ended=only')).items.map(({ id }) => id)).toEqual([1])
    // Its helper activates it: no event tells that, but its record comes again.
    test.host.feed({ expectationsRaised: [expectation(2, 17, { flags: 1, timeoutS: 3600, class: 1 })] })
    expect((await list('/api/v1/expectations?ended=false')).items).toMatchObject([{ id: 2, flags: ['PERMANENT'], timeoutFull: 3600 }])
    const text = await test.get('/api/v1/expectations?format=conntrack')
    expect(text.body).toMatch(/^(299|300) proto=6 .* master-src=10\.0\.0\.17 .* PERMANENT class=1 helper=ftp\n$/)
  })
})

describe('GET ftp/sessions', () => {
  const established = { dport: 21, helper: 'ftp', ctState: CtState.Established, protoState: TcpState.Established }
  const pasv = { mode: 'PASV', address: '192.0.2.1', port: 5001, expectation: 1, reason: 0, reasonArgs: [0, 0, 0, 0] } as const

  it('puts dialogue, expectation and data connection together', async () => {
    test.host.feed({
      born: [connection(17, established)],
      ftp: [
        ftpLine(17, 1, 'reply', '220 ready'),
        ftpLine(17, 0, 'command', 'USER anna'),
        ftpLine(17, 0, 'command', 'PASS ****'),
        ftpLine(17, 1, 'reply', '230 in'),
      ],
    })
    expect((await list('/api/v1/ftp/sessions')).items).toMatchObject([{ id: 17, user: 'anna', verdict: 'idle', transfers: [] }])

    test.host.feed({
      expectationsRaised: [expectation(1, 17)],
      ftp: [
        ftpLine(17, 0, 'command', 'PASV'),
        ftpLine(17, 1, 'reply', '227 Entering Passive Mode (192,0,2,1,19,137).'),
        ftpLine(17, 1, 'negotiation', '', pasv),
      ],
    })
    expect((await list('/api/v1/ftp/sessions')).items).toMatchObject([{ verdict: 'waiting' }])

    // The client opens the data connection: its original direction is the client's, a download is the reply's.
    test.host.feed({
      ftp: [ftpLine(17, 0, 'command', 'RETR big file.bin'), ftpLine(17, 1, 'reply', '150 Opening BINARY mode data connection.')],
      born: [connection(18, { master: 17, bytes: [500, 1_000_000], lastSeenUs: START_US + 18_000 + 2e6, status: Status.Expected })],
      expectationsEnded: [{ id: 1, cause: ExpEndCause.Met, atUs: START_US, child: 18, packet: 12 }],
    })
    test.host.feed({ ftp: [ftpLine(17, 1, 'reply', '226 Transfer complete.'), ftpLine(17, 1, 'reply', '221 Goodbye.')] })
    const all = await list('/api/v1/ftp/sessions')
    expect([...Compile(Page(FtpSessionSchema)).Errors(all)]).toEqual([])
    expect(all.items).toMatchObject([
      {
        id: 17,
        client: '10.0.0.17',
        server: '192.0.2.1',
        port: 21,
        verdict: 'works',
        children: [18],
        bytes: 1_000_000,
        transfers: [
          {
            verb: 'RETR',
            path: 'big file.bin',
            kind: 'download',
            expectation: 1,
            connection: 18,
            bytes: 1_000_000,
            rate: 500_000,
            replyCode: 226,
          },
        ],
      },
    ])
    const detail = (await test.get('/api/v1/ftp/sessions/17')).json<Record<string, unknown>>()
    expect([...Compile(FtpSessionDetailSchema).Errors(detail)]).toEqual([])
    expect(detail).toMatchObject({
      control: { id: 17 },
      connections: [{ id: 18, master: 17 }],
      expectations: [{ id: 1, ended: { cause: 'met' } }],
    })
    expect(detail['lines']).toHaveLength(11)
    expect((await test.get('/api/v1/stats')).json()).toMatchObject({ ftpSessions: 1, ftpProblems: 0 })
  })

  it('links a data connection that came before the command, and an active upload’s bytes', async () => {
    const port = { ...pasv, mode: 'PORT' } as const
    test.host.feed({
      born: [connection(17, established)],
      expectationsRaised: [expectation(1, 17)],
      ftp: [ftpLine(17, 0, 'command', 'PORT 10,0,0,17,19,137'), ftpLine(17, 0, 'negotiation', '', port)],
    })
    test.host.feed({
      born: [connection(18, { master: 17, bytes: [40, 7777] })],
      expectationsEnded: [{ id: 1, cause: ExpEndCause.Met, atUs: START_US, child: 18, packet: 12 }],
    })
    test.host.feed({ ftp: [ftpLine(17, 0, 'command', 'STOR up.bin')] })
    // The server opened it: the client's bytes are the reply direction's.
    expect((await list('/api/v1/ftp/sessions')).items[0]).toMatchObject({
      transfers: [{ verb: 'STOR', kind: 'upload', connection: 18, bytes: 7777, replyCode: null }],
    })
  })

  it.each([
    ['encrypted', [ftpLine(17, 0, 'command', 'AUTH TLS'), ftpLine(17, 1, 'tls', '')], []],
    ['no-expectation', [ftpLine(17, 1, 'negotiation', '', { ...pasv, expectation: 0, reason: Reason.FTP_ADDRESS_DIFFERS })], []],
    ['expired', [ftpLine(17, 1, 'negotiation', '', pasv)], [{ id: 1, cause: ExpEndCause.Expired, atUs: START_US, child: 0, packet: -1 }]],
    ['refused', [ftpLine(17, 0, 'command', 'RETR x'), ftpLine(17, 1, 'reply', '425 Failed to establish connection.')], []],
  ] as const)('says in a word what is wrong: %s', async (verdict, ftp, expectationsEnded) => {
    test.host.feed({ born: [connection(17, established)], expectationsRaised: [expectation(1, 17)], ftp: [...ftp] })
    test.host.feed({ expectationsEnded: [...expectationsEnded] })
    expect((await list('/api/v1/ftp/sessions')).items).toMatchObject([{ verdict }])
    expect((await test.get('/api/v1/stats')).json()).toMatchObject({ ftpProblems: 1 })
  })

  it('takes the answer to ABOR not for the transfer’s', async () => {
    test.host.feed({
      born: [connection(17, established)],
      ftp: [
        ftpLine(17, 0, 'command', 'RETR x'),
        ftpLine(17, 1, 'reply', '150 Opening.'),
        ftpLine(17, 1, 'reply', '426 Failure writing network stream.'),
        ftpLine(17, 1, 'reply', '226 ABOR successful.'),
      ],
    })
    expect((await list('/api/v1/ftp/sessions')).items).toMatchObject([{ verdict: 'aborted', transfers: [{ replyCode: 426 }] }])
  })

  it('goes with its control connection, when that is forgotten', async () => {
    const small = await testApp({ limits: { endedConnections: 1 } })
    small.host.begin()
    small.host.feed({ born: [connection(1, established), connection(2)], ftp: [ftpLine(1, 1, 'reply', '220 ready')] })
    small.host.feed({ ended: [1, 2].map((id) => ({ record: connection(id), cause: EndCause.Timeout, atUs: START_US })) })
    expect((await small.get('/api/v1/ftp/sessions')).json()).toMatchObject({ total: 0 })
    expect((await small.get('/api/v1/stats')).json()).toMatchObject({ ftpSessions: 0, ended: 1 })
    await small.app.close()
  })

  it('bounds sessions and lines, and answers an unknown id with 404', async () => {
    const small = await testApp({ limits: { ftpSessions: 2, ftpLines: 3, ftpTransfers: 1 } })
    small.host.begin()
    small.host.feed({
      born: [connection(1, established), connection(2, established), connection(3, established)],
      ftp: [1, 2, 3].flatMap((id) => ['a', 'b', 'c', 'd', 'e'].map((text) => ftpLine(id, 1, 'reply', text))),
    })
    small.host.feed({ ftp: ['RETR a', 'RETR b'].map((text) => ftpLine(3, 0, 'command', text)) })
    const items = (await small.get('/api/v1/ftp/sessions')).json<List>().items
    expect(items.map(({ id }) => id)).toEqual([3, 2])
    expect((await small.get('/api/v1/ftp/sessions/3')).json()).toMatchObject({
      linesDropped: 4,
      lines: [{ text: 'e' }, { text: 'RETR a' }, { text: 'RETR b' }],
      transfers: [{ path: 'b' }],
    })
    expect((await small.get('/api/v1/ftp/sessions/1')).statusCode).toBe(404)
    expect((await small.get('/api/v1/stats')).json()).toMatchObject({ limits: { 'ftp.sessions': 1, 'ftp.lines': 8, 'ftp.transfers': 1 } })
    await small.app.close()
  })
})
