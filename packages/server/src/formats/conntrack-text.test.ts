import { describe, expect, it } from 'vitest'
import { eventLine, expectationEventLine, expectationLine, listLine, type TextEntry, type TextExpectation } from './conntrack-text.ts'

const TCP: TextEntry = {
  l3: 'ipv4',
  l4: 'tcp',
  timeout: 120,
  state: 'SYN_SENT',
  original: { src: '10.1.0.2', dst: '10.2.0.2', sport: 6005, dport: 21 },
  reply: { src: '10.2.0.2', dst: '10.1.0.2', sport: 21, dport: 6005 },
  counters: null,
  isReplied: false,
  isAssured: false,
  zone: 0,
  helper: 'ftp',
}
const ICMP: TextEntry = {
  ...TCP,
  l4: 'icmp',
  timeout: 29,
  state: null,
  original: { src: '10.1.0.2', dst: '10.2.0.2', sport: 7, dport: 8 << 8 },
  reply: { src: '10.2.0.2', dst: '10.1.0.2', sport: 7, dport: 0 },
  counters: [
    { packets: 1, bytes: 28 },
    { packets: 0, bytes: 0 },
  ],
  helper: null,
}
const EXPECTATION: TextExpectation = {
  timeout: 300,
  l4: 'tcp',
  tuple: { src: '10.2.0.2', dst: '10.1.0.2', sport: 0, dport: 5001 },
  mask: { src: '255.255.255.255', sport: 0 },
  master: { src: '10.1.0.2', dst: '10.2.0.2', sport: 4000, dport: 21 },
  flags: [],
  class: 0,
  helper: 'ftp',
  zone: 0,
}

describe('conntrack text, CONNTRACK.md 12', () => {
  it('writes events', () => {
    expect(eventLine('NEW', TCP)).toBe(
      '    [NEW] tcp      6 120 SYN_SENT src=10.1.0.2 dst=10.2.0.2 sport=6005 dport=21 [UNREPLIED] src=10.2.0.2 dst=10.1.0.2 sport=21 dport=6005 helper=ftp',
    )
    expect(eventLine('UPDATE', { ...TCP, l4: 'udp', timeout: 30, state: null, isReplied: true, helper: null })).toBe(
      ' [UPDATE] udp      17 30 src=10.1.0.2 dst=10.2.0.2 sport=6005 dport=21 src=10.2.0.2 dst=10.1.0.2 sport=21 dport=6005',
    )
    expect(eventLine('DESTROY', ICMP)).toBe(
      '[DESTROY] icmp     1 29 src=10.1.0.2 dst=10.2.0.2 type=8 code=0 id=7 packets=1 bytes=28 [UNREPLIED] src=10.2.0.2 dst=10.1.0.2 type=0 code=0 id=7 packets=0 bytes=0',
    )
  })

  it('writes lists as -o extended, seconds truncated', () => {
    const entry: TextEntry = { ...TCP, timeout: 119.9, state: 'ESTABLISHED', isReplied: true, isAssured: true, zone: 3, helper: null }
    expect(listLine(entry)).toBe(
      'ipv4     2 tcp      6 119 ESTABLISHED src=10.1.0.2 dst=10.2.0.2 sport=6005 dport=21 src=10.2.0.2 dst=10.1.0.2 sport=21 dport=6005 [ASSURED] mark=0 zone=3 use=1',
    )
    const v6 = { ...ICMP, l3: 'ipv6', l4: '50', original: { src: 'fe80::1', dst: 'fe80::2', sport: 0, dport: 0 }, counters: null } as const
    expect(listLine({ ...v6, reply: { src: 'fe80::2', dst: 'fe80::1', sport: 0, dport: 0 } })).toBe(
      'ipv6     10 unknown  50 29 src=fe80::1 dst=fe80::2 [UNREPLIED] src=fe80::2 dst=fe80::1 mark=0 use=1',
    )
    const gre = { ...ICMP, l4: 'gre', counters: null, original: { ...ICMP.original, sport: 16, dport: 32 } }
    expect(listLine(gre, false)).toContain('gre      47 29 src=10.1.0.2 dst=10.2.0.2 srckey=0x10 dstkey=0x20 ')
  })

  it('writes expectations', () => {
    expect(expectationEventLine('NEW', EXPECTATION)).toBe(
      '    [NEW] 300 proto=6 src=10.2.0.2 dst=10.1.0.2 sport=0 dport=5001 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.1.0.2 master-dst=10.2.0.2 sport=4000 dport=21 class=0 helper=ftp',
    )
    expect(expectationLine({ ...EXPECTATION, timeout: 12.9, flags: ['PERMANENT', 'INACTIVE'] })).toMatch(
      /^12 proto=6 .* dport=21 PERMANENT,INACTIVE class=0 helper=ftp$/,
    )
  })
})
