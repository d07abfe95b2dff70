import { describe, expect, it } from 'vitest'
import { ipv4, udp } from '../../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../../test/support/scenario.ts'
import { CtState } from '../model/index.ts'

describe('CONNTRACK.md 3: entries and states', () => {
  it('3.2 every original packet is NEW until a reply is seen', () => {
    const s = new Scenario()
    const { tracker, verdict } = s.engine
    s.udp('A')
    expect(tracker.table.ctState(verdict.slot)).toBe(CtState.New)
    s.udp('B')
    expect(tracker.table.ctState(verdict.slot)).toBe(CtState.Established)
    expect(s.udp('A')).toBe('E')
  })

  it('2.3 an IPv4 header longer than the packet', () => {
    const s = new Scenario()
    expect(s.ip(ipv4(new Uint8Array(0), { src: CLIENT, dst: SERVER, protocol: 17 }))).toBe('I')
    expect(s.whyCode).toBe('L4_TOO_SHORT')
  })

  it('10.1 counts bytes from the IP header to its end, trailing bytes of the frame not', () => {
    const s = new Scenario()
    const packet = ipv4(udp({ srcPort: 1000, dstPort: 2000, payload: 'abc' }), { src: CLIENT, dst: SERVER, protocol: 17 })
    s.ip(Buffer.concat([packet, Buffer.alloc(15)]))
    expect(s.engine.tracker.table.bytes(s.engine.verdict.slot, 0)).toBe(31)
  })

  it('10.1 counts nothing where accounting is off', () => {
    const s = new Scenario({ settings: { nf_conntrack_acct: 0 } })
    s.udp('A')
    expect(s.counted).toEqual([0, 0])
  })

  it('10.3, #89 zones are worlds of their own', () => {
    const s = new Scenario({ engine: { zone: 5 } })
    s.udp('A')
    const other = s.engine.packet
    expect(s.udp('B')).toBe('E')
    s.engine.tracker.track(other, s.nowMs, 0)
    expect(s.engine.verdict.state).toBe(CtState.New)
    expect(s.engine.tracker.table.zone(s.engine.verdict.slot)).toBe(0)
  })

  it('gives ids without gaps, from a base, and the same every time', () => {
    const run = () => {
      const s = new Scenario({ engine: { idBase: 1000 } })
      const ids: number[] = []
      for (const text of ['A:S1', 'A:R1', 'A:FA1']) {
        s.tcp(text, { aPort: 1 })
        ids.push(s.engine.verdict.connection)
      }
      s.tcp('A:S1', { aPort: 2 })
      ids.push(s.engine.verdict.connection)
      return ids
    }
    expect(run()).toEqual([1001, 1001, 0, 1002])
    expect(run()).toEqual(run())
  })

  it('keeps the reason of an entry’s latest packet that had one', () => {
    const s = new Scenario().established()
    const { tracker, verdict } = s.engine
    const slot = verdict.slot
    s.run('A:PA1001/5001+10')
    s.run('A:A99999/5001')
    expect(tracker.table.invalidPackets(slot)).toBe(1)
    expect(tracker.table.reason(slot)).toBe(verdict.reason)
    expect(tracker.table.reasonArgs(slot)[0]).toBe(99999)
    expect(verdict.connection).toBe(1)
  })

  it('3.5 ends what has run out, with its cause', () => {
    const s = new Scenario()
    s.udp('A')
    s.tcp('A:S1')
    s.wait(29_999).expire()
    expect(s.takeEvents()).toEqual(['NEW', 'NEW PROTOINFO'])
    s.wait(260).expire()
    expect(s.takeEvents()).toEqual(['DESTROY'])
    s.wait(100_000).expire()
    expect(s.entries).toBe(0)
  })

  it('ends all when the engine stops', () => {
    const s = new Scenario()
    s.udp('A')
    s.tcp('A:S1')
    s.takeEvents()
    s.engine.tracker.endAll()
    expect(s.takeEvents()).toEqual(['DESTROY', 'DESTROY'])
    expect(s.entries).toBe(0)
  })
})
