import { describe, expect, it } from 'vitest'
import { parseEntry, parseEvent, parseExpectation, parseExpectationEvent } from './conntrack-text.ts'

describe('CONNTRACK.md 12: conntrack -E', () => {
  it('reads a NEW with a helper', () => {
    const line =
      '[1795377080.492572]\t    [NEW] ipv4     2 tcp      6 120 SYN_SENT src=10.1.0.2 dst=10.2.0.2 sport=57762 dport=21 [UNREPLIED] ' +
      'src=10.2.0.2 dst=10.1.0.2 sport=21 dport=57762 helper=ftp id=3300575688'
    expect(parseEvent(line)).toEqual({
      atUs: 1795377080492572,
      kind: 'NEW',
      entry: {
        l3: 'ipv4',
        l4: 6,
        timeoutS: 120,
        state: 'SYN_SENT',
        original: { src: '10.1.0.2', dst: '10.2.0.2', sport: 57762, dport: 21, packets: null, bytes: null },
        reply: { src: '10.2.0.2', dst: '10.1.0.2', sport: 21, dport: 57762, packets: null, bytes: null },
        seenReply: false,
        assured: false,
        helper: 'ftp',
        zone: 0,
        id: 3300575688,
      },
    })
  })

  it('reads an UPDATE without protocol information', () => {
    const line =
      '[1795377080.000001]\t [UPDATE] ipv6     10 udp      17 30 src=fd00:1::2 dst=fd00:2::2 sport=1 dport=53 ' +
      'src=fd00:2::2 dst=fd00:1::2 sport=53 dport=1 id=7'
    expect(parseEvent(line)).toMatchObject({
      kind: 'UPDATE',
      entry: { l3: 'ipv6', l4: 17, state: null, timeoutS: 30, seenReply: true, assured: false, helper: null },
    })
  })

  it('tells the id of an ICMP tuple from the id of the entry, and reads a DESTROY without a timeout', () => {
    const line =
      '[1795377080.100000]\t[DESTROY] ipv4     2 icmp     1 src=10.1.0.2 dst=10.2.0.2 type=8 code=0 id=6453 packets=1 bytes=84 ' +
      '[UNREPLIED] src=10.2.0.2 dst=10.1.0.2 type=0 code=0 id=6453 packets=0 bytes=0 id=2045745422'
    expect(parseEvent(line).entry).toMatchObject({
      timeoutS: null,
      original: { sport: 6453, dport: 8 << 8, packets: 1, bytes: 84 },
      reply: { sport: 6453, dport: 0, packets: 0, bytes: 0 },
      id: 2045745422,
    })
  })

  it('reads a DESTROY that shows a state', () => {
    const line =
      '[1795377080.100000]\t[DESTROY] ipv4     2 tcp      6 119 CLOSE src=10.1.0.2 dst=10.2.0.2 sport=4 dport=81 packets=1 bytes=60 ' +
      '[UNREPLIED] src=10.2.0.2 dst=10.1.0.2 sport=81 dport=4 packets=1 bytes=40 id=5 [USERSPACE] portid=8001'
    expect(parseEvent(line)).toMatchObject({ kind: 'DESTROY', entry: { state: 'CLOSE', timeoutS: 119, id: 5 } })
  })

  it.each(['', '[1795377080.100000]\t    [NEW] garbage', 'conntrack v1.4.7 (conntrack-tools): 48 flow events have been shown.'])(
    'refuses %j',
    (line) => {
      expect(() => parseEvent(line)).toThrow(/conntrack 1\.4\.7/)
    },
  )
})

describe('CONNTRACK.md 12: conntrack -L -o extended,id', () => {
  it('reads counters and the flags of the table', () => {
    const line =
      'ipv4     2 tcp      6 119 TIME_WAIT src=10.1.0.2 dst=10.2.0.2 sport=57778 dport=21 packets=13 bytes=798 ' +
      'src=10.2.0.2 dst=10.1.0.2 sport=21 dport=57778 packets=14 bytes=1040 [ASSURED] mark=0 helper=ftp use=2 id=1723691249'
    expect(parseEntry(line)).toMatchObject({
      state: 'TIME_WAIT',
      timeoutS: 119,
      original: { packets: 13, bytes: 798 },
      reply: { packets: 14, bytes: 1040 },
      assured: true,
      seenReply: true,
      helper: 'ftp',
      id: 1723691249,
    })
  })
})

describe('CONNTRACK.md 12: expectations', () => {
  const text =
    '300 proto=6 src=10.2.0.2 dst=10.1.0.2 sport=0 dport=44201 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 ' +
    'master-src=10.1.0.2 master-dst=10.2.0.2 sport=57778 dport=21'

  it('reads one of a listing', () => {
    expect(parseExpectation(`${text} class=0 helper=ftp`)).toEqual({
      l4: 6,
      timeoutS: 300,
      tuple: { src: '10.2.0.2', dst: '10.1.0.2', sport: 0, dport: 44201 },
      mask: { src: '255.255.255.255', dst: '255.255.255.255', sport: 0, dport: 65535 },
      master: { src: '10.1.0.2', dst: '10.2.0.2', sport: 57778, dport: 21 },
      flags: [],
      class: 0,
      helper: 'ftp',
    })
  })

  it('reads flags', () => {
    expect(parseExpectation(`${text} PERMANENT,INACTIVE class=1 helper=sip`)).toMatchObject({
      flags: ['PERMANENT', 'INACTIVE'],
      class: 1,
      helper: 'sip',
    })
  })

  it('reads an event', () => {
    expect(parseExpectationEvent(`[1795377080.530294]\t[DESTROY] ${text} class=0 helper=ftp`)).toMatchObject({
      atUs: 1795377080530294,
      kind: 'DESTROY',
      expectation: { tuple: { dport: 44201 } },
    })
  })

  it('reads microseconds that are padded with spaces instead of zeros', () => {
    expect(parseExpectationEvent(`[1795377483.70899 ]\t    [NEW] ${text} class=0 helper=ftp`).atUs).toBe(1795377483070899)
  })

  it('refuses an event of another kind', () => {
    expect(() => parseExpectationEvent(`[1795377080.530294]\t[UPDATE] ${text} class=0 helper=ftp`)).toThrow(/expectation event/)
  })
})
