import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeNeeding } from '@ctscope/engine/testing'
import { InterfaceNames } from './interface-names.ts'

describeNeeding({ file: '/sys/class/net/lo/ifindex' }, 'interfaces by index', () => {
  it('have the names of this machine', () => {
    const loopback = Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8'))
    const names = new InterfaceNames()
    expect(names.nameOf(loopback, 0)).toBe('lo')
    expect(names.nameOf(2_000_000, 0)).toBeNull()
    // Asked again soon, nothing is read; the known ones are known.
    expect(names.nameOf(2_000_000, 100)).toBeNull()
    expect(names.nameOf(loopback, 1e6)).toBe('lo')
  })
})
