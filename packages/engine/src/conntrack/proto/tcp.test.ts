import { describe, expect, it } from 'vitest'
import { SACK_PERMITTED, sackBlock, Scenario, wscale } from '../../../test/support/scenario.ts'
import { tcpNext, TCP_IGNORE, TCP_INVALID } from './tcp-table.ts'

const est = (options?: ConstructorParameters<typeof Scenario>[0]) => new Scenario(options).established()

/** Segments, their letters, the entry after them. Numbers are those of CONNTRACK.md 13. */
type Row = { n: string; before?: 'est'; segments: string; letters: string; entry: string; settings?: object; events?: string }

// prettier-ignore
const ROWS: Row[] = [
  { n: '#1 handshake', segments: 'A:S1000 B:SA5000/1001 A:A1001/5001', letters: 'NEE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#1 SYN alone', segments: 'A:S1000', letters: 'N', entry: 'SYN_SENT 120' },
  { n: '#1 SYN answered', segments: 'A:S1000 B:SA5000/1001', letters: 'NE', entry: 'SYN_RECV 60' },
  { n: '#3 SYN refused', segments: 'A:S1000 B:RA0/1001', letters: 'NE', entry: '-' },
  { n: '#4 SYN refused without ACK', segments: 'A:S1000 B:R0', letters: 'NE', entry: '-' },
  { n: '#5 RST acknowledges too much', segments: 'A:S1000 B:RA0/1005', letters: 'NI', entry: 'SYN_SENT 120' },
  { n: '#6 RST acknowledges too little, within tolerance', segments: 'A:S1000 B:RA0/900', letters: 'NE', entry: '-' },
  { n: '#7 RST of the client itself', segments: 'A:S1000 A:R1001', letters: 'NN', entry: '-' },
  { n: '#8 ACK after SYN', segments: 'A:S1000 A:A1001/1', letters: 'NI', entry: 'SYN_SENT 120' },
  { n: '#9 RST answers a challenge ACK', segments: 'A:S1000 B:A5000/777 A:R777', letters: 'NEE', entry: 'CLOSE 10' },
  { n: '#12 pickup', segments: 'A:A1000/5000', letters: 'N', entry: 'ESTABLISHED 300' },
  { n: '#14 pickup, not loose', segments: 'A:A1000/5000', letters: 'I', entry: '-', settings: { nf_conntrack_tcp_loose: 0 } },
  { n: '#15 RST exactly in place', before: 'est', segments: 'B:RA5001/1001', letters: 'E', entry: 'CLOSE 10 ASSURED' },
  { n: '#16 RST in the window', before: 'est', segments: 'B:RA5100/1001', letters: 'E', entry: 'ESTABLISHED 10 ASSURED' },
  { n: '#16 RST in the window, then ACK', before: 'est', segments: 'B:RA5100/1001 A:A1001/5001', letters: 'EE', entry: 'ESTABLISHED 300 ASSURED' },
  { n: '#16 RST in the window, then in place', before: 'est', segments: 'B:RA5100/1001 A:A1001/5001 B:R5001', letters: 'EEE', entry: 'CLOSE 10 ASSURED' },
  { n: '#17 RST below what is acknowledged', before: 'est', segments: 'B:RA4999/1001', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#17 the same, such RSTs ignored', before: 'est', segments: 'B:RA4999/1001', letters: 'E', entry: 'ESTABLISHED 10 ASSURED', settings: { nf_conntrack_tcp_ignore_invalid_rst: 1 } },
  { n: '#18 RST above the window', before: 'est', segments: 'B:RA10001/1001', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#19 RST after its own data', before: 'est', segments: 'B:PA5001/1001+19 B:R5020', letters: 'EE', entry: 'CLOSE 10 ASSURED' },
  { n: '#20 RST while closing', before: 'est', segments: 'A:FA1001/5001 B:R77777', letters: 'EE', entry: 'CLOSE 10 ASSURED' },
  { n: '#21 seq at maxend', before: 'est', segments: 'A:A2001/5001', letters: 'E', entry: 'ESTABLISHED 300 ASSURED' },
  { n: '#22 overshoot of a whole window', before: 'est', segments: 'A:A2002/5001+998', letters: 'E', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#22 overshoot of one more', before: 'est', segments: 'A:A2002/5001+999', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#23 overshoot counts as sent', before: 'est', segments: 'A:A2002/5001+10 B:A5001/2012 B:A5001/2013', letters: 'EEI', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#24 ACK of what was not sent', before: 'est', segments: 'A:A1001/5002', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#25 oldest segment end that passes', before: 'est', segments: 'A:A1/5001', letters: 'E', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#26 oldest ACK that passes', before: 'est', segments: 'A:A1001/4294906297', letters: 'E', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#27 keepalive', before: 'est', segments: 'A:A1000/5001 A:A1000/5001+1', letters: 'EE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#28 SYN on an open connection', before: 'est', segments: 'A:S90000', letters: 'E', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#29 challenge ACK, RST', before: 'est', segments: 'A:S90000 B:A5001/1001 A:R1001', letters: 'EEE', entry: 'CLOSE 10 ASSURED' },
  { n: '#31 RST answers the ignored SYN', before: 'est', segments: 'A:S90000 B:RA0/90001 A:S95000', letters: 'EEE', entry: 'CLOSE 10 ASSURED' },
  { n: '#32 SYN of the server', before: 'est', segments: 'B:S9000', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#32 SYN-ACK of the client', before: 'est', segments: 'A:SA9000/5001', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#33 SYN-ACK again', before: 'est', segments: 'B:SA5000/1001', letters: 'E', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#34 FIN', before: 'est', segments: 'A:FA1001/5001', letters: 'E', entry: 'FIN_WAIT 120 ASSURED' },
  { n: '#34 FIN, ACK', before: 'est', segments: 'A:FA1001/5001 B:A5001/1002', letters: 'EE', entry: 'CLOSE_WAIT 60 ASSURED' },
  { n: '#34 FIN, ACK, FIN', before: 'est', segments: 'A:FA1001/5001 B:A5001/1002 B:FA5001/1002', letters: 'EEE', entry: 'LAST_ACK 30 ASSURED' },
  { n: '#34 closed', before: 'est', segments: 'A:FA1001/5001 B:A5001/1002 B:FA5001/1002 A:A1002/5002', letters: 'EEEE', entry: 'TIME_WAIT 120 ASSURED' },
  { n: '#34 reopened', before: 'est', segments: 'A:FA1001/5001 B:A5001/1002 B:FA5001/1002 A:A1002/5002 A:S9000', letters: 'EEEEN', entry: 'SYN_SENT 120', events: 'DESTROY, NEW PROTOINFO' },
  { n: '#35 reopened by the server', before: 'est', segments: 'A:FA1001/5001 B:A5001/1002 B:FA5001/1002 A:A1002/5002 B:S70000', letters: 'EEEEN', entry: 'SYN_SENT 120', events: 'DESTROY, NEW PROTOINFO' },
  { n: '#36 reopened after the client’s own RST', before: 'est', segments: 'A:RA1001/5001 A:S9000', letters: 'EN', entry: 'SYN_SENT 120' },
  { n: '#37 not reopened after the server’s RST', before: 'est', segments: 'B:RA5001/1001 A:S9000', letters: 'EE', entry: 'CLOSE 10 ASSURED' },
  { n: '#37 but taken up anew by its SYN-ACK', before: 'est', segments: 'B:RA5001/1001 A:S9000 B:SA7000/9001 A:A9001/7001', letters: 'EEEE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#38 SYN of the server after RST', before: 'est', segments: 'A:RA1001/5001 B:S9000', letters: 'EI', entry: 'CLOSE 10 ASSURED' },
  { n: '#39 FIN repeated', before: 'est', segments: 'A:FA1001/5001 A:FA1001/5001', letters: 'EE', entry: 'LAST_ACK 30 ASSURED' },
  { n: '#40 challenge ACK in LAST_ACK', before: 'est', segments: 'A:FA1001/5001 B:FA5001/1002 A:S99000 B:A5002/1002', letters: 'EEEE', entry: 'LAST_ACK 30 ASSURED' },
  { n: '#40 the last ACK after it', before: 'est', segments: 'A:FA1001/5001 B:FA5001/1002 A:S99000 B:A5002/1002 B:A5002/1002', letters: 'EEEEE', entry: 'TIME_WAIT 120 ASSURED' },
  { n: '#41 both open', segments: 'A:S1000 B:S5000', letters: 'NE', entry: 'SYN_SENT2 120' },
  { n: '#41 both open, SYN-ACKs', segments: 'A:S1000 B:S5000 A:SA1000/5001 B:SA5000/1001 A:A1001/5001', letters: 'NEEEE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#42 both open, ACK', segments: 'A:S1000 B:S5000 A:SA1000/5001 B:A5001/1001', letters: 'NEEE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#43 both open, ACK of the client', segments: 'A:S1000 B:S5000 A:A1001/5001', letters: 'NEI', entry: 'SYN_SENT2 120' },
  { n: '#43 both open, ACK of the server', segments: 'A:S1000 B:S5000 B:A5001/1001', letters: 'NEE', entry: 'SYN_SENT2 120' },
  { n: '#43 both open, RST', segments: 'A:S1000 B:S5000 B:RA5001/1001', letters: 'NEE', entry: 'CLOSE 10' },
  { n: '#44 older SYN repeated', segments: 'A:S3000 A:S1000 B:SA5000/1001 A:A1001/5001', letters: 'NNEE', entry: 'SYN_RECV 60' },
  { n: '#45 newer SYN', segments: 'A:S1000 A:S3000 B:SA5000/3001 A:A3001/5001', letters: 'NNEE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#46 the same ACK twice', before: 'est', segments: 'A:A1001/5001 A:A1001/5001', letters: 'EE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#46 and three times', before: 'est', segments: 'A:A1001/5001 A:A1001/5001 A:A1001/5001', letters: 'EEE', entry: 'ESTABLISHED 300 ASSURED' },
  { n: '#46 another ACK ends that', before: 'est', segments: 'A:A1001/5001 A:A1001/5001 A:A1001/5001 B:A5001/1001', letters: 'EEEE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#47 data in flight', before: 'est', segments: 'A:PA1001/5001+10', letters: 'E', entry: 'ESTABLISHED 300 ASSURED' },
  { n: '#47 data acknowledged', before: 'est', segments: 'A:PA1001/5001+10 B:A5001/1011', letters: 'EE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#49 FIN outside the window', before: 'est', segments: 'A:FA99999/5001', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#49 from both sides', before: 'est', segments: 'A:FA99999/5001 B:FA99999/1001', letters: 'II', entry: 'ESTABLISHED 300 ASSURED' },
  { n: '#50 liberal: seq', before: 'est', segments: 'A:A51001/5001', letters: 'E', entry: 'ESTABLISHED 432000 ASSURED', settings: { nf_conntrack_tcp_be_liberal: 1 } },
  { n: '#50 liberal: RST above', before: 'est', segments: 'B:RA99999/1001', letters: 'E', entry: 'ESTABLISHED 10 ASSURED', settings: { nf_conntrack_tcp_be_liberal: 1 } },
  { n: '#50 liberal: RST below', before: 'est', segments: 'B:RA4000/1001', letters: 'I', entry: 'ESTABLISHED 432000 ASSURED', settings: { nf_conntrack_tcp_be_liberal: 1 } },
  { n: '#52 pickup, then anything', segments: 'A:A1000/5000 B:A900000/7 A:PA3000000/99+10', letters: 'NEE', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#91 RST of the SYN’s own side', before: 'est', segments: 'A:S90000 A:RA1/90001', letters: 'EI', entry: 'ESTABLISHED 432000 ASSURED' },
  { n: '#91 RST of the other', before: 'est', segments: 'A:S90000 B:RA123/90001', letters: 'EE', entry: 'CLOSE 10 ASSURED' },
  { n: '#94 server data before the handshake’s end', segments: 'A:S1000 B:SA5000/1001 B:PA5001/1001+10', letters: 'NEE', entry: 'SYN_RECV 60' },
]

describe('CONNTRACK.md 13, TCP', () => {
  it.each(ROWS)('$n', ({ before, segments, letters, entry, settings, events }) => {
    const s = before === 'est' ? est({ settings: settings ?? {} }) : new Scenario({ settings: settings ?? {} })
    const all = segments.split(' ')
    const got = all
      .slice(0, -1)
      .map((text) => s.tcp(text))
      .join('')
    s.takeEvents()
    expect(got + s.tcp(all.at(-1)!)).toBe(letters)
    expect(s.entry).toBe(entry)
    if (events !== undefined) expect(s.takeEvents().join(', ')).toBe(events)
  })

  it('#2 a repeated SYN neither counts nor refreshes', () => {
    const s = new Scenario()
    expect(s.tcp('A:S1000') + s.wait(2000).tcp('A:S1000')).toBe('NN')
    expect(s.entry).toBe('SYN_SENT 118')
    expect(s.counted).toEqual([1, 0])
    expect(s.whyCode).toBe('TCP_SYN_REPEATED')
  })

  it.each(['SA', 'F', 'FA', 'FAU', 'R', 'RA', 'RU', 'SR', 'SF', 'SAU', '', 'P'])(
    '#10 first packet %s is INVALID, for a reason',
    (flags) => {
      const s = new Scenario()
      expect(s.tcp(`A:${flags}1000`)).toBe('I')
      expect(s.entries).toBe(0)
      expect(s.whyCode).toMatch(/^TCP_(FIRST|BAD_FLAGS)/)
    },
  )

  it.each(['SP', 'SU', 'SEC'])('#11 first packet %s is NEW', (flags) => {
    expect(new Scenario().tcp(`A:${flags}1000`)).toBe('N')
  })

  it('#13 a pickup becomes ASSURED on the second packet after its first reply', () => {
    const s = new Scenario()
    s.run('A:A1000/5000 B:A5000/1000')
    expect(s.entry).toBe('ESTABLISHED 300')
    s.run('B:PA5000/1000+10')
    expect(s.entry).toBe('ESTABLISHED 300 ASSURED')
    s.run('A:A1000/5010')
    expect(s.entry).toBe('ESTABLISHED 432000 ASSURED')
  })

  it('#21, #22, #25, #26 what is ignored is not counted', () => {
    const counts = (segment: string) => {
      const s = est()
      const before = s.counted[0]
      return s.run(segment) + String(s.counted[0] - before)
    }
    expect(counts('A:A2001/5001')).toBe('E1')
    expect(counts('A:A2002/5001+998')).toBe('E0')
    expect(counts('A:A1/5001')).toBe('E1')
    expect(counts('A:A0/5001')).toBe('E0')
    expect(counts('A:A1001/4294906297')).toBe('E1')
    expect(counts('A:A1001/4294906296')).toBe('E0')
  })

  it('#30 an ignored SYN that is answered takes the connection up anew, with both scales', () => {
    const s = est()
    const b = (o: number[]) => ({ options: o })
    expect(s.tcp('A:S90000', b([...wscale(3), ...SACK_PERMITTED]))).toBe('E')
    expect(s.tcp('B:SA70000/90001', b(wscale(5)))).toBe('E')
    expect(s.entry).toBe('SYN_RECV 60 ASSURED')
    expect(s.whyCode).toBe('TCP_RESYNC')
    expect(s.tcp('A:A90001/70001')).toBe('E')
    expect(s.entry).toBe('ESTABLISHED 432000 ASSURED')
    // 1000 << 5 is the server's window now: what starts below its edge passes.
    expect(s.tcp('B:A70001/90001')).toBe('E')
    expect(s.tcp('A:A122001/70001')).toBe('E')
    expect(s.tcp('A:A122002/70001+40000')).toBe('I')
  })

  it('#48 a zero window waits 300 s', () => {
    const s = est()
    s.tcp('B:A5001/1001', { window: 0 })
    expect(s.entry).toBe('ESTABLISHED 300 ASSURED')
    s.tcp('B:A5001/1001', { window: 500 })
    expect(s.entry).toBe('ESTABLISHED 432000 ASSURED')
  })

  it('#51 SACK blocks count where both sides allowed them', () => {
    const open = (permitted: boolean) => {
      const s = new Scenario()
      const options = permitted ? SACK_PERMITTED : []
      s.tcp('A:S1000', { options })
      s.tcp('B:SA5000/1001', { options })
      s.run('A:A1001/5001 A:PA1001/5001+100')
      return s
    }
    expect(open(true).tcp('B:A5001/1001', { options: sackBlock(1050, 1101) })).toBe('E')
    expect(open(true).tcp('B:A5001/1001', { options: sackBlock(1050, 1102) })).toBe('I')
    expect(open(false).tcp('B:A5001/1001', { options: sackBlock(1050, 1102) })).toBe('E')
  })

  it('#54 headers that lie', () => {
    const s = new Scenario()
    expect(s.tcp('A:S1000', { dataOffset: 4 })).toBe('I')
    expect(s.whyCode).toBe('TCP_BAD_DATA_OFFSET')
    expect(s.tcp('A:S1000', { dataOffset: 9 })).toBe('I')
    expect(s.l4('A', 6, new Uint8Array(19))).toBe('I')
    expect(s.whyCode).toBe('TCP_TOO_SHORT')
    expect(s.l4('A', 6, new Uint8Array(3))).toBe('I')
    expect(s.whyCode).toBe('L4_TOO_SHORT')
  })

  it('#53 a wrong checksum counts only where checksums are looked at', () => {
    expect(new Scenario({ settings: { nf_conntrack_checksum: 1 } }).tcp('A:S1000')).toBe('I')
    expect(new Scenario({ settings: { nf_conntrack_checksum: 0 } }).tcp('A:S1000')).toBe('N')
  })

  it('#94 what a server may send before the handshake’s end: one segment', () => {
    const s = new Scenario()
    s.run('A:S1000 B:SA5000/1001 B:PA5001/1001+10')
    expect(s.counted).toEqual([1, 2])
    expect(s.run('B:PA5011/1001+10')).toBe('E')
    expect(s.counted).toEqual([1, 2])
    expect(s.whyCode).toBe('TCP_IGNORED_OVERSHOOT')
  })

  it('4.7 says by how much a segment is outside', () => {
    const s = est()
    s.run('A:A5123/5001')
    expect(s.why).toBe('TCP_SEQ_OVERSHOOT: outside window: seq 5123 is above 2001, and the segment overshoots it by 3123 (most 1000)')
    s.run('A:A1001/5504')
    expect(s.why).toBe('TCP_ACK_ABOVE_SENT: outside window: ack 5504 is 503 above 5001, the last byte that the other side sent')
  })

  it('9.2 typical events', () => {
    const s = est()
    expect(s.takeEvents()).toEqual(['NEW PROTOINFO', 'UPDATE REPLY+PROTOINFO', 'UPDATE ASSURED+PROTOINFO'])
    s.run('A:FA1001/5001 B:FA5001/1002 A:A1002/5002')
    s.wait(121_000).expire()
    expect(s.takeEvents()).toEqual(['UPDATE PROTOINFO', 'UPDATE PROTOINFO', 'UPDATE PROTOINFO', 'DESTROY'])
  })

  it('4.8 a refused SYN ends with DESTROY and no UPDATE', () => {
    const s = new Scenario()
    s.run('A:S1000 B:RA0/1001')
    expect(s.takeEvents()).toEqual(['NEW PROTOINFO', 'DESTROY'])
    expect(s.whyCode).toBe('TCP_RST_UNREPLIED')
  })
})

describe('CONNTRACK.md 4.3, the table', () => {
  it('has no way to an open connection but through the handshake or a pickup', () => {
    for (let dir = 0; dir < 2; dir++) {
      for (let segmentClass = 0; segmentClass < 5; segmentClass++) {
        for (let state = 0; state < 10; state++) {
          const next = tcpNext(dir, segmentClass, state)
          if (next === 3) expect(`${segmentClass} ${state}`).toMatch(/^3 (0|2|3)$/)
          expect(next <= 9 || next === TCP_IGNORE || next === TCP_INVALID).toBe(true)
        }
      }
    }
  })
})
