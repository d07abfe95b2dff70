import { describe, expect, it } from 'vitest'
import { CLIENT, Scenario, SERVER } from '../test/support/scenario.ts'
import { VerdictWriter } from './verdicts.ts'

type Json = Record<string, unknown>

/** A scenario whose lines are written instead of looked at. */
function written(port: number) {
  const s = new Scenario({ port })
  const writer = new VerdictWriter(s.engine)
  return {
    s,
    line(send: () => void): Json {
      send()
      return JSON.parse(writer.packetLine()) as Json
    },
    timer: () => writer.timerLine(7),
    table: () => [...writer.tableLines(s.nowMs)].map((line) => JSON.parse(line) as Json),
  }
}

const ORIG = [CLIENT, 4000, SERVER, 80, 'tcp']
const REPLY = [SERVER, 80, CLIENT, 4000, 'tcp']

describe('verdict lines', () => {
  it('tell a packet with its events', () => {
    const w = written(80)
    expect(w.line(() => w.s.tcp('A:S1000'))).toEqual({
      kind: 'packet',
      i: 0,
      ts: 1_700_000_000,
      state: 'NEW',
      dir: 'orig',
      why: ['TCP_SYN: SYN'],
      events: [{ event: 'NEW', id: 1, orig: ORIG, reply: REPLY, status: ['CONFIRMED'], timeout: 120, tcp: 'SYN_SENT' }],
    })
    expect(w.line(() => w.s.tcp('B:SA5000/1001'))).toMatchObject({ state: 'ESTABLISHED', dir: 'reply', events: [{ event: 'UPDATE' }] })
  })

  it('say nothing of a direction where there is none, and no events where there are none', () => {
    const w = written(80)
    const line = w.line(() => w.s.tcp('A:F1'))
    expect(line).toMatchObject({ state: 'INVALID', dir: null })
    expect(line).not.toHaveProperty('events')
    expect(w.line(() => w.s.ip(new Uint8Array(3)))).toMatchObject({ state: 'NONE', dir: null })
  })

  it('tell an end with counters and without helper', () => {
    const w = written(21)
    w.line(() => w.s.tcp('A:S1000'))
    const { events } = w.line(() => w.s.tcp('B:RA0/1001'))
    expect(events).toEqual([
      expect.objectContaining({ event: 'DESTROY', tcp: 'CLOSE', orig_packets: 1, orig_bytes: 40, reply_packets: 1, reply_bytes: 40 }),
    ])
    expect((events as Json[])[0]).not.toHaveProperty('helper')
  })

  it('tell what happened by time alone', () => {
    const w = written(80)
    w.line(() => w.s.udp('A'))
    expect(w.timer()).toBeNull()
    w.s.wait(31_000).expire()
    const { kind, after, events } = JSON.parse(w.timer()!) as Json
    expect([kind, after]).toEqual(['timer', 7])
    expect((events as Json[])[0]).toMatchObject({ event: 'DESTROY' })
    expect((events as Json[])[0]).not.toHaveProperty('timeout')
  })

  it('tell expectations, their masters and the table at the end', () => {
    const w = written(21)
    const { s } = w
    for (const text of ['A:S1000', 'B:SA5000/1001', 'A:A1001/5001']) w.line(() => s.tcp(text))
    w.line(() => s.tcp('B:PA5001/1001', { payload: '220 x\r\n' }))
    const raised = w.line(() => s.tcp('B:PA5008/1001', { payload: '227 (10,2,0,2,19,140)\r\n' }))
    const expectation = {
      tuple: [CLIENT, 0, SERVER, 5004, 'tcp'],
      mask: ['255.255.255.255', 0, '255.255.255.255', 65535, 'tcp'],
      master: [CLIENT, 4000, SERVER, 21, 'tcp'],
      helper: 'ftp',
      flags: [],
      class: 0,
    }
    expect(raised['events']).toEqual([{ event: 'EXP_NEW', id: 1, timeout: 300, ...expectation }])
    s.wait(1500)
    expect(w.table()).toEqual([
      expect.objectContaining({ kind: 'entry', status: ['SEEN_REPLY', 'ASSURED', 'CONFIRMED', 'HELPER'], helper: 'ftp', timeout: 298 }),
      { kind: 'expect', id: 1, timeout: 298, ...expectation },
    ])
    const met = w.line(() => s.tcp('A:S1', { aPort: 6000, bPort: 5004 }))
    expect(met['events']).toEqual([
      { event: 'EXP_DESTROY', id: 1, timeout: 300, ...expectation },
      expect.objectContaining({ event: 'NEW', status: ['EXPECTED', 'CONFIRMED'], master: expectation.master }),
    ])
  })

  it('tell that the kernel would have dropped a packet', () => {
    const w = written(21)
    for (const text of ['A:S1000', 'B:SA5000/1001', 'A:A1001/5001']) w.line(() => w.s.tcp(text))
    w.line(() => w.s.tcp('A:PA1001/5001', { payload: 'X\n' }))
    expect(w.line(() => w.s.tcp('A:PA1003/5001', { payload: 'PO' }))).toMatchObject({ state: 'ESTABLISHED', wouldDrop: 'helper-partial' })
  })

  it('write ICMP, protocols without names and IPv6 as the kernel’s listeners do', () => {
    const w = written(80)
    const tuple = (send: () => void) => (w.line(send)['events'] as Json[])[0]!['orig']
    expect(tuple(() => w.s.icmp('A', { type: 8, id: 7 }))).toEqual([CLIENT, 7, SERVER, 2048, 'icmp'])
    expect(tuple(() => w.s.l4('A', 99, [1]))).toEqual([CLIENT, 0, SERVER, 0, 99])
    expect(tuple(() => w.s.l4v6('A', 50, [1]))).toEqual(['fd00::1', 0, 'fd00::2', 0, 50])
  })
})
