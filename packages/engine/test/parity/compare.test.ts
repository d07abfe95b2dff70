import { describe, expect, it } from 'vitest'
import { compare, isWhole, totals } from './compare.ts'
import type { ToldReason, Verdicts } from './verdicts-of.ts'

const tuple = (host: string) => [host, 1, 'b', 2, 'tcp']
const packet = (i: number, state: string, events: object[] = [], why?: string[]) =>
  JSON.stringify({ kind: 'packet', i, state, dir: 'orig', events, why })
const entry = (timeout: number, packets: number) =>
  JSON.stringify({ kind: 'entry', orig: tuple('a'), reply: tuple('b'), status: ['CONFIRMED'], timeout, orig_packets: packets })
const expectation = (flags: string[]) =>
  JSON.stringify({ kind: 'expect', tuple: tuple('a'), mask: tuple('f'), master: tuple('m'), helper: 'ftp', timeout: 300, flags, class: 0 })
const fresh = { event: 'NEW', orig: tuple('a'), status: ['CONFIRMED'], timeout: 120 }
const end = { event: 'DESTROY', orig: tuple('a'), orig_packets: 1 }

const ours = (lines: readonly string[], ...reasons: ToldReason[]): Verdicts => ({ lines: [...lines], protocols: ['tcp'], reasons })
const none: ToldReason = { code: 'NONE', args: [0, 0, 0, 0] }
const kernel = [packet(0, 'NEW', [fresh, end]), entry(30, 1), expectation([])]

describe('the comparison with the kernel', () => {
  it('finds equal what is equal, ids and a second of time aside', () => {
    const c = compare(
      [packet(0, 'NEW', [{ ...fresh, id: 7, timeout: 119 }, end]), entry(29, 1), expectation([])],
      ours(
        [
          packet(0, 'NEW', [
            { ...fresh, id: 1 },
            { ...end, status: ['DYING'] },
          ]),
          entry(30, 1),
          expectation([]),
        ],
        none,
      ),
    )
    expect(c.differences).toEqual([])
    expect(c.scores.get('tcp')).toMatchObject({ packets: { equal: 1, total: 1 }, events: { equal: 2, total: 2 } })
  })

  it.each([
    ['a state', [packet(0, 'INVALID', [fresh, end]), entry(30, 1), expectation([])], 'packets'],
    ['a missing frame', [entry(30, 1), expectation([])], 'packets'],
    ['a frame too many', [...kernel, packet(1, 'NEW')], 'packets'],
    ['an event’s status', [packet(0, 'NEW', [{ ...fresh, status: [] }, end]), entry(30, 1), expectation([])], 'events'],
    ['an event’s timeout', [packet(0, 'NEW', [{ ...fresh, timeout: 60 }, end]), entry(30, 1), expectation([])], 'events'],
    ['the order of events', [packet(0, 'NEW', [end, fresh]), entry(30, 1), expectation([])], 'events'],
    ['what an ended entry had counted', [packet(0, 'NEW', [fresh, { ...end, orig_packets: 2 }]), entry(30, 1), expectation([])], 'events'],
    ['an event too many', [packet(0, 'NEW', [fresh, end, end]), entry(30, 1), expectation([])], 'events'],
    ['a missing event', [packet(0, 'NEW'), entry(30, 1), expectation([])], 'events'],
    ['a counter', [packet(0, 'NEW', [fresh, end]), entry(30, 2), expectation([])], 'entries'],
    ['an entry’s timeout', [packet(0, 'NEW', [fresh, end]), entry(120, 1), expectation([])], 'entries'],
    ['a missing entry', [packet(0, 'NEW', [fresh, end]), expectation([])], 'entries'],
    ['an expectation’s flags', [packet(0, 'NEW', [fresh, end]), entry(30, 1), expectation(['PERMANENT'])], 'expectations'],
    ['an expectation too many', [...kernel, expectation([])], 'expectations'],
  ] as const)('finds %s', (_, lines, fact) => {
    const c = compare(kernel, ours(lines, none))
    const { equal, total } = totals(c.scores)[fact]
    expect(equal).toBeLessThan(total)
    expect(isWhole(c)).toBe(false)
  })

  const overBound = 'nf_ct_proto_6: ACK is over upper bound 101 (ACKed data not seen yet)'
  it.each<[string, string[] | undefined, ToldReason, boolean]>([
    ['the same cause with the same number', [overBound], { code: 'TCP_ACK_ABOVE_SENT', args: [110, 10, 100, 0] }, true],
    ['the same cause with another number', [overBound], { code: 'TCP_ACK_ABOVE_SENT', args: [110, 9, 101, 0] }, false],
    ['another cause', [overBound], { code: 'TCP_SEQ_ABOVE_WINDOW', args: [110, 10, 100, 0] }, false],
    ['a text that the table lacks', ['nf_ct_proto_6: something new'], { code: 'TCP_BAD_FLAGS', args: [0, 0, 0, 0] }, false],
    ['any reason where none is logged', undefined, { code: 'TCP_BAD_FLAGS', args: [0, 0, 0, 0] }, true],
    ['no reason for INVALID', undefined, none, false],
  ])('of reasons: %s', (_, why, told, isEqual) => {
    const c = compare([packet(0, 'INVALID', [], why)], ours([packet(0, 'INVALID')], told))
    expect(totals(c.scores).reasons).toEqual({ equal: Number(isEqual), total: 1 })
  })
})
