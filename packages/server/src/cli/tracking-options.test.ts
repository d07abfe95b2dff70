import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS } from '@ctscope/engine/model'
import { applySettings, assignHelpers, settingsOfThisHost } from './tracking-options.ts'

it('a setting is changed by its name, with or without its prefix; the last one holds', () => {
  const settings = applySettings(DEFAULT_SETTINGS, ['nf_conntrack_tcp_loose=0', 'udp_timeout=5', 'udp_timeout=6'])
  expect(settings).toEqual({ ...DEFAULT_SETTINGS, nf_conntrack_tcp_loose: 0, nf_conntrack_udp_timeout: 6 })
})

it.each([
  ['nf_conntrack_frob=1', /no setting "nf_conntrack_frob".*nf_conntrack_tcp_loose/],
  ['nf_conntrack_tcp_loose', /takes a whole number/],
  ['nf_conntrack_tcp_loose=', /takes a whole number/],
  ['nf_conntrack_tcp_loose=-1', /takes a whole number/],
  ['nf_conntrack_max=1e9', /takes a whole number/],
  ['nf_conntrack_max=99999999999', /takes a whole number/],
  ['__proto__=1', /no setting "__proto__"/],
])('%s is refused', (change, message) => {
  expect(() => applySettings(DEFAULT_SETTINGS, [change])).toThrow(message)
})

it('starts from what this host’s sysctls say, but for the two that differ on purpose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctscope-sysctls-'))
  writeFileSync(join(folder, 'nf_conntrack_udp_timeout'), '17\n')
  writeFileSync(join(folder, 'nf_conntrack_max'), 'nonsense\n')
  writeFileSync(join(folder, 'nf_conntrack_checksum'), '1\n')
  writeFileSync(join(folder, 'nf_conntrack_acct'), '0\n')
  expect(settingsOfThisHost(folder)).toEqual({ ...DEFAULT_SETTINGS, nf_conntrack_udp_timeout: 17 })
  rmSync(folder, { recursive: true })
  expect(settingsOfThisHost(folder)).toEqual(DEFAULT_SETTINGS)
})

it('helpers get more ports, on each protocol that theirs have, or none', () => {
  expect(assignHelpers([])).toEqual(DEFAULT_HELPERS)
  expect(assignHelpers(['ftp=2121', 'ftp=2121'])).toEqual([...DEFAULT_HELPERS, { helper: 'ftp', l4: 'tcp', port: 2121 }])
  expect(assignHelpers(['none'])).toEqual([])
  expect(assignHelpers(['none', 'sip=5070']).map(({ l4 }) => l4)).toEqual(['udp', 'tcp'])
})

it.each(['ftp', 'ftp=', 'ftp=0', 'ftp=70000', 'ftp=a', '=21', 'frob=21'])('%s assigns nothing', (assignment) => {
  expect(() => assignHelpers([assignment])).toThrow(/--helper takes|no helper/)
})
