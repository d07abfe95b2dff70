import { useState } from 'react'
import type { ApiError, Packet, Page } from '@ctscope/server/api/rest'
import { endpoint, icmpWord } from '../../format/address.ts'
import { count, counted } from '../../format/number.ts'
import { clockTime } from '../../format/time.ts'
import { request } from '../../live/client.ts'
import { useSubscription } from '../../live/use-subscription.ts'
import { navigate } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import { EMPTY_FEED } from '../../store/feed.ts'
import { FeedTable, type FeedColumn } from '../../ui/FeedTable.tsx'
import { Endpoint } from '../../ui/Endpoint.tsx'
import { ErrorNotice, Notice } from '../../ui/Notice.tsx'
import { StateMark } from '../../ui/StateMark.tsx'
import { ViewHead, type QuickFilter } from '../../ui/ViewHead.tsx'
import { windowSentence } from '../../words/window-reasons.ts'
import { PacketPanel } from './PacketPanel.tsx'

const HANDLER = {
  snapshot: ({ items }: { items: Packet[] }) => {
    useStore.getState().setPackets(items)
    void fetchOlder()
  },
  delta: ({ items, skipped }: { items: Packet[]; skipped: number }) => useStore.getState().addPackets(items, skipped),
  error: (packetsError: ApiError) => useStore.setState({ packetsError }),
}

/** The stream begins with what comes now: what the engines keep from before is asked for. */
async function fetchOlder(): Promise<void> {
  const { filter } = useStore.getState().route
  try {
    const { items } = await request<Page<Packet>>('GET', `packets?limit=1000&filter=${encodeURIComponent(filter)}`)
    if (useStore.getState().route.filter === filter) useStore.getState().addOlderPackets(items)
  } catch {
    // The stream goes on without them; a wrong filter is told by the subscription.
  }
}

const QUICK: readonly QuickFilter[] = [
  { title: 'All', filter: '' },
  { title: 'INVALID', filter: 'ct.state == INVALID', state: 'INVALID' },
  { title: 'Without a connection', filter: '!id' },
  { title: 'Would be dropped', filter: 'drop' },
  { title: 'RELATED', filter: 'ct.state == RELATED', state: 'RELATED' },
]

const COLUMNS: readonly FeedColumn<Packet>[] = [
  { id: 'time', title: 'Time', track: '124px', mono: true, cell: ({ at }) => <span className="dim">{clockTime(at, 6)}</span> },
  { id: 'state', title: 'State', track: '128px', cell: ({ state }) => <StateMark state={state} /> },
  { id: 'proto', title: 'Proto', track: '52px', from: 1000, cell: ({ l4 }) => <span className="dim">{l4 ?? '–'}</span> },
  {
    id: 'from',
    title: 'From',
    track: 'minmax(146px, 1.2fr)',
    mono: true,
    cell: ({ src, sport, l4 }) => (src === null ? '' : <Endpoint address={src} port={sport} l4={l4} />),
  },
  {
    id: 'to',
    title: 'To',
    track: 'minmax(146px, 1.2fr)',
    mono: true,
    cell: ({ dst, dport, l4 }) => (dst === null ? '' : <Endpoint address={dst} port={dport} l4={l4} />),
  },
  { id: 'what', title: 'What', track: '142px', from: 620, cell: (packet) => packetWhat(packet) },
  {
    id: 'after',
    title: 'State after',
    track: '108px',
    mono: true,
    from: 900,
    cell: ({ stateAfter }) => <span className="dim">{stateAfter}</span>,
  },
  {
    id: 'connection',
    title: 'Connection',
    track: '92px',
    from: 760,
    cell: ({ connection }) => (connection === null ? <span className="faint">none</span> : <span className="link">#{connection}</span>),
  },
  { id: 'reason', title: 'Reason', track: 'minmax(120px, 2fr)', from: 620, cell: (packet) => <PacketReason packet={packet} /> },
]

/** The latest packets with state and reason: those without a connection have no other place. */
export function PacketsView() {
  const filter = useStore((state) => state.route.filter)
  const feed = useStore((state) => state.packets)
  const skipped = useStore((state) => state.packetsSkipped)
  const error = useStore((state) => state.packetsError)
  const [read, setRead] = useState<Packet | null>(null)
  useSubscription<'packets'>({ topic: 'packets', filter }, HANDLER)
  const open = (packet: Packet) => {
    if (packet.connection === null) {
      setRead(packet)
      if (useStore.getState().route.connection !== null) navigate({ connection: null })
    } else {
      setRead(null)
      navigate({ connection: packet.connection, tab: 'ladder' })
    }
  }
  const isOtherOpen = useStore((state) => state.route.connection !== null)
  return (
    <div className={`view ${read !== null && !isOtherOpen ? 'view-split' : ''}`}>
      <div className="view-main">
        <PacketsHead />
        {error !== null ? (
          <ErrorNotice error={error} />
        ) : (
          <FeedTable
            label="Packets"
            feed={feed ?? EMPTY_FEED}
            columns={COLUMNS}
            narrowCell={narrowPacket}
            rowClass={({ state, wouldDrop }) => (state === 'INVALID' || wouldDrop !== null ? 'wrong' : '')}
            isPicked={(packet) => packet === read}
            onOpen={open}
            line={
              <>
                The newest first, {counted(feed?.items.length ?? 0, 'packet')} here
                {skipped > 0 && `; ${count(skipped)} more came faster than the page is sent them`}
              </>
            }
            empty={<NoPackets isLoaded={feed !== null} filter={filter} />}
          />
        )}
      </div>
      {read !== null && !isOtherOpen && <PacketPanel packet={read} close={() => setRead(null)} />}
    </div>
  )
}

function PacketsHead() {
  const stats = useStore((state) => state.stats)
  const title =
    stats === null
      ? 'Packets'
      : stats.states.INVALID === 0
        ? `None of ${counted(stats.packets, 'packet')} was INVALID`
        : `${count(stats.states.INVALID)} of ${counted(stats.packets, 'packet')} ${stats.states.INVALID === 1 ? 'was' : 'were'} INVALID`
  return <ViewHead title={title} quick={QUICK} />
}

function NoPackets({ isLoaded, filter }: { isLoaded: boolean; filter: string }) {
  if (!isLoaded) return <Notice title="Waiting for packets …" />
  return filter === '' ? (
    <Notice title="No packet yet.">
      <p>The capture bar above says what is captured, and whether it runs.</p>
    </Notice>
  ) : (
    <Notice title="No packet that is kept matches.">
      <p>New ones that match appear here as they come.</p>
    </Notice>
  )
}

/** Flags and length: what kind of packet it is. */
export function packetWhat({ l4, tcpFlags, payloadLength, dport }: Packet) {
  if (l4 === 'icmp' || l4 === 'icmpv6') return icmpWord(l4, dport)
  return (
    <>
      {tcpFlags} <span className="dim">{payloadLength > 0 || tcpFlags === '' ? `${count(payloadLength)} B` : ''}</span>
    </>
  )
}

function PacketReason({ packet }: { packet: Packet }) {
  const tone = packet.state === 'INVALID' ? 'INVALID' : packet.wouldDrop !== null ? 'warn' : 'dim'
  return (
    <span className={`clip ${tone}`} title={packet.reason.text}>
      {packet.wouldDrop !== null && 'would be dropped: '}
      {windowSentence(packet.reason) ?? packet.reason.text}
    </span>
  )
}

function narrowPacket(packet: Packet) {
  return (
    <>
      <div>
        <StateMark state={packet.state} />
        <span className="small">{packetWhat(packet)}</span>
        <span className="mono dim grow">{clockTime(packet.at, 3)}</span>
      </div>
      <div className="mono">
        {packet.state === 'INVALID' ? (
          <PacketReason packet={packet} />
        ) : (
          <span className="clip">
            {packet.src === null ? '' : endpoint(packet.src, packet.sport, packet.l4)} →{' '}
            {packet.dst === null ? '' : endpoint(packet.dst, packet.dport, packet.l4)}
          </span>
        )}
      </div>
    </>
  )
}
