import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { listInterfaces, LIVE_LIMITS, openLive, type LiveOptions } from './live.ts'

describe('listInterfaces', () => {
  it('has the interfaces that the system names, and any', () => {
    const names = listInterfaces()
    expect(names).toEqual(expect.arrayContaining(Object.keys(networkInterfaces())))
    expect(names).toContain('lo')
    expect(names.at(-1)).toBe('any')
  })
})

describe('options out of their range', () => {
  it.each([
    [{ snapLength: LIVE_LIMITS.snapLength.min - 1 }, 'snapLength must be a whole number from 128 to 262144, not 127'],
    [{ snapLength: 262_145 }, 'not 262145'],
    [{ bufferBytes: 2048 * 2 ** 20 }, 'bufferBytes must be'],
    [{ bufferBytes: Number.NaN }, 'not NaN'],
    [{ readTimeoutMs: 0 }, 'readTimeoutMs must be'],
    [{ readTimeoutMs: 1.5 }, 'not 1.5'],
  ] satisfies [LiveOptions, string][])('%j', (options, message) => {
    expect(() => openLive('lo', options)).toThrow(message)
    expect(() => openLive('lo', options)).toThrow(EngineError)
  })
})

describe('interfaces that are not there', () => {
  it.each(['', 'nosuch0', 'lo ', 'lo\n', '../lo', 'nflog', 'dbus-system'])('%j', (name) => {
    expect(() => openLive(name)).toThrow(`There is no interface ${JSON.stringify(name)}`)
  })
})
