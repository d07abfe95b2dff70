/** SCTP associations that go a way down the usual road, and then meet chunks that do not belong there (CONNTRACK.md 5.5). */
import { Chunk } from '../../../src/conntrack/proto/sctp-table.ts'
import { L4 } from '../../../src/model/index.ts'
import { be16, be32, type Bytes, bytes } from '../../support/packet-builder.ts'
import { type Conversation, type Side, type Traffic } from './traffic.ts'

type Step = readonly [Side, number]

const SACK = 3
const ASTRAY = [...Object.values(Chunk), Chunk.Data, SACK]
const SETUP: readonly Step[] = [
  [0, Chunk.Init],
  [1, Chunk.InitAck],
  [0, Chunk.CookieEcho],
  [1, Chunk.CookieAck],
]
/** A road to each state. */
const ROADS: readonly (readonly Step[])[] = [
  SETUP.slice(0, 1),
  SETUP.slice(0, 2),
  SETUP.slice(0, 3),
  SETUP,
  [...SETUP, [0, Chunk.Heartbeat], [1, Chunk.HeartbeatAck]],
  [...SETUP, [0, Chunk.Shutdown]],
  [...SETUP, [1, Chunk.Shutdown]],
  [...SETUP, [0, Chunk.Shutdown], [1, Chunk.ShutdownAck]],
  [...SETUP, [1, Chunk.Shutdown], [0, Chunk.ShutdownAck], [1, Chunk.ShutdownComplete]],
  [...SETUP, [0, Chunk.Abort]],
  [[0, Chunk.Heartbeat]],
  [[0, Chunk.Heartbeat]],
  [[0, Chunk.ShutdownAck]],
]

export function* association(traffic: Traffic): Conversation {
  const { random } = traffic
  const hosts = traffic.hosts(true)
  const ports = [traffic.port(), random.pick([traffic.port(), 38412])] as const
  const tag = () => random.range(1, 2 ** 32)
  const tags: [number, number] = [tag(), tag()]

  const send = (side: Side, type: number, isRight: boolean, rightTag = 0.85): void => {
    const other = side === 0 ? 1 : 0
    const announces = type === Chunk.Init || type === Chunk.InitAck
    const own = isRight || random.chance(0.7) ? tags[side] : tag()
    const body = announces ? bytes(be32(own), be32(65535), be16(10), be16(10), be32(1)) : new Uint8Array(random.pick([0, 0, 4, 12]))
    const expected = type === Chunk.Init ? 0 : tags[other]
    const sent = isRight || random.chance(rightTag) ? expected : random.pick([0, 0, tags[side], tag()])
    const chunks = [chunk(type, body, !isRight && random.chance(0.1) ? 1 : 0)]
    if (!isRight && random.chance(0.05)) chunks.push(chunk(random.pick(ASTRAY), [], 0))
    const packet = bytes(be16(ports[side]), be16(ports[other]), be32(sent), be32(0), ...chunks)
    traffic.ip(hosts[side], hosts[other], L4.Sctp, isRight ? packet : traffic.bent(packet))
  }

  const road = random.chance(0.15) ? [] : random.pick(ROADS)
  // Where a side's tag is not known yet, 0 gets further than what is its own.
  const rightTag = road.length > 1 ? 0.85 : 0.4
  for (const [side, type] of road) {
    send(side, type, true)
    yield
  }
  for (let i = random.range(1, 5); i > 0; i--) {
    send(random.pick([0, 1]), random.pick(ASTRAY), false, rightTag)
    yield
  }
}

function chunk(type: number, body: Bytes, flags: number): Buffer {
  return bytes([type, flags], be16(4 + body.length), body, new Uint8Array(-body.length & 3))
}
