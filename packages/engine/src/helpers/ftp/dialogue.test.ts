import { describe, expect, it } from 'vitest'
import { Scenario } from '../../../test/support/scenario.ts'

/** A control connection; `say` sends the next bytes of a side. */
class Control extends Scenario {
  private seq = { A: 1001, B: 5001 }
  constructor() {
    super({ port: 21 })
  }
  open(): this {
    return this.established()
  }
  say(side: 'A' | 'B', text: string): this {
    const other = side === 'A' ? 'B' : 'A'
    this.tcp(`${side}:PA${this.seq[side]}/${this.seq[other]}`, { payload: text, window: 60_000 })
    this.seq[side] += text.length
    return this
  }
  /** Bytes that are never captured. */
  lose(side: 'A' | 'B', text: string): this {
    this.seq[side] += text.length
    return this
  }
  back(side: 'A' | 'B', count: number): this {
    this.seq[side] -= count
    return this
  }
  get texts(): string[] {
    return this.lines.map((line) => (line.kind === 'tls' ? '<tls>' : line.text))
  }
}

describe('the dialogue of a control connection', () => {
  it('shows commands and replies, and blanks passwords', () => {
    const s = new Control().open()
    s.say('B', '220 hello\r\n')
      .say('A', 'USER joe\r\n')
      .say('B', '331 go on\r\n')
      .say('A', 'pass hunter2\r\n')
      .say('A', 'ACCT x\r\nADAT yy\r\n')
    expect(s.texts).toEqual(['220 hello', 'USER joe', '331 go on', 'pass ****', 'ACCT ****', 'ADAT ****'])
    expect(s.lines[1]).toMatchObject({ kind: 'command', dir: 0, connection: 1 })
    expect(s.lines[0]).toMatchObject({ kind: 'reply', dir: 1 })
  })

  it('joins a line that came in pieces', () => {
    const s = new Control().open()
    s.say('A', 'PA').say('A', 'SS hun').say('A', 'ter2\r').say('A', '\n')
    expect(s.texts).toEqual(['PASS ****'])
  })

  it('blanks what it does not know, and the server’s echo of it', () => {
    const s = new Control().open()
    s.say('A', 'hunter2\r\n').say('B', "500 'HUNTER2' not understood\r\n").say('A', 'SITE PSWD a b\r\n').say('A', 'SITE CHMOD 644 f\r\n')
    expect(s.texts).toEqual(['****', '500 ****', 'SITE ****', 'SITE CHMOD 644 f'])
  })

  it('shows no reply that repeats what was blanked, early or late, in one line or several', () => {
    const s = new Control().open()
    s.say('A', 'PASS hunter2\r\nNOOP\r\n').say('B', "500 'PASS HUNTER2' what?\r\n200 fine\r\n")
    s.say('B', '530-Not this:\r\n PASS hunter2\r\n as said\r\n530 no\r\n').say('A', 'HELP\r\n').say('B', '214 hunter2?\r\n')
    const replies = ['500 ****', '200 fine', '530-Not this:', '****', ' as said', '530 no']
    expect(s.texts).toEqual(['PASS ****', 'NOOP', ...replies, 'HELP', '214 ****'])
  })

  it('shows the reply to a password that does not repeat it', () => {
    const s = new Control().open()
    s.say('A', 'PASS hunter2\r\n').say('B', '530 Login incorrect.\r\n')
    expect(s.texts).toEqual(['PASS ****', '530 Login incorrect.'])
  })

  it.each(['\r', '\0'])('shows nothing of a command after %j, which may end it', (end) => {
    const s = new Control().open()
    s.say('A', `USER joe${end}PASS hunter2\r\n`).say('B', '331 hunter2?\r\n')
    expect(s.texts).toEqual(['USER joe ****', '331 ****'])
  })

  it('shows no command as a reply where client and server are mistaken for each other', () => {
    const s = new Control().open()
    s.say('B', 'PASS hunter2\r\n').say('B', '230-In\r\n and more\r\n230 done\r\nPASS hunter2\r\n')
    expect(s.texts).toEqual(['****', '230-In', ' and more', '230 done', '****'])
  })

  it('shows nothing of a line whose start was not seen', () => {
    const s = new Control()
    s.run('A:A1001/5001')
    s.say('A', 'S hunter2\r\n').say('A', 'NOOP\r\n')
    expect(s.texts).toEqual(['NOOP'])
  })

  it('shows nothing of a line with a gap in it', () => {
    const s = new Control().open()
    s.say('A', 'PASS hun').lose('A', 'ter').say('A', '2\r\nNOOP\r\n')
    expect(s.texts).toEqual(['NOOP'])
  })

  it('reads a repeated segment once, also when it repeats in part', () => {
    const s = new Control().open()
    s.say('A', 'NOOP\r\n').back('A', 6).say('A', 'NOOP\r\n').back('A', 3).say('A', 'P\r\nSYST\r\n')
    expect(s.texts).toEqual(['NOOP', 'SYST'])
  })

  it('leaves out what comes late', () => {
    const s = new Control().open()
    s.say('A', 'NOOP\r\n').lose('A', 'PASS x\r\n').say('A', 'SYST\r\nPWD\r\n')
    s.back('A', 19).say('A', 'PASS x\r\n')
    expect(s.texts).toEqual(['NOOP', 'PWD'])
  })

  it('reads nothing after AUTH TLS', () => {
    const s = new Control().open()
    s.say('A', 'AUTH TLS\r\n').say('B', '234 go\r\n').say('A', 'PASS x\r\n').say('B', '230 in\r\n')
    expect(s.texts).toEqual(['AUTH TLS', '234 go', '<tls>'])
  })

  it('goes on where AUTH was refused', () => {
    const s = new Control().open()
    s.say('A', 'AUTH TLS\r\n').say('B', '534 no\r\n').say('A', 'PASS x\r\n')
    expect(s.texts).toEqual(['AUTH TLS', '534 no', 'PASS ****'])
  })

  it('keeps no more than 512 bytes of a line', () => {
    const s = new Control().open()
    s.say('A', `STOR ${'x'.repeat(900)}\r\n`)
    expect(s.texts[0]).toHaveLength(512)
  })
})
