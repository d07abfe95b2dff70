/** Whether the page is connected, and what the capture is doing. */
import type { ServerMessage } from '@ctscope/server/api/live'
import type { Capture, Stats } from '@ctscope/server/api/rest'
import type { StateCreator } from 'zustand'
import type { SocketFailure, SocketState } from '../live/socket.ts'
import type { Store } from './index.ts'

type Hello = Extract<ServerMessage, { type: 'hello' }>
type Lag = Omit<Extract<ServerMessage, { type: 'lag' }>, 'type'>

/** A time when this page was cut off (ms since 1970). `isNewEpoch`: the server that came back knows nothing from before. */
export type Cut = { from: number; to: number; isNewEpoch: boolean }

export type RatePoint = { at: string; packetsPerSecond: number; lost: number }

export type LiveSlice = {
  socket: SocketState
  failure: SocketFailure | null
  /** When the connection was lost (ms since 1970); null while there is one. */
  lostAt: number | null
  hello: Hello | null
  cuts: readonly Cut[]
  lag: Lag | null
  capture: Capture | null
  stats: Stats | null
  /** One point for each statistics message, the oldest first: the small chart of Health. */
  rates: readonly RatePoint[]
  setSocket: (socket: SocketState, failure: SocketFailure | null, nowMs: number) => void
  setHello: (hello: Hello, nowMs: number) => void
  setLag: (lag: Lag) => void
  setStats: (stats: Stats, capture: Capture) => void
  setCapture: (capture: Capture) => void
}

const RATE_POINTS = 180

export const createLiveSlice: StateCreator<Store, [], [], LiveSlice> = (set, get) => ({
  socket: 'connecting',
  failure: null,
  lostAt: null,
  hello: null,
  cuts: [],
  lag: null,
  capture: null,
  stats: null,
  rates: [],
  setSocket: (socket, failure, nowMs) =>
    set((state) => ({ socket, failure, lostAt: socket === 'live' ? null : (state.lostAt ?? (socket === 'stale' ? nowMs : null)) })),
  setHello: (hello, nowMs) => {
    const { lostAt, hello: before } = get()
    if (lostAt !== null) set(({ cuts }) => ({ cuts: [...cuts, { from: lostAt, to: nowMs, isNewEpoch: before?.epoch !== hello.epoch }] }))
    // Ids and places of another epoch mean nothing in this one.
    if (hello.epoch !== get().hello?.epoch) {
      get().restartTable()
      set(({ detail }) => ({ detail: null, detailBefore: detail?.value ?? null }))
    }
    set({ hello, capture: hello.capture, lag: null })
  },
  setLag: (lag) => set({ lag }),
  setStats: (stats, capture) => set((state) => ({ stats, capture, rates: withRate(state.rates, stats) })),
  setCapture: (capture) => set({ capture }),
})

function withRate(rates: readonly RatePoint[], stats: Stats): readonly RatePoint[] {
  const previous = rates.at(-1)
  // Some messages come between two seconds: one point a second is enough for a chart.
  if (previous !== undefined && Date.parse(stats.asOf) - Date.parse(previous.at) < 900) return rates
  return [...rates.slice(1 - RATE_POINTS), { at: stats.asOf, packetsPerSecond: stats.packetsPerSecond, lost: lostPackets(stats) }]
}

/** All packets that went by unseen, whatever the cause. */
export function lostPackets({ dropped }: Stats): number {
  return dropped.ring + dropped.interface + dropped.engine
}
