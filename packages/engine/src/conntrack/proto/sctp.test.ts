import { describe, expect, it } from 'vitest'
import { be16, be32, bytes } from '../../../test/support/packet-builder.ts'
import { Scenario } from '../../../test/support/scenario.ts'
import { SCTP_STATE_NAMES, SctpState } from '../../model/index.ts'
import { Chunk, SCTP_INVALID, sctpNext } from './sctp-table.ts'

const L4_SCTP = 132
const chunk = (type: number, body: Uint8Array | number[] = [], flags = 0) =>
  bytes([type, flags], be16(4 + body.length), body, new Uint8Array(-body.length & 3))
const init = (type: number, tag: number) => chunk(type, bytes(be32(tag), new Uint8Array(12)))

class SctpScenario extends Scenario {
  send(side: 'A' | 'B', tag: number, ...chunks: Uint8Array[]): string {
    const [sport, dport] = side === 'A' ? [1, 2] : [2, 1]
    return this.l4(side, L4_SCTP, bytes(be16(sport), be16(dport), be32(tag), be32(0), ...chunks))
  }
  get state(): string {
    const { tracker, verdict } = this.engine
    return `${SCTP_STATE_NAMES[tracker.table.protoState(verdict.slot)]} ${this.entry}`
  }
  /** Up to ESTABLISHED; A expects tag 100, B 200. */
  associated(): this {
    this.send('A', 0, init(Chunk.Init, 100))
    this.send('B', 100, init(Chunk.InitAck, 200))
    this.send('A', 200, chunk(Chunk.CookieEcho))
    this.send('B', 100, chunk(Chunk.CookieAck))
    return this
  }
}

describe('CONNTRACK.md 5.5, 13 #70, #71: SCTP', () => {
  it('#70 an association, INIT repeated', () => {
    const s = new SctpScenario()
    expect(s.send('A', 0, init(Chunk.Init, 100))).toBe('N')
    expect(s.state).toBe('CLOSED 10')
    expect(s.wait(1000).send('A', 0, init(Chunk.Init, 100))).toBe('N')
    expect(s.state).toBe('CLOSED 9')
    expect(s.counted).toEqual([1, 0])
    expect(s.send('B', 100, init(Chunk.InitAck, 200))).toBe('E')
    expect(s.state).toBe('COOKIE_WAIT 3')
    expect(s.send('A', 200, chunk(Chunk.CookieEcho))).toBe('E')
    expect(s.state).toBe('COOKIE_ECHOED 3')
    expect(s.send('B', 100, chunk(Chunk.CookieAck))).toBe('E')
    expect(s.state).toBe('ESTABLISHED 210 ASSURED')
  })

  it.each([
    ['DATA', 0, 'I'],
    ['ABORT', 6, 'I'],
    ['COOKIE-ECHO', 10, 'I'],
    ['SHUTDOWN', 7, 'I'],
    ['ERROR', 9, 'I'],
    ['SACK', 3, 'I'],
    ['COOKIE-ACK', 11, 'I'],
    ['HEARTBEAT', 4, 'N'],
    ['HEARTBEAT-ACK', 5, 'N'],
    ['SHUTDOWN-ACK', 8, 'N'],
  ])('#71 %s first', (_, type, letter) => {
    const s = new SctpScenario()
    expect(s.send('A', 77, chunk(type))).toBe(letter)
    if (letter === 'I') expect(s.whyCode).toMatch(/^SCTP_/)
  })

  it.each([
    ['no chunk', [], 'SCTP_NO_CHUNK'],
    ['a chunk of length 0', [[0, 0, 0, 0]], 'SCTP_ZERO_CHUNK'],
    [
      'INIT beside another',
      [
        [1, 0, 0, 20, ...new Uint8Array(16)],
        [0, 0, 0, 4],
      ],
      'SCTP_CHUNK_NOT_ALONE',
    ],
    [
      'COOKIE-ECHO not first',
      [
        [0, 0, 0, 4],
        [10, 0, 0, 4],
      ],
      'SCTP_CHUNK_NOT_FIRST',
    ],
    ['a cut INIT', [[1, 0, 0, 20, 1]], 'SCTP_INIT_CUT'],
  ])('structure: %s', (_, chunks, code) => {
    const s = new SctpScenario()
    expect(s.send('A', 0, ...chunks.map((c) => Buffer.from(c)))).toBe('I')
    expect(s.whyCode).toBe(code)
  })

  it('INIT with a tag, and a header cut short', () => {
    const s = new SctpScenario()
    expect(s.send('A', 1, init(Chunk.Init, 100))).toBe('I')
    expect(s.why).toBe('SCTP_INIT_TAG: SCTP INIT with verification tag 1, 0 is needed')
    expect(s.l4('A', L4_SCTP, new Uint8Array(11))).toBe('I')
    expect(s.whyCode).toBe('SCTP_TOO_SHORT')
  })

  it('data needs the right tag', () => {
    const s = new SctpScenario().associated()
    expect(s.send('A', 200, chunk(Chunk.Data))).toBe('E')
    expect(s.send('A', 201, chunk(Chunk.Data))).toBe('I')
    expect(s.why).toBe('SCTP_WRONG_TAG: SCTP verification tag 201, 200 is expected')
  })

  it('shutdown in three steps', () => {
    const s = new SctpScenario().associated()
    s.send('A', 200, chunk(Chunk.Shutdown))
    expect(s.state).toBe('SHUTDOWN_SENT 3 ASSURED')
    s.send('B', 100, chunk(Chunk.ShutdownAck))
    expect(s.state).toBe('SHUTDOWN_ACK_SENT 3 ASSURED')
    s.send('A', 200, chunk(Chunk.ShutdownComplete))
    expect(s.state).toBe('CLOSED 10 ASSURED')
    s.takeEvents()
    s.wait(11_000).expire()
    expect(s.takeEvents()).toEqual(['DESTROY'])
  })

  it('ABORT with the T flag carries the other side’s tag', () => {
    expect(new SctpScenario().associated().send('A', 100, chunk(Chunk.Abort, [], 1))).toBe('E')
    expect(new SctpScenario().associated().send('A', 100, chunk(Chunk.Abort))).toBe('I')
    expect(new SctpScenario().associated().send('A', 200, chunk(Chunk.Abort))).toBe('E')
  })

  it('a heartbeat with another tag is ignored once, and its answer makes the tag known', () => {
    const s = new SctpScenario().associated()
    expect(s.send('A', 300, chunk(Chunk.Heartbeat))).toBe('E')
    expect(s.whyCode).toBe('SCTP_IGNORED_HEARTBEAT')
    expect(s.send('B', 400, chunk(Chunk.HeartbeatAck))).toBe('E')
    expect(s.send('B', 400, chunk(Chunk.Data))).toBe('E')
    expect(s.send('A', 300, chunk(Chunk.Heartbeat), chunk(Chunk.Data))).toBe('E')
    expect(s.send('A', 301, chunk(Chunk.Heartbeat), chunk(Chunk.Data))).toBe('I')
  })

  it('has no cell that is neither a state nor INVALID', () => {
    for (let dir = 0; dir < 2; dir++) {
      for (let type = 0; type < 20; type++) {
        for (let state = 0; state <= SctpState.HeartbeatSent; state++) {
          const next = sctpNext(dir, type, state)
          expect(next <= SctpState.HeartbeatSent || next === SCTP_INVALID).toBe(true)
        }
      }
    }
  })
})
