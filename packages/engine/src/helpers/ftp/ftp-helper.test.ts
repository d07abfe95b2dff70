import { describe, expect, it } from 'vitest'
import { Scenario } from '../../../test/support/scenario.ts'
import { REASONS, reasonText } from '../../model/index.ts'

/** An FTP control connection up to and with `USER x` and its answer; lines are then said by either side. */
class FtpScenario extends Scenario {
  private seq = { A: 1001, B: 5001 }

  constructor(options: ConstructorParameters<typeof Scenario>[0] = {}) {
    super({ port: 21, ...options })
    this.established()
    this.say('B', '220 hello\r\n')
    this.say('A', 'USER x\r\n')
    this.say('B', '331 password\r\n')
    this.takeEvents()
  }

  say(side: 'A' | 'B', text: string, more = {}): string {
    const other = side === 'A' ? 'B' : 'A'
    const letter = this.tcp(`${side}:PA${this.seq[side]}/${this.seq[other]}`, { payload: text, window: 30_000, ...more })
    this.seq[side] += text.length
    return letter
  }
  /** Says the same bytes again. */
  again(side: 'A' | 'B', text: string): string {
    this.seq[side] -= text.length
    return this.say(side, text)
  }

  data(segment: string, aPort: number, bPort: number): string {
    return this.tcp(segment, { aPort, bPort })
  }

  get told(): string[] {
    return this.negotiations.map((n) => {
      const { mode, address, port, expectation, reason, args } = n
      return `${mode} ${address}:${port} ${expectation} ${REASONS[reason]!.code} ${reasonText(reason, [...args] as never)}`
    })
  }
}

const PORT = 'PORT 10,1,0,2,19,137\r\n'
const PASV = '227 Entering Passive Mode (10,2,0,2,19,140)\r\n'

describe('CONNTRACK.md 7, 13 #73 to #80: the FTP helper', () => {
  it('is attached to the first packet, and shown with its event', () => {
    const s = new Scenario({ port: 21 })
    s.tcp('A:S1000')
    expect(s.entry).toBe('SYN_SENT 120 HELPER')
    expect(s.takeEvents()).toEqual(['NEW PROTOINFO+HELPER'])
  })

  it('#73 PORT raises an expectation of the server', () => {
    const s = new FtpScenario()
    expect(s.say('A', PORT)).toBe('E')
    const [e] = s.engine.tracker.expecting.expectations
    expect(e).toMatchObject({ id: 1, maskSrc: true, maskSport: 0, timeoutS: 300, masterId: 1 })
    expect([e!.tuple.address[0], e!.tuple.address[4], e!.tuple.dport]).toEqual([0x0a020002, 0x0a010002, 5001])
    expect(s.takeEvents()).toEqual(['EXP_NEW'])
    expect(s.told).toEqual(['PORT 10.1.0.2:5001 1 FTP_RAISED expectation 1 raised'])
  })

  it('#73 PORT in the first data segment is not looked at, and that is told', () => {
    const s = new Scenario({ port: 21 }).established()
    s.tcp('A:PA1001/5001', { payload: PORT })
    expect(s.expectations).toBe(0)
    expect(s.negotiations.map((n) => REASONS[n.reason]!.code)).toEqual(['FTP_NOT_AT_LINE_START'])
  })

  it('#74 another PORT takes the place of the first', () => {
    const s = new FtpScenario()
    s.say('A', PORT)
    s.takeEvents()
    s.say('A', 'PORT 10,1,0,2,19,138\r\n')
    expect(s.takeEvents()).toEqual(['EXP_DESTROY evicted', 'EXP_NEW'])
    s.say('A', 'PORT 10,1,0,2,19,138\r\n')
    expect(s.takeEvents()).toEqual(['EXP_DESTROY replaced', 'EXP_NEW'])
    expect(s.expectations).toBe(1)
  })

  it('#75 the data connection is RELATED until its reply', () => {
    const s = new FtpScenario()
    s.say('A', PORT)
    s.takeEvents()
    expect(s.data('B:S9000', 5001, 20)).toBe('R')
    expect(s.takeEvents()).toEqual(['EXP_DESTROY met', 'NEW RELATED+PROTOINFO'])
    expect(s.why).toBe('EXPECTED_TCP: SYN met expectation 1')
    expect(s.entry).toBe('SYN_SENT 120 EXPECTED')
    const { table } = s.engine.tracker
    expect(table.masterId(s.engine.verdict.slot)).toBe(1)
    const letters = s.data('B:S9000', 5001, 20) + s.data('A:SA100/9001', 5001, 20) + s.data('B:A9001/101', 5001, 20)
    expect(letters).toBe('REE')
    expect(s.entry).toBe('ESTABLISHED 432000 EXPECTED ASSURED')
    expect(s.expectations).toBe(0)
  })

  it('#76 a RST uses the expectation up: the SYN after it is plain NEW', () => {
    const s = new FtpScenario()
    s.say('B', PASV)
    expect(s.expectations).toBe(1)
    expect(s.data('A:R1', 6000, 5004)).toBe('I')
    expect(s.whyCode).toBe('TCP_FIRST_RST')
    expect(s.expectations).toBe(0)
    expect(s.data('A:S1', 6000, 5004)).toBe('N')
  })

  it('6.4 a mid-stream ACK that meets an expectation is RELATED', () => {
    const s = new FtpScenario()
    s.say('B', PASV)
    expect(s.data('A:A1/1', 6000, 5004)).toBe('R')
    expect(s.whyCode).toBe('EXPECTED_PICKUP')
  })

  it('#77 two masters that announce the same port', () => {
    const s = new FtpScenario()
    s.say('A', PORT)
    s.takeEvents()
    const tcp2 = (text: string, payload = '') => s.tcp(text, { aPort: 4001, payload })
    tcp2('A:S1')
    tcp2('B:SA1/2')
    tcp2('A:A2/2')
    tcp2('A:PA2/2', 'USER y\r\n')
    s.takeEvents()
    expect(tcp2('A:PA10/2', PORT)).toBe('E')
    expect(s.wouldDrop).toBe('expect-clash')
    expect(s.takeEvents()).toEqual([])
    expect(s.told.at(-1)).toMatch(/^PORT 10.1.0.2:5001 0 FTP_CLASH/)
  })

  it('#78 a command cut in two would be dropped, and counts when it comes whole', () => {
    const s = new FtpScenario()
    expect(s.say('A', 'PO')).toBe('E')
    expect(s.wouldDrop).toBe('helper-partial')
    expect(s.whyCode).toBe('HELPER_PARTIAL')
    expect(s.told).toEqual(['PORT :0 0 FTP_INCOMPLETE the announcement is not complete in its segment'])
    s.again('A', 'PO')
    expect(s.say('A', 'RT 10,1,0,2,19,137\r\n')).toBe('E')
    expect(s.wouldDrop).toBe('')
    expect(s.expectations).toBe(0)
    const t = new FtpScenario()
    t.say('A', 'PORT 10,1,0,2,1')
    t.again('A', 'PORT 10,1,0,2,1')
    expect(t.wouldDrop).toBe('helper-partial')
  })

  it.each([
    ['B', '227 (10,2,0,9,19,140)\r\n', 'FTP_ADDRESS_DIFFERS'],
    ['A', 'PORT 10,1,0,9,19,140\r\n', 'FTP_ADDRESS_DIFFERS'],
    ['A', 'EPRT |2|fd00::1|5001|\r\n', 'FTP_WRONG_FAMILY'],
    ['A', 'EPRT |1|10.1.0.2|0|\r\n', 'FTP_PORT_ZERO'],
    ['A', 'EPRT |1|10.1.0.2|x|\r\n', 'FTP_MALFORMED'],
  ] as const)('#79 %s: %j raises none, since %s', (side, line, code) => {
    const s = new FtpScenario()
    s.say(side, line)
    expect(s.expectations).toBe(0)
    expect(s.negotiations.map((n) => REASONS[n.reason]!.code)).toEqual([code])
  })

  it('#80 the master’s end takes its expectation along; children stay', () => {
    const s = new FtpScenario()
    s.say('B', PASV)
    s.data('A:S1', 6000, 5004)
    s.say('B', '227 (10,2,0,2,19,141)\r\n')
    s.takeEvents()
    s.tcp('B:RA5001/1001', { seq: 0 })
    const { table } = s.engine.tracker
    s.engine.tracker.destroy(0, 6)
    expect(s.takeEvents().slice(-2)).toEqual(['DESTROY', 'EXP_DESTROY master'])
    expect(table.count).toBe(1)
    expect(s.data('A:S1', 6000, 5004)).toBe('R')
  })

  it('6.3 an expectation waits 300 s', () => {
    const s = new FtpScenario()
    s.say('B', PASV)
    s.takeEvents()
    s.wait(299_999).expire()
    expect(s.expectations).toBe(1)
    s.wait(1).expire()
    expect(s.takeEvents()[0]).toBe('EXP_DESTROY expired')
  })

  it('7.3 remembers two line ends a direction', () => {
    const s = new FtpScenario()
    s.say('A', 'NOOP\r\n')
    s.say('A', 'NOOP\r\n')
    // Back at the older of the two.
    s.again('A', 'NOOP\r\n')
    s.again('A', 'NOOP\r\n')
    s.say('A', PORT)
    expect(s.expectations).toBe(1)
  })

  it('7.3 a command behind another in the same segment is missed', () => {
    const s = new FtpScenario()
    s.say('B', `220-hello\r\n${PASV}`)
    expect(s.expectations).toBe(0)
  })
})
