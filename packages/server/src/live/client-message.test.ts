import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { ApiFault } from '../api-fault.ts'
import { readClientMessage, subOfBadMessage } from './client-message.ts'

const window = { offset: 0, limit: 50, anchor: { id: 7, index: -3 } }
const connections = { topic: 'connections', filter: '', sort: 'bytes', order: 'asc', ended: false, tree: true, window }

describe('what a client may say', () => {
  it.each([
    { type: 'subscribe', sub: 1, subscription: connections },
    { type: 'subscribe', sub: 1, subscription: { topic: 'packets', filter: 'port == 21' } },
    { type: 'subscribe', sub: 1, subscription: { topic: 'transitions', filter: '', since: null } },
    { type: 'subscribe', sub: 1, subscription: { topic: 'transitions', filter: '', since: 0 } },
    { type: 'subscribe', sub: 1, subscription: { topic: 'ftp-session', id: 17 } },
    { type: 'window', sub: 1, window: { ...window, anchor: null } },
    { type: 'freeze', sub: 1, frozen: true },
    { type: 'unsubscribe', sub: 0 },
  ])('%j', (message) => {
    expect(readClientMessage(JSON.stringify(message))).toEqual(message)
  })

  it.each([
    null,
    [],
    'subscribe',
    { type: 'subscribe', sub: -1, subscription: { topic: 'ftp' } },
    { type: 'subscribe', sub: 1.5, subscription: { topic: 'ftp' } },
    { type: 'subscribe', sub: 1, subscription: { ...connections, sort: 'colour' } },
    { type: 'subscribe', sub: 1, subscription: { ...connections, window: { ...window, limit: 0 } } },
    { type: 'subscribe', sub: 1, subscription: { ...connections, window: { ...window, offset: -1 } } },
    { type: 'subscribe', sub: 1, subscription: { ...connections, filter: 'x'.repeat(4097) } },
    { type: 'subscribe', sub: 1, subscription: { topic: 'connection', id: 0 } },
    { type: 'subscribe', sub: 1, subscription: { topic: 'connection', id: 2 ** 53 } },
    { type: 'freeze', sub: 1, frozen: 1 },
  ])('not %j', (message) => {
    expect(() => readClientMessage(JSON.stringify(message))).toThrow(/not understood/)
  })

  it('is refused in one way only, whatever comes', () => {
    const words = fc.constantFrom('type', 'sub', 'subscription', 'topic', 'window', 'anchor', '__proto__', 'constructor')
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(words, fc.jsonValue()).map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(anything, (text) => {
        try {
          readClientMessage(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ApiFault)
        }
        expect(['number', 'object']).toContain(typeof subOfBadMessage(text))
      }),
    )
  })
})
