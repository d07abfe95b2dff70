import { describe, expect, it } from 'vitest'
import { forgetToken, takeToken } from './token.ts'

function browser(hash: string) {
  const kept = new Map<string, string>()
  const addresses: string[] = []
  return {
    addresses,
    location: { hash, pathname: '/ftp', search: '?session=1' } as Location,
    history: { state: null, replaceState: (...[, , address]: [unknown, string, string]) => addresses.push(address) } as unknown as History,
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
  }
}

describe('takeToken', () => {
  it('takes the token out of the address bar and keeps it', () => {
    const { location, history, storage, addresses } = browser('#token=abc')
    expect(takeToken(location, history, storage)).toBe('abc')
    expect(addresses).toEqual(['/ftp?session=1'])
    expect(takeToken({ ...location, hash: '' }, history, storage)).toBe('abc')
  })

  it('prefers the token of a new link', () => {
    const { location, history, storage } = browser('#token=old')
    takeToken(location, history, storage)
    expect(takeToken({ ...location, hash: '#token=new' }, history, storage)).toBe('new')
  })

  it('knows none after it was forgotten, but keeps a newer one', () => {
    const { location, history, storage } = browser('#token=abc')
    takeToken(location, history, storage)
    forgetToken(storage, 'another')
    expect(takeToken({ ...location, hash: '' }, history, storage)).toBe('abc')
    forgetToken(storage, 'abc')
    expect(takeToken({ ...location, hash: '' }, history, storage)).toBeNull()
  })
})
