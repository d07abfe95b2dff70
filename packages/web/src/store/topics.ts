/** What the views besides the connections table show; each part is replaced by the messages of its subscription. */
import type { ConnectionDetail } from '@ctscope/server/api/live'
import type { ApiError, Expectation, FtpSession, FtpSessionDetail, Packet, Transition } from '@ctscope/server/api/rest'
import type { StateCreator } from 'zustand'
import { engineTime } from './engine-time.ts'
import { appendToFeed, EMPTY_FEED, prependToFeed, type Feed } from './feed.ts'
import type { Store } from './index.ts'

/** An answer and when it was true on the engine's clock (ms since 1970). */
export type AsOf<T> = { value: T; asOf: number }

export type TopicsSlice = {
  detail: AsOf<ConnectionDetail> | null
  detailError: ApiError | null
  /** What was shown under this id before ctscope was started anew: ids begin again with it. */
  detailBefore: ConnectionDetail | null
  ftpSessions: readonly FtpSession[] | null
  ftpSession: AsOf<FtpSessionDetail> | null
  ftpSessionError: ApiError | null
  expectations: ReadonlyMap<number, AsOf<Expectation>> | null
  packets: Feed<Packet> | null
  /** Packets that matched but came faster than the page is sent them. */
  packetsSkipped: number
  packetsError: ApiError | null
  transitions: Feed<Transition> | null
  transitionsMissed: number
  transitionsError: ApiError | null

  setDetail: (detail: ConnectionDetail, asOf: string) => void
  setFtpSession: (session: FtpSessionDetail, asOf: string) => void
  setExpectations: (items: readonly Expectation[], asOf: string) => void
  changeExpectations: (items: readonly Expectation[], removed: readonly number[], asOf: string) => void
  setPackets: (items: readonly Packet[]) => void
  addPackets: (items: readonly Packet[], skipped: number) => void
  /** Those that are kept from before the subscription, the newest first. */
  addOlderPackets: (items: readonly Packet[]) => void
  setTransitions: (items: readonly Transition[], missed: number) => void
  addTransitions: (items: readonly Transition[]) => void
}

export const createTopicsSlice: StateCreator<Store, [], [], TopicsSlice> = (set) => ({
  detail: null,
  detailError: null,
  detailBefore: null,
  ftpSessions: null,
  ftpSession: null,
  ftpSessionError: null,
  expectations: null,
  packets: null,
  packetsSkipped: 0,
  packetsError: null,
  transitions: null,
  transitionsMissed: 0,
  transitionsError: null,

  setDetail: (value, asOf) => set(({ capture }) => ({ detail: { value, asOf: engineTime(capture, asOf) }, detailError: null })),
  setFtpSession: (value, asOf) => set(({ capture }) => ({ ftpSession: { value, asOf: engineTime(capture, asOf) }, ftpSessionError: null })),
  setExpectations: (items, asOf) => set(({ capture }) => ({ expectations: withExpectations(new Map(), items, engineTime(capture, asOf)) })),
  changeExpectations: (items, removed, asOf) =>
    set(({ expectations, capture }) => {
      const next = withExpectations(new Map(expectations), items, engineTime(capture, asOf))
      for (const id of removed) next.delete(id)
      return { expectations: next }
    }),
  setPackets: (items) => set({ packets: appendToFeed(EMPTY_FEED, items), packetsSkipped: 0, packetsError: null }),
  addPackets: (items, skipped) =>
    set(({ packets, packetsSkipped }) => ({
      packets: appendToFeed(packets ?? EMPTY_FEED, items),
      packetsSkipped: packetsSkipped + skipped,
    })),
  addOlderPackets: (items) =>
    set(({ packets }) => {
      const feed = packets ?? EMPTY_FEED
      const known = new Set(feed.items.map(packetKey))
      return { packets: prependToFeed(feed, items.filter((packet) => !known.has(packetKey(packet))).reverse()) }
    }),
  setTransitions: (items, missed) =>
    set({ transitions: appendToFeed(EMPTY_FEED, items), transitionsMissed: missed, transitionsError: null }),
  addTransitions: (items) => set(({ transitions }) => ({ transitions: appendToFeed(transitions ?? EMPTY_FEED, items) })),
})

function withExpectations(into: Map<number, AsOf<Expectation>>, items: readonly Expectation[], asOf: number) {
  for (const item of items) into.set(item.id, { value: item, asOf })
  return into
}

/** Frame numbers begin anew with each engine. */
function packetKey({ interface: name, index, at }: Packet): string {
  return `${name} ${index} ${at}`
}
