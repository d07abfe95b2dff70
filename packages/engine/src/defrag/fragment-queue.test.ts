import { describe, expect, it } from 'vitest'
import { FragmentQueue, Insertion } from './fragment-queue.ts'

const { Taken, Duplicate, Overlap } = Insertion

/** Inserts stretches of one datagram, each byte the low byte of its offset. */
function insertAll(queue: FragmentQueue, ...stretches: [start: number, end: number][]): Insertion[] {
  return stretches.map(([start, end]) => {
    const b = Uint8Array.from({ length: end - start }, (_, i) => start + i)
    return queue.insert(start, b, 0, b.length, b.length, 0)
  })
}

const queue = (): FragmentQueue => new FragmentQueue('', 0, 0)

describe('[2.2] overlap', () => {
  const cases: [string, [number, number][], Insertion[]][] = [
    ['in order', [[0, 8], [8, 24], [24, 32]], [Taken, Taken, Taken]], // prettier-ignore
    ['in reverse', [[24, 32], [8, 24], [0, 8]], [Taken, Taken, Taken]], // prettier-ignore
    ['the same again', [[8, 16], [8, 16]], [Taken, Duplicate]], // prettier-ignore
    ['inside a run that grew', [[0, 16], [16, 32], [8, 24], [0, 32]], [Taken, Taken, Duplicate, Duplicate]], // prettier-ignore
    ['over the end', [[0, 16], [8, 24]], [Taken, Overlap]], // prettier-ignore
    ['over the start', [[16, 32], [8, 24]], [Taken, Overlap]], // prettier-ignore
    ['around', [[16, 24], [8, 32]], [Taken, Overlap]], // prettier-ignore
    ['around in the middle', [[40, 48], [16, 24], [8, 32]], [Taken, Taken, Overlap]], // prettier-ignore
    ['over two runs that touch', [[16, 32], [0, 16], [0, 32]], [Taken, Taken, Overlap]], // prettier-ignore
    ['inside one of two runs that touch', [[16, 32], [0, 16], [24, 32], [0, 8]], [Taken, Taken, Duplicate, Duplicate]], // prettier-ignore
    ['a gap filled exactly', [[0, 8], [16, 24], [8, 16]], [Taken, Taken, Taken]], // prettier-ignore
    ['a gap filled too far', [[0, 8], [16, 24], [8, 24]], [Taken, Taken, Overlap]], // prettier-ignore
  ]
  it.each(cases)('%s', (_, stretches, expected) => {
    expect(insertAll(queue(), ...stretches)).toEqual(expected)
  })

  it('is found among many runs', () => {
    const q = queue()
    for (let start = 16; start < 60_000; start += 32) insertAll(q, [start, start + 16])
    expect(insertAll(q, [30_000, 30_008], [30_000 + 16, 30_000 + 24], [30_008, 30_016])).toEqual([Duplicate, Taken, Duplicate])
    expect(insertAll(q, [4, 20], [0, 16])).toEqual([Overlap, Taken])
  })
})

describe('assemble', () => {
  const header = { data: Uint8Array.of(100, 101, 102), capturedLen: 3, nextHeader: 7, nextHeaderAt: 0 }

  it('puts every byte in its place', () => {
    const q = queue()
    insertAll(q, [16, 20], [0, 8], [8, 16])
    q.length = 20
    const into = new Uint8Array(30).fill(255)
    expect(q.assemble(header, into)).toBe(23)
    expect([...into.subarray(0, 23)]).toEqual([100, 101, 102, ...Array.from({ length: 20 }, (_, i) => i)])
    q.assemble({ ...header, nextHeaderAt: 1 }, into)
    expect([...into.subarray(0, 3)]).toEqual([100, 7, 102])
  })

  it('says from where on bytes were not captured', () => {
    const q = queue()
    q.insert(0, new Uint8Array(8), 0, 8, 8, 0)
    q.insert(8, new Uint8Array(8), 0, 8, 3, 0)
    q.insert(16, new Uint8Array(8), 0, 8, 5, 0)
    q.length = 24
    expect(q.assemble(header, new Uint8Array(40))).toBe(3 + 8 + 3)
    expect(q.assemble({ ...header, capturedLen: 2 }, new Uint8Array(40))).toBe(2)
  })
})
