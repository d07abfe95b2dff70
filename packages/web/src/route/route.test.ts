import { describe, expect, it } from 'vitest'
import { DEFAULT_SORT, formatRoute, parseRoute, type Route } from './route.ts'

const read = (address: string) => {
  const url = new URL(address, 'http://127.0.0.1')
  return parseRoute(url.pathname, url.search)
}

describe('route', () => {
  const routes: Partial<Route>[] = [
    {},
    { view: 'ftp', session: 88 },
    { view: 'packets', filter: 'ct.state == INVALID && !(proto == udp)' },
    { filter: 'a "b" & c=d#e', sort: { key: 'bytes', order: 'desc' }, ended: false, connection: 17, tab: 'facts' },
    { sort: { key: 'src', order: 'asc' } },
    { sort: { key: 'born', order: 'asc' } },
    { connection: 2 ** 52 },
  ]
  it.each(routes)('comes back from its address: %o', (change) => {
    const route = { ...read('/'), ...change }
    expect(read(formatRoute(route))).toEqual(route)
  })

  it('leaves out of the address what is as it is from the start', () => {
    expect(formatRoute(read('/'))).toBe('/connections')
  })

  it.each(['/?sort=-nonsense', '/?connection=abc', '/?connection=99999999999999999999', '/nowhere', '/?tab=x&ended=maybe'])(
    'reads %s as if what cannot be read was not there',
    (address) => {
      expect(read(address)).toEqual(read('/'))
      expect(read(address).sort).toEqual(DEFAULT_SORT)
    },
  )
})
