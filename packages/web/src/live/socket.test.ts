import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveSocket, type SocketFailure, type SocketState } from './socket.ts'

class FakeSocket {
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: ((event: CloseEvent) => void) | null = null
  readyState = 1
  sent: string[] = []
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.readyState = 3
    this.onclose?.({} as CloseEvent)
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent)
  }
}

function setUp({ token = 't', isRefused = async () => false }: { token?: string | null; isRefused?: () => Promise<boolean> } = {}) {
  const sockets: FakeSocket[] = []
  const states: [SocketState, SocketFailure | null][] = []
  const protocols: string[][] = []
  const live = new LiveSocket({
    version: 1,
    token,
    isRefused,
    open: (asked) => {
      protocols.push(asked)
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    onState: (state, failure) => states.push([state, failure]),
    onMessage: () => undefined,
    random: () => 1,
  })
  return { live, sockets, states, protocols }
}

const HELLO = { type: 'hello', version: 1 }

describe('LiveSocket', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('offers the token as a subprotocol and is live with the hello', () => {
    const { live, sockets, states, protocols } = setUp()
    live.start()
    expect(protocols).toEqual([['ctscope.v1', 'ctscope.token.t']])
    expect(states.at(-1)).toEqual(['connecting', null])
    sockets[0]!.say(HELLO)
    expect(states.at(-1)).toEqual(['live', null])
  })

  it('is stale when cut off, and tries again without an end, at most five seconds apart', async () => {
    const { live, sockets, states } = setUp()
    live.start()
    sockets[0]!.say(HELLO)
    for (let attempt = 0; attempt < 30; attempt++) {
      sockets.at(-1)!.close()
      await vi.advanceTimersByTimeAsync(5000)
      expect(sockets).toHaveLength(attempt + 2)
    }
    expect(states.at(-1)).toEqual(['stale', null])
  })

  it('begins with short waits again after a hello', async () => {
    const { live, sockets } = setUp()
    live.start()
    for (let attempt = 0; attempt < 8; attempt++) {
      sockets.at(-1)!.close()
      await vi.advanceTimersByTimeAsync(5000)
    }
    sockets.at(-1)!.say(HELLO)
    const before = sockets.length
    sockets.at(-1)!.close()
    await vi.advanceTimersByTimeAsync(260)
    expect(sockets).toHaveLength(before + 1)
  })

  it('stops for good when the token is refused', async () => {
    const { live, sockets, states } = setUp({ isRefused: async () => true })
    live.start()
    sockets[0]!.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states.at(-1)).toEqual(['failed', 'refused'])
    expect(sockets).toHaveLength(1)
  })

  it('does not try without a token, nor with another version', () => {
    const without = setUp({ token: null })
    without.live.start()
    expect(without.states).toEqual([['failed', 'no-token']])
    const other = setUp()
    other.live.start()
    other.sockets[0]!.say({ type: 'hello', version: 2 })
    expect(other.states.at(-1)).toEqual(['failed', 'version'])
  })

  it('takes a long silence for a lost connection', async () => {
    const { live, sockets, states } = setUp()
    live.start()
    sockets[0]!.say(HELLO)
    await vi.advanceTimersByTimeAsync(14_000)
    expect(states.at(-1)).toEqual(['live', null])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(sockets[0]!.readyState).toBe(3)
    expect(sockets.length).toBeGreaterThan(1)
  })
})
