import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { CT_STATE_NAMES, STATUS_NAMES, TCP_STATE_NAMES } from '@ctscope/engine/model'
import { parseAddress } from '../formats/address.ts'
import {
  compileFilter,
  completeFilter,
  FIELDS,
  FilterError,
  MAX_FILTER_DEPTH,
  MAX_FILTER_TERMS,
  parseFilter,
  type Accessor,
} from './index.ts'

/** A connection as a plain object: the slow reference. */
type Row = {
  id: number
  src: string
  dst: string
  sport: number
  dport: number
  proto: string
  state: string
  status: number
  tcp: string
  helper: string
  masterHelper: string
  master: number
  bytes: number
  age: number
  ended: number
  reason: string
}

const address = (text: string, words: Uint32Array): 0 | 4 | 6 => {
  const parsed = parseAddress(text)
  if (parsed === null) return 0
  words.set(parsed.words)
  return parsed.family
}

const ACCESSOR: Accessor<Row> = {
  subject: 'connections',
  numbers: {
    id: [(row) => row.id],
    master: [(row) => row.master || NaN],
    related_to: [(row) => row.master || NaN],
    port: [(row) => row.sport, (row) => row.dport],
    sport: [(row) => row.sport],
    dport: [(row) => row.dport],
    bytes: [(row) => row.bytes],
    age: [(row) => row.age],
    ended: [(row) => row.ended],
  },
  bits: { 'ct.status': (row) => row.status },
  texts: {
    proto: [(row) => row.proto],
    'ct.state': [(row) => row.state],
    'tcp.state': [(row) => row.tcp],
    helper: [(row) => row.helper],
    'master.helper': [(row) => row.masterHelper],
    reason: [(row) => row.reason],
  },
  addresses: {
    'ip.addr': [(row, words) => address(row.src, words), (row, words) => address(row.dst, words)],
    'ip.src': [(row, words) => address(row.src, words)],
    'ip.dst': [(row, words) => address(row.dst, words)],
  },
  free: [(row) => row.src, (row) => row.dst, (row) => row.proto, (row) => row.helper, (row) => row.reason],
}

const DATA: Row = {
  id: 18,
  src: '10.0.0.2',
  dst: '192.168.1.7',
  sport: 20,
  dport: 4001,
  proto: 'tcp',
  state: 'RELATED',
  status: 0x2 | 0x4,
  tcp: 'SYN_SENT',
  helper: '',
  masterHelper: 'ftp',
  master: 17,
  bytes: 2_000_000,
  age: 90,
  ended: 0,
  reason: 'SEQ 5 is out of window',
}

function matches(text: string, row: Row = DATA): boolean {
  return compileFilter(parseFilter(text, 'connections'), ACCESSOR)(row)
}

describe('what a filter picks', () => {
  it.each([
    ['', true],
    ['ct.state == RELATED && master.helper == ftp', true],
    ['ct.state == related and not helper', true],
    ['ip.addr == 10.0.0.0/8', true],
    ['ip.addr == 10.0.0.3', false],
    ['ip.src == 192.168.0.0/16', false],
    ['ip.dst == 192.168.0.0/16', true],
    ['ip.addr == ::/0', false],
    ['tcp.state in {SYN_SENT, SYN_RECV}', true],
    ['tcp.state in {SYN_RECV CLOSE}', false],
    ['!(proto == udp)', true],
    ['proto == 6', true],
    ['ct.status == ASSURED', true],
    ['ct.status != ASSURED', false],
    ['ct.status == EXPECTED', false],
    ['bytes > 1M', true],
    ['bytes > 2Mi', false],
    ['bytes <= 2000000', true],
    ['related_to == 17', true],
    ['master', true],
    ['helper', false],
    ['reason contains WINDOW', true],
    ['reason contains "out of"', true],
    ['window', true],
    ['"out of window"', true],
    ['10.0.0.2', true],
    ['port in {20..25, 80}', true],
    ['port in {21..25, 80}', false],
    ['age > 1m', true],
    ['age >= 1.5m', true],
    ['age < 500ms', false],
    ['ended', false],
    ['!ended && ended == false', true],
    ['id == 18 || id == 19 && ended', true],
    ['(id == 18 || id == 19) && ended', false],
    ['sport == 20 AND dport eq 4001', true],
  ])('%s → %s', (text, expected) => {
    expect(matches(text)).toBe(expected)
  })

  it('reads != as Wireshark since 3.6: none of the values', () => {
    expect(matches('port != 20')).toBe(false)
    expect(matches('port != 21')).toBe(true)
    expect(matches('ip.addr != 10.0.0.2')).toBe(false)
  })

  it('takes IPv6 networks', () => {
    const row = { ...DATA, src: '2001:db8:1::5', dst: 'fe80::1' }
    expect(matches('ip.addr == 2001:db8::/32', row)).toBe(true)
    expect(matches('ip.src == 2001:db8:2::/48', row)).toBe(false)
    expect(matches('ip.addr in {10.0.0.0/8, fe80::/10}', row)).toBe(true)
    expect(matches('ip.addr == 2001:db8::/33', { ...row, src: '2001:db8:8000::1' })).toBe(false)
  })
})

describe('what is said of a wrong filter', () => {
  it.each([
    ['ct.state = NEW', 10, /==/],
    ['ct.state ==', 12, /expected a value/],
    ['ct.state == NEWW', 13, /NONE, NEW, ESTABLISHED/],
    ['ct.stat == NEW', 1, /expected a field/],
    ['foo bar', 5, /&& or \|\|/],
    ['port == http', 9, /whole number/],
    ['port in {1..}', 13, /whole number/],
    ['port in {9..1}', 10, /ends before/],
    ['ip.addr == 10.0.0.300', 12, /IP address/],
    ['ip.addr == 10.0.0.0/33', 21, /prefix length of 0 to 32/],
    ['ip.addr > 10.0.0.1', 9, /takes ==, !=, in/],
    ['(port == 1', 11, /expected \)/],
    ['port == 1)', 10, /nothing to close/],
    ['port == 1 &&', 13, /expected a field/],
    ['"open', 1, /not closed/],
    ['tcp.flags == SYN', 1, /not a field of connections/],
    ['bytes > 1X', 9, /10K/],
    ['age > 5y', 7, /duration/],
    ['ended == maybe', 10, /true or false/],
    ['a & b', 3, /&&/],
  ])('%s: column %i', (text, column, message) => {
    let error: unknown
    try {
      parseFilter(text, 'connections')
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(FilterError)
    expect((error as FilterError).column).toBe(column)
    expect((error as FilterError).message).toMatch(message)
  })

  it('names near fields', () => {
    try {
      parseFilter('state == NEW', 'connections')
      expect.unreachable()
    } catch (error) {
      expect((error as FilterError).hint).toContain('ct.state')
    }
  })

  it('bounds length, depth and terms', () => {
    const deep = (levels: number): string => `${'('.repeat(levels)}a${')'.repeat(levels)}`
    expect(() => parseFilter(deep(MAX_FILTER_DEPTH - 1), 'connections')).not.toThrow()
    expect(() => parseFilter(deep(MAX_FILTER_DEPTH), 'connections')).toThrow(/levels/)
    const wide = (terms: number): string => new Array(terms).fill('a').join('||')
    expect(() => parseFilter(wide(MAX_FILTER_TERMS), 'connections')).not.toThrow()
    expect(() => parseFilter(wide(MAX_FILTER_TERMS + 1), 'connections')).toThrow(/terms/)
    expect(() => parseFilter('x'.repeat(4097), 'connections')).toThrow(/longer/)
  })
})

describe('properties', () => {
  /** A filter's text together with what it must say of a row, worked out on the plain object. */
  type Case = { text: string; expected: (row: Row) => boolean }
  const rows: fc.Arbitrary<Row> = fc.record({
    id: fc.integer({ min: 1, max: 5 }),
    src: fc.constantFrom('10.0.0.1', '10.1.0.1', '::1'),
    dst: fc.constantFrom('10.0.0.2', '2001:db8::1'),
    sport: fc.integer({ min: 0, max: 5 }),
    dport: fc.integer({ min: 0, max: 5 }),
    proto: fc.constantFrom('tcp', 'udp', '132'),
    state: fc.constantFrom(...CT_STATE_NAMES),
    status: fc.nat(0xffff),
    tcp: fc.constantFrom('', ...TCP_STATE_NAMES),
    helper: fc.constantFrom('', 'ftp'),
    masterHelper: fc.constantFrom('', 'ftp'),
    master: fc.nat(3),
    bytes: fc.nat(5000),
    age: fc.nat(100),
    ended: fc.nat(1),
    reason: fc.constantFrom('', 'window'),
  })
  const leaf: fc.Arbitrary<Case> = fc.oneof(
    fc.nat(6).map((n): Case => ({ text: `port == ${n}`, expected: (row) => row.sport === n || row.dport === n })),
    fc.nat(6).map((n): Case => ({ text: `port != ${n}`, expected: (row) => row.sport !== n && row.dport !== n })),
    fc.nat(6).map((n): Case => ({ text: `bytes >= ${n}K`, expected: (row) => row.bytes >= n * 1000 })),
    fc.constantFrom(...CT_STATE_NAMES).map((word): Case => ({ text: `ct.state == ${word}`, expected: (row) => row.state === word })),
    fc.nat(15).map((bit): Case => ({
      text: `ct.status == ${STATUS_NAMES[bit] ?? ''}`,
      expected: (row) => ((row.status >> bit) & 1) === 1,
    })),
    fc.constant<Case>({ text: 'master', expected: (row) => row.master !== 0 }),
    fc.constant<Case>({ text: 'ip.addr == 10.0.0.0/16', expected: (row) => row.src === '10.0.0.1' || row.dst === '10.0.0.2' }),
  )
  const { tree } = fc.letrec<{ tree: Case }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]): Case => ({
        text: `(${a.text} && ${b.text})`,
        expected: (row) => a.expected(row) && b.expected(row),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]): Case => ({
        text: `(${a.text} or ${b.text})`,
        expected: (row) => a.expected(row) || b.expected(row),
      })),
      tie('tree').map((a): Case => ({ text: `not (${a.text})`, expected: (row) => !a.expected(row) })),
    ),
  }))

  it('picks what the plain reading picks', () => {
    fc.assert(
      fc.property(tree, rows, (each, row) => {
        expect(matches(each.text, row)).toBe(each.expected(row))
      }),
    )
  })

  it('never fails in another way than by a FilterError within the text', () => {
    const scraps = fc.constantFrom(
      ...FIELDS.map((field) => field.name),
      '==',
      '!',
      '(',
      ')',
      '{',
      '}',
      ',',
      '"',
      '..',
      '10.0.0.1/8',
      'in',
      '5s',
      '&',
      ' ',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(scraps).map((all) => all.join(' ')),
        ),
        (text) => {
          try {
            parseFilter(text, 'packets')
          } catch (error) {
            expect(error).toBeInstanceOf(FilterError)
            expect((error as FilterError).column).toBeGreaterThan(0)
            expect((error as FilterError).column).toBeLessThanOrEqual(text.length + 1)
          }
          expect(() => completeFilter(text, text.length, 'packets')).not.toThrow()
        },
      ),
    )
  })
})

describe('completion', () => {
  const inserts = (text: string): string[] => completeFilter(text, text.length, 'connections').suggestions.map((each) => each.insert)

  it('offers fields of the subject first', () => {
    expect(inserts('')).toContain('ct.state')
    expect(inserts('')).not.toContain('tcp.flags')
    expect(inserts('ct.')).toEqual(['ct.state', 'ct.status'])
    expect(inserts('port == 21 && mas')).toEqual(['master.helper', 'master'])
  })

  it('offers the operators of a type', () => {
    expect(inserts('ip.addr ')).toEqual(['==', '!=', 'in', '&&', '||'])
    expect(inserts('bytes ')).toContain('>=')
  })

  it('offers words, in sets too', () => {
    expect(inserts('ct.state == REL')).toEqual(['RELATED'])
    expect(inserts('tcp.state in {SYN_SENT, SYN_R')).toEqual(['SYN_RECV'])
    expect(inserts('helper == ')).toContain('ftp')
  })

  it('offers && and || after a comparison, and says what it replaces', () => {
    expect(inserts('port == 21 ')).toEqual(['&&', '||'])
    expect(completeFilter('ct.sta', 6, 'connections')).toMatchObject({ from: 0, to: 6 })
  })
})
