import { describe, expect, it } from 'vitest'
import { connectionRow, tcpPacket } from '../../../test/connections.ts'
import { buildLadder, handshakeRtt, oriented, relativeTo } from './ladder.ts'
import { figureScale, windowFigure } from './window-figure.ts'

const at = (ms: number) => `2026-11-22T12:00:00.${String(ms * 1000).padStart(6, '0')}Z`
const SYN = tcpPacket(1, {
  at: at(0),
  tcpFlags: 'SYN',
  seq: 700000,
  ack: null,
  state: 'NEW',
  stateAfter: 'SYN_SENT',
  reason: { code: 'TCP_SYN', text: 'SYN', args: [] },
})
const SYN_ACK = tcpPacket(2, {
  at: at(2),
  direction: 'reply',
  tcpFlags: 'SYN ACK',
  seq: 4294967295,
  ack: 700001,
  stateAfter: 'SYN_RECV',
  reason: { code: 'TCP_SYN_ANSWERED', text: 'SYN answered', args: [] },
})
const ACK = tcpPacket(3, {
  at: at(3),
  seq: 700001,
  ack: 0,
  stateAfter: 'ESTABLISHED',
  reason: { code: 'TCP_HANDSHAKE_COMPLETE', text: 'handshake complete', args: [] },
})
const DATA = tcpPacket(4, { at: at(4), tcpFlags: 'PSH ACK', seq: 700001, ack: 0, payloadLength: 517 })
const FAR = tcpPacket(5, {
  at: at(5),
  seq: 800000,
  ack: 0,
  payloadLength: 100,
  state: 'INVALID',
  stateAfter: null,
  reason: { code: 'TCP_SEQ_ABOVE_WINDOW', text: 'outside window', args: [800000, 34464, 765536, 0] },
})
const PACKETS = [SYN, SYN_ACK, ACK, DATA, FAR]

describe('buildLadder', () => {
  const rungs = buildLadder(PACKETS, true)

  it('counts sequence numbers from each side’s first, across the end of the circle', () => {
    expect(rungs.map(({ detail }) => detail)).toEqual([
      'seq 0  win 1000',
      'seq 0  ack 1  win 1000',
      'ack 1',
      'seq 1  ack 1',
      'seq 100,000  ack 1',
    ])
    expect(relativeTo(0, 4294967295)).toBe(1)
  })

  it('leaves them as they are when asked', () => {
    expect(buildLadder(PACKETS, false)[3]!.detail).toBe('seq 700,001  ack 0')
  })

  it('notes what changed and is silent about what did not', () => {
    expect(rungs.map(({ note }) => note?.title ?? null)).toEqual(['SYN', 'SYN answered', 'handshake complete', null, 'INVALID'])
    expect(rungs[1]!.note?.text).toBe('ESTABLISHED, tcp SYN_RECV')
    expect(rungs[4]!.note?.text).toBe('begins 34,464 bytes beyond the receiver’s window')
  })

  it('leaves the rails as they were over an INVALID packet', () => {
    expect(rungs.map(({ rail }) => rail)).toEqual(['NEW', 'ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED'])
  })

  it('measures the handshake', () => {
    expect(handshakeRtt(PACKETS)).toBeCloseTo(2, 3)
    expect(handshakeRtt([ACK])).toBeNull()
  })
})

describe('oriented', () => {
  it('takes the direction of an INVALID packet from its addresses', () => {
    const { original, reply } = connectionRow(17)
    const answer = { ...FAR, src: '10.0.0.2', sport: 21, dst: '10.0.0.1', dport: 4000 }
    const foreign = { ...FAR, src: '192.0.2.9' }
    expect(oriented([DATA, FAR, answer, foreign], { original, reply }).map(({ direction }) => direction)).toEqual([
      'original',
      'original',
      'reply',
      'original',
    ])
    expect(oriented([DATA], { original, reply })[0]).toBe(DATA)
  })
})

describe('windowFigure', () => {
  it('draws the window up to its edge and the packet beyond it', () => {
    expect(windowFigure(FAR, PACKETS)).toEqual({ low: 1, edge: 65536, from: 100000, to: 100100, edgeName: 'edge' })
  })

  it('draws nothing where the reason is not the window', () => {
    expect(windowFigure({ ...FAR, reason: { code: 'TCP_BAD_FLAGS', text: '', args: [] } }, PACKETS)).toBeNull()
  })

  it('keeps all of it within the picture', () => {
    const x = figureScale({ low: 1, edge: 65536, from: 100000, to: 100100, edgeName: 'edge' })
    expect(x(1)).toBeCloseTo(6)
    expect(x(100100)).toBeCloseTo(94)
  })
})
