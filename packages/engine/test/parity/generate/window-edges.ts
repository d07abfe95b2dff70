/** TCP segments right at, before and past each bound of the window test, and repeats that differ in one field (CONNTRACK.md 4.7). */
import { L4 } from '../../../src/model/index.ts'
import { TcpFlag } from '../../../src/wire/tcp.ts'
import { be32, bytes, tcp } from '../../support/packet-builder.ts'
import type { Conversation, Side, Traffic } from './traffic.ts'

/** How far an acknowledgement may lie behind. */
const ACK_WINDOW = 66000
const { Ack, Fin, Psh, Rst, Syn } = TcpFlag

type Segment = { seq?: number; ack?: number; flags?: number; win?: number; length?: number; sackEdge?: number }

export function* windowEdges(traffic: Traffic): Conversation {
  const { random } = traffic
  const hosts = traffic.hosts(true)
  const ports = [traffic.port(), 80] as const
  const win = [random.pick([1, 512, 8192]), random.pick([1, 512, 8192])] as const
  const isScaled = random.chance(0.5)
  const scale = [isScaled ? random.pick([0, 2, 5]) : 0, isScaled ? random.pick([0, 2, 5]) : 0] as const
  const hasSack = random.chance(0.5)
  const next: [number, number] = [random.range(0, 2 ** 32), random.range(0, 2 ** 32)]

  const send = (side: Side, o: Segment): void => {
    const other = side === 0 ? 1 : 0
    const flags = o.flags ?? Ack
    const synOptions = [...(hasSack ? [4, 2] : []), ...(isScaled ? [3, 3, scale[side]] : [])]
    const options =
      o.sackEdge !== undefined ? bytes([1, 1, 5, 10], be32(o.sackEdge - 1), be32(o.sackEdge)) : flags & Syn ? Buffer.from(synOptions) : []
    const [srcPort, dstPort] = [ports[side], ports[other]]
    const seq = (o.seq ?? next[side]) >>> 0
    const ack = flags & Ack ? (o.ack ?? next[other]) >>> 0 : 0
    const payload = new Uint8Array(o.length ?? 0)
    traffic.ip(hosts[side], hosts[other], L4.Tcp, tcp({ srcPort, dstPort, seq, ack, flags, window: o.win ?? win[side], options, payload }))
  }
  const advance = (side: Side, by: number): void => {
    next[side] = (next[side] + by) >>> 0
  }

  send(0, { flags: Syn })
  advance(0, 1)
  yield
  send(1, { flags: Syn | Ack })
  advance(1, 1)
  yield
  send(0, {})
  yield
  for (let i = random.range(1, 8); i > 0; i--) {
    const side = random.pick([0, 1] as const)
    const other = side === 0 ? 1 : 0
    if (random.chance(0.5)) {
      const length = random.pick([1, 10, Math.min(win[other], 500)])
      send(side, { flags: Ack | Psh, length })
      advance(side, length)
      yield
    }
    // All is acknowledged: then the edges are known.
    send(other, {})
    yield
    const off = random.pick([-2, -1, 0, 1, 2])
    const room = win[other] * 2 ** scale[other]
    const behind = Math.max(ACK_WINDOW, win[side] * 2 ** scale[side])
    switch (random.range(0, 8)) {
      case 0:
        send(side, { seq: next[side] + room + off })
        break
      case 1: {
        const length = Math.min(Math.max(room + off, 0), 1200)
        send(side, { seq: next[side] + room + random.pick([0, 1]), length })
        break
      }
      case 2:
        send(side, { seq: next[side] - room + off })
        break
      case 3:
        send(side, { ack: next[other] - behind + off })
        break
      case 4:
        send(side, { ack: next[other] + off })
        break
      case 5:
        send(side, { ack: next[other] - 1, sackEdge: next[other] + off })
        break
      case 6:
        send(side, { flags: Rst | random.pick([0, Ack]), seq: next[side] + off })
        break
      default: {
        // Five of a kind, every other one with a single field changed.
        const [plain, changed] = random.pick<readonly [Segment, Segment]>([
          [{}, {}],
          [{}, { win: win[side] + 1 }],
          [{}, { ack: next[other] - 1 }],
          [{}, { seq: next[side] - 1, length: 1 }],
          [{ seq: next[side] - 1 }, { seq: next[side] - 1, length: 1 }],
        ])
        for (let k = 0; k < 5; k++) send(side, k % 2 === 0 ? plain : changed)
        yield
      }
    }
    yield
  }
  if (random.chance(0.5)) send(random.pick([0, 1]), { flags: Fin | Ack })
}
