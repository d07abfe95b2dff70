import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { checkFilterText, compileFilter, MAX_FILTER_BYTES } from './bpf.ts'
import { LinkType } from './link-type.ts'

const INSTRUCTION_LEN = 8

function errorOf(run: () => unknown): EngineError {
  try {
    run()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('filters that are compiled', () => {
  it.each([
    '',
    'tcp port 21',
    'tcp port ftp or http',
    'port (ftp or http) and not udp',
    'tcp portrange 20-21',
    'tcp portrange ssh-http',
    'host 10.0.0.1 and port 53',
    'net 10.0.0.0/8 or net 192.168 or src net fe80::/10',
    'host ::1 or ip6 host 2001:db8::1',
    'ether host 02:00:00:00:00:01 or ether dst 02-00-00-00-00-02',
    'ip proto 47 or ip proto \\tcp or ip6 proto \\udp',
    'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 && ip[2:2] > 0x40',
    'icmp[icmptype] == icmp-unreach or icmp6',
    'vlan 10 and greater 100 and len <= 1514',
    'ip[6:2] & 0x1fff != 0',
    'pppoes and ip',
    'dst host 1.2.3.4 or dst port 80',
  ])('%j', (text) => {
    expect(compileFilter(text, LinkType.Ethernet, 262_144).length).toBeGreaterThanOrEqual(INSTRUCTION_LEN)
  })

  it.each([LinkType.LinuxSll2, LinkType.LinuxSll, LinkType.Raw, LinkType.Null])('for link type %i', (linkType) => {
    expect(compileFilter('tcp port 21', linkType, 128).length % INSTRUCTION_LEN).toBe(0)
  })

  it('copies as much as the snap length', () => {
    // `ret #128` is one instruction: code 6, k 128.
    expect([...compileFilter('', LinkType.Ethernet, 128)]).toEqual([6, 0, 0, 0, 128, 0, 0, 0])
  })
})

describe('names that libpcap would ask DNS for', () => {
  it.each([
    ['host www.example.org', 6],
    ['tcp and example', 9],
    ['src intranet', 5],
    ['net corp', 5],
    ['port 21 or host ftp', 17],
    ['port ftp and src ftp', 18],
    ['ether host router', 12],
    ['localhost', 1],
    ['1.example.org', 1],
    ['dead:beef', 1],
    ['ip proto 6 and dst www', 20],
  ])('%j is refused in column %i', (text, column) => {
    const error = errorOf(() => {
      checkFilterText(text)
    })
    expect(error.code).toBe('ERR_BPF')
    expect(error.message).toContain(`looks like a host name (column ${String(column)})`)
    expect(error.hint).toBe('Names are never looked up: give an address.')
  })

  it('refuses gateway, which takes nothing but a name', () => {
    expect(errorOf(() => { checkFilterText('ip and gateway 10.0.0.1') }).message).toContain('column 8') // prettier-ignore
  })
})

describe('text that is refused', () => {
  it('longer than the limit', () => {
    const longest = `ip${' '.repeat(MAX_FILTER_BYTES - 2)}`
    checkFilterText(longest)
    expect(errorOf(() => { checkFilterText(`${longest} `) }).message).toContain('4097 bytes, at most 4096') // prettier-ignore
  })

  it.each([
    ['tcp\0port', 4],
    ['tcp port 2\u{661}', 11],
    ['\u001b[31mip', 1],
  ])('%j for its character in column %i', (text, column) => {
    expect(errorOf(() => { checkFilterText(text) }).message).toContain(`column ${String(column)}`) // prettier-ignore
  })

  it.each(['tcp port', 'tcp prot 21', 'tcp port 99999', 'ip and (tcp', 'tcp[', 'port nosuchservice'])(
    "%j with libpcap's own words",
    (text) => {
      const error = errorOf(() => compileFilter(text, LinkType.Ethernet, 128))
      expect(error.code).toBe('ERR_BPF')
      expect(error.message).toMatch(/syntax error|illegal port|unknown port|invalid|looks like a host name/)
    },
  )

  it('whose program the kernel would not take', () => {
    const text = `host ::1${Array.from({ length: 400 }, (_, i) => ` or ::${(i + 2).toString(16)}`).join('')}`
    expect(errorOf(() => compileFilter(text, LinkType.Ethernet, 128)).message).toMatch(
      /needs \d+ instructions, the kernel takes at most 4096/,
    )
  })
})
