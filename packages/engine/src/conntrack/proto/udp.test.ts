import { describe, expect, it } from 'vitest'
import { Scenario } from '../../../test/support/scenario.ts'

const L4_UDPLITE = 136

describe('CONNTRACK.md 5.1, 13 #55 to #58: UDP', () => {
  it('#55 an exchange within two seconds is no stream', () => {
    const s = new Scenario()
    expect(s.udp('A') + s.udp('A') + s.udp('B') + s.udp('B') + s.udp('A')).toBe('NNEEE')
    expect(s.entry).toBe('30')
    expect(s.takeEvents()).toEqual(['NEW', 'UPDATE REPLY'])
  })

  it('#56 the first packet after two seconds makes it one', () => {
    const s = new Scenario()
    s.udp('A')
    s.udp('B')
    s.wait(2001)
    expect(s.udp('A')).toBe('E')
    expect(s.entry).toBe('120 ASSURED')
    expect(s.whyCode).toBe('UDP_STREAM')
  })

  it('#57 a late reply keeps 30 s, the next packet gets 120', () => {
    const s = new Scenario()
    s.udp('A')
    s.wait(2200)
    expect(s.udp('B')).toBe('E')
    expect(s.entry).toBe('30')
    expect(s.udp('B')).toBe('E')
    expect(s.entry).toBe('120 ASSURED')
  })

  it.each([
    ['no checksum', {}, 'N', 'NONE'],
    ['a wrong one', { checksum: 0x1234 }, 'I', 'UDP_BAD_CHECKSUM'],
    ['a length beyond the data', { length: 9 }, 'I', 'UDP_BAD_LENGTH'],
    ['length 7', { length: 7 }, 'I', 'UDP_BAD_LENGTH'],
    ['bytes after the length', { length: 8, payload: 'xyz' }, 'N', 'NONE'],
  ])('#58 %s', (_, options, letter, code) => {
    const s = new Scenario({ settings: { nf_conntrack_checksum: 1 } })
    expect(s.udp('A', options)).toBe(letter)
    expect(s.whyCode).toBe(code)
  })

  it('2.6 a header of seven bytes', () => {
    const s = new Scenario()
    expect(s.l4('A', 17, [0, 1, 0, 2, 0, 8, 0])).toBe('I')
    expect(s.whyCode).toBe('UDP_TOO_SHORT')
  })

  it('2.6 a packet that fails changes nothing in an existing entry', () => {
    const s = new Scenario()
    s.udp('A')
    expect(s.udp('B', { length: 7 })).toBe('I')
    expect(s.counted).toEqual([1, 0])
    expect(s.engine.verdict.connection).toBe(1)
    expect(s.engine.verdict.slot).toBe(-1)
    expect(s.takeEvents()).toEqual(['NEW'])
  })

  it('#88 what has run out is absent at once', () => {
    const s = new Scenario()
    s.udp('A')
    s.wait(30_000)
    expect(s.udp('A')).toBe('N')
    expect(s.takeEvents()).toEqual(['NEW', 'DESTROY', 'NEW'])
    expect(s.engine.verdict.connection).toBe(2)
    expect(s.engine.verdict.reason).toBe(0)
  })
})

describe('CONNTRACK.md 5.2, 13 #59: UDP-Lite', () => {
  const lite = (checksum: number, coverage = 0) => [0, 1, 0, 2, 0, coverage, checksum >>> 8, checksum & 255]

  it('is a stream from the second packet after the reply on', () => {
    const s = new Scenario()
    const back = [0, 2, 0, 1, 0, 0, 1, 1]
    expect(s.l4('A', L4_UDPLITE, lite(1)) + s.l4('B', L4_UDPLITE, back)).toBe('NE')
    expect(s.entry).toBe('30')
    s.l4('A', L4_UDPLITE, lite(1))
    expect(s.entry).toBe('120 ASSURED')
  })

  it('#59 is summed as the kernel sums it: with UDP’s protocol number', () => {
    const sum = (protocol: number) => {
      // Pseudo header 10.1.0.2, 10.2.0.2, length 8; ports 1 and 2.
      let total = 0x0a01 + 0x0002 + 0x0a02 + 0x0002 + protocol + 8 + 1 + 2
      total = (total & 0xffff) + (total >>> 16)
      return ~total & 0xffff
    }
    const on = { settings: { nf_conntrack_checksum: 1 } }
    expect(new Scenario(on).l4('A', L4_UDPLITE, lite(sum(136)))).toBe('I')
    expect(new Scenario(on).l4('A', L4_UDPLITE, lite(sum(17)))).toBe('N')
  })

  it.each([
    [255, 255, 'N'],
    [256, 0, 'N'],
    [256, 256, 'I'],
    [1408, 1408 & 0xff, 'N'],
    [1408, 1408, 'I'],
  ])('LITE: of %i bytes over IPv4 is summed with a length of %i: %s', (length, summedLen, letter) => {
    let total = 0x0a01 + 0x0002 + 0x0a02 + 0x0002 + 17 + summedLen + 1 + 2
    total = (total & 0xffff) + (total >>> 16)
    const datagram = [...lite(~total & 0xffff, 0), ...new Uint8Array(length - 8)]
    expect(new Scenario({ settings: { nf_conntrack_checksum: 1 } }).l4('A', L4_UDPLITE, datagram)).toBe(letter)
  })

  it.each([
    [lite(0), 'UDPLITE_NO_CHECKSUM'],
    [lite(1, 7), 'UDPLITE_BAD_COVERAGE'],
    [lite(1, 9), 'UDPLITE_BAD_COVERAGE'],
    [lite(1).slice(0, 7), 'UDPLITE_TOO_SHORT'],
  ])('2.6 %j', (bytes, code) => {
    const s = new Scenario()
    expect(s.l4('A', L4_UDPLITE, bytes)).toBe('I')
    expect(s.whyCode).toBe(code)
  })
})
