import { describe, expect, it } from 'vitest'
import { CLIENT, Scenario } from '../../test/support/scenario.ts'
import { L4 } from '../model/index.ts'
import { HelperRegistry } from './registry.ts'

describe('CONNTRACK.md 7.1: which port gets which helper', () => {
  const registry = new HelperRegistry([
    { helper: 'sip', l4: 'udp', port: 5060 },
    { helper: 'sip', l4: 'tcp', port: 5060 },
    { helper: 'irc', l4: 'tcp', port: 6667 },
  ])

  it('by protocol, port and IP version', () => {
    expect(registry.get(registry.assigned(4, L4.Udp, 5060)).l4).toBe(L4.Udp)
    expect(registry.get(registry.assigned(6, L4.Tcp, 5060)).l4).toBe(L4.Tcp)
    expect(registry.name(registry.assigned(4, L4.Tcp, 6667))).toBe('irc')
    expect(registry.assigned(6, L4.Tcp, 6667)).toBe(0)
    expect(registry.assigned(4, L4.Tcp, 21)).toBe(0)
  })

  it('a helper that there is not is refused', () => {
    expect(() => new HelperRegistry([{ helper: 'gopher', l4: 'tcp', port: 70 }])).toThrow('gopher')
    expect(() => new HelperRegistry([{ helper: 'tftp', l4: 'tcp', port: 69 }])).toThrow('tftp')
  })

  it('#86 NetBIOS-NS and SNMP: attached, and raise none for packets that only pass (8.5)', () => {
    for (const dstPort of [137, 161]) {
      const s = new Scenario()
      expect(s.udp('A', { srcPort: 1024, dstPort, dst: '10.1.255.255', payload: 'query' })).toBe('N')
      expect(s.takeEvents()).toEqual(['NEW HELPER'])
      expect(s.udp('B', { srcPort: dstPort, dstPort: 1024, src: '10.1.0.55', dst: CLIENT })).toBe('N')
    }
  })
})
