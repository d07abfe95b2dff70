import type { ClientMessage, ServerMessage } from '@ctscope/server/api/live'
import { describe, expect, it } from 'vitest'
import { T0, viewOf } from '../../test/connections.ts'
import { Subscriptions, type Handler, type SubscriptionOf } from './subscriptions.ts'

const HELLO = { type: 'hello' } as ServerMessage
const CONNECTIONS: SubscriptionOf<'connections'> = {
  topic: 'connections',
  filter: '',
  sort: 'born',
  order: 'desc',
  ended: true,
  tree: true,
  window: { offset: 0, limit: 10, anchor: null },
}

function setUp() {
  const sent: ClientMessage[] = []
  const heard: string[] = []
  const handler: Handler<'connections'> = {
    snapshot: ({ view }) => heard.push(`snapshot ${view.ids.join()}`),
    delta: ({ view }) => heard.push(`delta ${view.ids.join()}`),
    error: ({ message }) => heard.push(message),
  }
  const subscriptions = new Subscriptions((message) => sent.push(message) > 0)
  const snapshot = (sub: number, ids: number[]): ServerMessage => ({
    type: 'snapshot',
    sub,
    seq: 1,
    asOf: T0,
    snapshot: { topic: 'connections', view: viewOf(0, ids) },
  })
  return { sent, heard, handler, subscriptions, snapshot }
}

describe('Subscriptions', () => {
  it('asks again after a hello, with the window as it was moved, and no longer hears the old number', () => {
    const { sent, heard, handler, subscriptions, snapshot } = setUp()
    const followed = subscriptions.follow<'connections'>(CONNECTIONS, handler)
    const window = { offset: 40, limit: 10, anchor: { id: 7, index: 2 } }
    followed.move(window)
    subscriptions.receive(HELLO)
    expect(sent.at(-1)).toEqual({ type: 'subscribe', sub: 2, subscription: { ...CONNECTIONS, window } })
    subscriptions.receive(snapshot(1, [1]))
    subscriptions.receive(snapshot(2, [2]))
    expect(heard).toEqual(['snapshot 2'])
  })

  it('hears nothing after it stopped', () => {
    const { sent, heard, handler, subscriptions, snapshot } = setUp()
    subscriptions.follow<'connections'>(CONNECTIONS, handler).stop()
    subscriptions.receive(snapshot(1, [1]))
    expect(heard).toEqual([])
    expect(sent.at(-1)).toEqual({ type: 'unsubscribe', sub: 1 })
  })

  it('freezes everything but the statistics, also what is asked for while frozen', () => {
    const { sent, handler, subscriptions } = setUp()
    subscriptions.follow<'stats'>({ topic: 'stats' }, { snapshot: () => undefined, delta: () => undefined, error: () => undefined })
    subscriptions.follow<'connections'>(CONNECTIONS, handler)
    sent.length = 0
    subscriptions.freeze(true)
    expect(sent).toEqual([{ type: 'freeze', sub: 2, frozen: true }])
    subscriptions.follow<'connections'>(CONNECTIONS, handler)
    expect(sent.at(-1)).toEqual({ type: 'freeze', sub: 3, frozen: true })
  })

  it('leaves what is frozen as it is over a new connection, and asks for it when it goes on', () => {
    const { sent, handler, subscriptions, snapshot } = setUp()
    subscriptions.follow<'connections'>(CONNECTIONS, handler)
    subscriptions.receive(snapshot(1, [1]))
    subscriptions.freeze(true)
    sent.length = 0
    subscriptions.receive(HELLO)
    expect(sent).toEqual([])
    subscriptions.freeze(false)
    expect(sent).toEqual([{ type: 'subscribe', sub: 2, subscription: CONNECTIONS }])
  })
})
