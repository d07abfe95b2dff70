import { describe, expect, it } from 'vitest'
import {
  bytes,
  extensionHeader,
  fragmentHeader,
  ipv4,
  ipv6,
  udp,
  type Ipv4Options,
  type Ipv6Options,
} from '../../test/support/packet-builder.ts'
import { LinkType } from '../capture/link-type.ts'
import { FrameDecoder } from '../wire/decode.ts'
import { Packet } from '../wire/packet.ts'
import { DecodeStatus } from '../wire/status.ts'
import { Defragmenter } from './defragmenter.ts'
import { FRAGMENT_MEMORY_LEN } from './queue-table.ts'
import { type DefragCounters, DefragResult } from './result.ts'

const { NotFragment, Unchanged, Complete, Held, Duplicate, Rejected } = DefragResult
const datagram = udp({ srcPort: 5000, dstPort: 53, payload: Uint8Array.from({ length: 92 }, (_, i) => i) })
/** Of which the datagram is the start. */
const stretch = bytes(datagram, new Uint8Array(32))

type Fragment = [offset: number, length: number, more: boolean]
type Frame = (fragment: Fragment, o?: Ipv4Options & Ipv6Options & { id?: number }) => Buffer

const v4: Frame = ([fragOffset, length, moreFragments], o = {}) =>
  ipv4(stretch.subarray(fragOffset, fragOffset + length), { id: 7, fragOffset, moreFragments, ...o })
const v6: Frame = ([offset, length, more], o = {}) =>
  ipv6(bytes(fragmentHeader(o.nextHeader ?? 17, { offset, more, id: o.id ?? 7 }), stretch.subarray(offset, offset + length)), {
    ...o,
    nextHeader: 44,
  })

class Bench {
  readonly defragmenter = new Defragmenter()
  readonly packet = new Packet()
  readonly #decoder = new FrameDecoder()

  take(frame: Uint8Array, o: { zone?: number; nowMs?: number; wireLen?: number; ifIndex?: number } = {}): DefragResult {
    const p = this.packet
    expect(this.#decoder.decode(p, LinkType.Raw, frame, 0, frame.length, o.wireLen ?? frame.length)).toBe(DecodeStatus.Ok)
    p.ifIndex = o.ifIndex ?? 0
    const result = this.defragmenter.take(p, o.zone ?? 0, o.nowMs ?? 0)
    expect(p.status).toBe(result >= Held ? DecodeStatus.FragmentHeld : DecodeStatus.Ok)
    return result
  }

  takeAll(frames: readonly Uint8Array[]): DefragResult[] {
    return frames.map((frame) => this.take(frame))
  }

  /** What the packet now holds. */
  get datagram(): Buffer {
    const p = this.packet
    return Buffer.from(p.bytes.subarray(p.l3At, p.l3At + p.l3Len))
  }
}

const first: Fragment = [0, 48, true]
const middle: Fragment = [48, 24, true]
const last: Fragment = [72, 28, false]

describe('[2.2] a datagram', () => {
  it('that is whole passes', () => {
    const bench = new Bench()
    expect(bench.take(ipv4(datagram))).toBe(NotFragment)
    expect(bench.take(ipv6(datagram))).toBe(NotFragment)
    expect(bench.defragmenter.waiting).toBe(0)
  })

  it.each([
    ['in order', [first, middle, last]],
    ['in reverse', [last, middle, first]],
    ['with the middle last', [first, last, middle]],
  ])('of IPv4 comes together %s', (_, fragments) => {
    const bench = new Bench()
    expect(bench.takeAll(fragments.map((f) => v4(f)))).toEqual([Held, Held, Complete])
    expect(bench.datagram).toEqual(ipv4(datagram, { id: 7, checksum: bench.datagram.readUInt16BE(10) }))
    expect(bench.packet).toMatchObject({ l3: 4, l3Len: 120, l4: 17, l4At: 20, l4End: 120, capEnd: 120, isFragment: false })
    expect(bench.defragmenter).toMatchObject({ waiting: 0, memoryLen: 0 })
    expect(bench.defragmenter.counters.completed).toBe(1)
  })

  it.each([
    ['in order', [first, middle, last]],
    ['in reverse', [last, middle, first]],
  ])('of IPv6 comes together %s, without the fragment header', (_, fragments) => {
    const bench = new Bench()
    expect(bench.takeAll(fragments.map((f) => v6(f)))).toEqual([Held, Held, Complete])
    expect(bench.datagram).toEqual(ipv6(datagram))
    expect(bench.packet).toMatchObject({ l3: 6, l3Len: 140, l4: 17, l4At: 40, l4End: 140, isFragment: false })
  })

  it('has the header of its first fragment, with options and all', () => {
    const bench = new Bench()
    const options = { options: [7, 7, 4, 0, 0, 0, 0, 0], ttl: 3 }
    expect(bench.takeAll([v4(last), v4(middle, { ttl: 9 }), v4(first, options)])).toEqual([Held, Held, Complete])
    expect(bench.packet).toMatchObject({ hopLimit: 3, l4At: 28, l3Len: 128 })
  })

  it('of IPv6 keeps the extension headers before the fragment header, and what the first fragment says comes next', () => {
    const bench = new Bench()
    const chained = ([offset, length, more]: Fragment, next: number): Buffer =>
      ipv6(bytes(extensionHeader(44), fragmentHeader(next, { offset, more, id: 7 }), datagram.subarray(offset, offset + length)), {
        nextHeader: 60,
      })
    expect(bench.takeAll([chained(last, 6), chained(first, 17), chained(middle, 6)])).toEqual([Held, Held, Complete])
    expect(bench.datagram).toEqual(ipv6(bytes(extensionHeader(17), datagram), { nextHeader: 60 }))
  })

  it('of IPv6 that is alone in its fragment loses the fragment header', () => {
    const bench = new Bench()
    expect(bench.take(v6([0, 100, false]))).toBe(Complete)
    expect(bench.datagram).toEqual(ipv6(datagram))
  })

  it('is as long as 65535 bytes at most', () => {
    const bench = new Bench()
    const part = (fragOffset: number, length: number, moreFragments: boolean): Buffer =>
      ipv4(new Uint8Array(length), { fragOffset, moreFragments })
    expect(bench.takeAll([part(0, 32768, true), part(32768, 65515 - 32768, false)])).toEqual([Held, Complete])
    expect(bench.packet.l3Len).toBe(65535)
    expect(bench.takeAll([part(0, 32768, true), part(32768, 65516 - 32768, false)])).toEqual([Held, Rejected])
    expect(bench.defragmenter.waiting).toBe(0)
  })

  it('says which bytes were not captured', () => {
    const bench = new Bench()
    bench.take(v4(first))
    bench.take(v4(last).subarray(0, 30), { wireLen: 48 })
    expect(bench.take(v4(middle).subarray(0, 25), { wireLen: 44 })).toBe(Complete)
    expect(bench.packet).toMatchObject({ l3Len: 120, capEnd: 20 + 48 + 5 })
    expect(bench.datagram.subarray(73, 92)).toEqual(Buffer.alloc(19))
  })
})

describe('[2.2] fragments of different datagrams', () => {
  const pairs: [string, Buffer, Buffer][] = [
    ['identification', v4(first), v4([48, 52, false], { id: 8 })],
    ['protocol, of IPv4', v4(first), v4([48, 52, false], { protocol: 6 })],
    ['source', v4(first), v4([48, 52, false], { src: '10.0.0.9' })],
    ['destination', v4(first), v4([48, 52, false], { dst: '10.0.0.9' })],
    ['identification, of IPv6', v6(first), v6([48, 52, false], { id: 8 })],
    ['source, of IPv6', v6(first), v6([48, 52, false], { src: 'fd00::9' })],
    ['destination, of IPv6', v6(first), v6([48, 52, false], { dst: 'fd00::9' })],
  ]
  it.each(pairs)('do not meet: another %s', (_, one, other) => {
    const bench = new Bench()
    expect(bench.takeAll([one, other])).toEqual([Held, Held])
    expect(bench.defragmenter.waiting).toBe(2)
  })

  it('do not meet over zones', () => {
    const bench = new Bench()
    expect(bench.take(v4(first), { zone: 1 })).toBe(Held)
    expect(bench.take(v4([48, 52, false]), { zone: 2 })).toBe(Held)
    expect(bench.take(v4([48, 52, false]), { zone: 1 })).toBe(Complete)
  })

  it.each([
    ['multicast', 'ff02::fb', Held],
    ['link-local', 'fe80::1', Held],
    ['any other', 'fd00::2', Complete],
  ])('over interfaces, to a %s address', (_, dst, result) => {
    const bench = new Bench()
    bench.take(v6(first, { dst }), { ifIndex: 1 })
    expect(bench.take(v6([48, 52, false], { dst }), { ifIndex: 2 })).toBe(result)
  })
})

describe('[2.2] fragments that contradict each other', () => {
  const m = true
  // What a destroyed queue had is lost, so that the datagram needs all its fragments again.
  const cases: [string, keyof DefragCounters, Fragment[], DefragResult[], DefragResult[]][] = [
    ['a copy is discarded', 'duplicates', [first, first, [48, 52, false]], [Held, Duplicate, Complete], [Held, Duplicate, Complete]],
    [
      'an overlap destroys',
      'overlaps',
      [first, [40, 16, m], [48, 52, false], first],
      [Held, Rejected, Held, Complete],
      [Held, Rejected, Held, Complete],
    ],
    [
      'a second end',
      'inconsistent',
      [last, [72, 20, false], first, middle],
      [Held, Rejected, Held, Held],
      [Held, Rejected, Held, Complete],
    ],
    [
      'data beyond the end',
      'inconsistent',
      [last, [104, 8, m], first, middle],
      [Held, Rejected, Held, Held],
      [Held, Rejected, Held, Complete],
    ],
    ['an end before data', 'inconsistent', [first, [8, 8, false], [48, 52, false]], [Held, Rejected, Held], [Held, Rejected, Complete]],
    [
      'an empty one with more to come',
      'inconsistent',
      [first, [48, 0, m], [48, 52, false]],
      [Held, Rejected, Held],
      [Held, Rejected, Complete],
    ],
    [
      'an empty end, which is an end all the same',
      'inconsistent',
      [first, [48, 0, false], [48, 52, false]],
      [Held, Rejected, Held],
      [Held, Rejected, Rejected],
    ],
  ]
  it.each(cases)('IPv4: %s', (_, counter, fragments, results) => {
    const bench = new Bench()
    expect(bench.takeAll(fragments.map((f) => v4(f)))).toEqual(results)
    expect(bench.defragmenter.counters[counter]).toBeGreaterThan(0)
  })

  it.each(cases)('IPv6: %s', (_, counter, fragments, _ipv4Results, results) => {
    const bench = new Bench()
    expect(bench.takeAll(fragments.map((f) => v6(f)))).toEqual(results)
    expect(bench.defragmenter.counters[counter]).toBeGreaterThan(0)
  })

  it('IPv4 cuts what is not the last to a multiple of eight', () => {
    const bench = new Bench()
    expect(bench.takeAll([v4([0, 53, true]), v4([48, 52, false])])).toEqual([Held, Complete])
    expect(bench.takeAll([v4(first), v4([48, 7, true]), v4([48, 52, false])])).toEqual([Held, Rejected, Held])
  })

  it('IPv6 destroys the queue for it, and lets it pass', () => {
    const bench = new Bench()
    expect(bench.takeAll([v6(first), v6([48, 9, true]), v6([48, 52, false])])).toEqual([Held, Unchanged, Held])
  })

  it.each([
    ['IPv4', (f: Fragment, ecn: number) => v4(f, { tos: 0xfc | ecn })],
    ['IPv6', (f: Fragment, ecn: number) => v6(f, { trafficClass: 0xfc | ecn })],
  ])('%s: some in an ECN-capable transport and some not', (_, fragment) => {
    for (let one = 0; one < 4; one++) {
      for (let other = 0; other < 4; other++) {
        const bench = new Bench()
        const isMixed = (one === 0) !== (other === 0)
        expect(bench.takeAll([fragment(first, one), fragment([48, 52, false], other)])).toEqual([Held, isMixed ? Rejected : Complete])
        expect(bench.defragmenter).toMatchObject({ waiting: 0 })
        expect(bench.defragmenter.counters.ecnMixed).toBe(isMixed ? 1 : 0)
      }
    }
  })
})

describe('[2.2] IPv6 fragments that are not queued', () => {
  const part = (next: number, payload: Uint8Array, o: { offset?: number; more?: boolean; id?: number } = {}): Buffer =>
    ipv6(bytes(fragmentHeader(next, o), payload), { nextHeader: 44 })

  it.each([
    ['TCP', 6, 20],
    ['UDP', 17, 8],
    ['ICMPv6', 58, 8],
    ['any other', 99, 1],
  ])('a first one without the whole header of %s', (_, protocol, headerLen) => {
    const bench = new Bench()
    expect(bench.take(part(protocol, new Uint8Array(headerLen - 1)))).toBe(Unchanged)
    expect(bench.take(part(protocol, new Uint8Array(headerLen)))).toBe(Complete)
    expect(bench.take(part(protocol, new Uint8Array(headerLen + 24 - (headerLen & 7)), { more: true }))).toBe(Held)
    expect(bench.defragmenter.waiting).toBe(1)
  })

  it('leave a queue that waits for them alone', () => {
    const bench = new Bench()
    expect(bench.takeAll([v6(last), v6(middle), v6([0, 48, true], { nextHeader: 60 }), v6([0, 0, true]), v6(first)])).toEqual([
      Held,
      Held,
      Unchanged,
      Unchanged,
      Complete,
    ])
  })

  it('are queued where no L4 header can be found at all', () => {
    const bench = new Bench()
    expect(bench.take(part(59, new Uint8Array(8), { more: true }))).toBe(Held)
    expect(bench.take(part(60, Uint8Array.of(60, 9, 0, 0, 0, 0, 0, 0), { more: true, id: 2 }))).toBe(Held)
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('of whose fragment header there are %i bytes', (length) => {
    const cut = (offset: number): Buffer =>
      ipv6(bytes(extensionHeader(44), fragmentHeader(99, { offset }).subarray(0, length)), { nextHeader: 60 })
    const bench = new Bench()
    expect(bench.take(cut(0))).toBe(length < 4 ? Rejected : Unchanged)
    expect(bench.take(cut(8))).toBe(Rejected)
    expect(bench.defragmenter.waiting).toBe(0)
  })

  it('reach past 65535 bytes', () => {
    const bench = new Bench()
    expect(bench.takeAll([v6(first), part(17, new Uint8Array(8), { offset: 65528 })])).toEqual([Held, Rejected])
    expect(bench.take(v6([48, 52, false]))).toBe(Complete)
  })
})

describe('[2.2] what waits', () => {
  it.each([
    ['IPv4', v4, 30_000],
    ['IPv6', v6, 60_000],
  ])('of %s is thrown away after its time, which later fragments do not prolong', (_, fragment, timeoutMs) => {
    const bench = new Bench()
    expect(bench.take(fragment(first), { nowMs: 1000 })).toBe(Held)
    expect(bench.take(fragment(last), { nowMs: 1000 + timeoutMs - 1 })).toBe(Held)
    expect(bench.take(fragment(middle), { nowMs: 1000 + timeoutMs })).toBe(Held)
    expect(bench.defragmenter.counters.timedOut).toBe(1)
    bench.defragmenter.expire(1000 + 2 * timeoutMs)
    expect(bench.defragmenter).toMatchObject({ waiting: 0, memoryLen: 0 })
  })

  it('begins anew where an IPv4 source sent more than 64 other fragments in between', () => {
    const run = (others: number): [DefragResult, number] => {
      const bench = new Bench()
      bench.take(v4(first))
      for (let i = 0; i < others; i++) bench.take(v4(first, { id: 1000 + i, dst: '10.0.0.9' }))
      for (let i = 0; i < 100; i++) bench.take(v4(first, { id: 1000 + i, src: '10.0.0.9' }))
      return [bench.take(v4([48, 52, false])), bench.defragmenter.counters.tooFar]
    }
    expect(run(63)).toEqual([Complete, 0])
    expect(run(64)).toEqual([Held, 1])
  })

  it('takes up no more than the kernel lets it: then nothing is taken until something times out', () => {
    // Numbers of the running kernel: 36 bytes of IPv4 and 64 bytes of IPv6 each, first fragments only.
    const flood = (fragment: (id: number) => Buffer, count: number): Bench => {
      const bench = new Bench()
      for (let i = 0; i < count; i++) bench.take(fragment(i))
      return bench
    }
    const small4 = (i: number): Buffer => v4([0, 16, true], { src: `10.1.${i >> 8}.${i & 255}` })
    const small6 = (i: number): Buffer => v6([0, 16, true], { id: i })
    const end4 = v4([16, 84, false], { src: '10.1.0.0' })
    const end6 = v6([16, 84, false], { id: 0 })
    expect(flood(small4, 4639).take(end4)).toBe(Complete)
    expect(flood(small6, 4405).take(end6)).toBe(Complete)
    const full = flood(small4, 4640)
    expect(full.take(end4)).toBe(Rejected)
    expect(full.take(v6([0, 100, false]))).toBe(Complete)
    expect(full.defragmenter.counters.overLimit).toBe(1)
    expect(full.defragmenter.memoryLen).toBeLessThan(FRAGMENT_MEMORY_LEN + 2000)
    expect(full.take(end4, { nowMs: 30_000 })).toBe(Held)
    expect(full.defragmenter.waiting).toBe(1)
    expect(flood(small6, 4406).take(end6)).toBe(Rejected)
  })
})
