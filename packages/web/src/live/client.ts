/** Joins socket, subscriptions and store. There is one for the page's life. */
import { LIVE_VERSION } from '@ctscope/server/api/live'
import { engineTime } from '../store/engine-time.ts'
import { useStore } from '../store/index.ts'
import { runClock, setClock } from './clock.ts'
import { LiveSocket } from './socket.ts'
import { Subscriptions } from './subscriptions.ts'
import { forgetToken, takeToken } from './token.ts'

let token: string | null = null
let socket: LiveSocket | undefined

export const subscriptions = new Subscriptions((message) => socket?.send(message) ?? false)

/** Opens the socket and keeps it open; follows the statistics, which every view shows. */
export function startLive(): void {
  token = takeToken(location, history, localStorage)
  const store = useStore.getState()
  socket = new LiveSocket({
    version: LIVE_VERSION,
    token,
    open: (protocols) => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/stream`, protocols),
    isRefused,
    onState: (state, failure) => {
      if (failure === 'refused' && token !== null) forgetToken(localStorage, token)
      store.setSocket(state, failure, Date.now())
      regulateClock()
    },
    onMessage: (message) => {
      if (message.type === 'hello') store.setHello(message, Date.now())
      if (message.type === 'lag') store.setLag(message)
      subscriptions.receive(message)
    },
  })
  subscriptions.follow<'stats'>(
    { topic: 'stats' },
    {
      snapshot: ({ stats, capture }, asOf) => readStats(stats, capture, asOf),
      delta: ({ stats, capture }, asOf) => readStats(stats, capture, asOf),
      error: () => undefined,
    },
  )
  window.addEventListener('online', () => socket?.hurry())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && socket?.hurry())
  socket.start()
}

export function retryNow(): void {
  socket?.hurry()
}

/** Holds all views still, or lets them go on. */
export function setFrozen(frozen: boolean): void {
  useStore.getState().setFrozen(frozen ? Date.now() : null)
  subscriptions.freeze(frozen)
  regulateClock()
}

/** A request with the token; the answer's JSON. An error of the server's is thrown as it came: `{ code, message, hint }`. */
export async function request<T>(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${token ?? ''}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw answer
  return answer as T
}

async function isRefused(asked: string): Promise<boolean> {
  try {
    const response = await fetch('/api/v1/capture', { headers: { authorization: `Bearer ${asked}` } })
    return response.status === 401 || response.status === 403
  } catch {
    // Nobody listens: that is no refusal.
    return false
  }
}

function readStats(...[stats, capture, asOf]: [...Parameters<ReturnType<typeof useStore.getState>['setStats']>, string]): void {
  useStore.getState().setStats(stats, capture)
  if (useStore.getState().frozenAt === null) setClock(engineTime(capture, asOf))
  regulateClock()
}

function regulateClock(): void {
  const { socket: state, frozenAt, capture } = useStore.getState()
  runClock(state === 'live' && frozenAt === null && capture?.kind === 'live')
}
