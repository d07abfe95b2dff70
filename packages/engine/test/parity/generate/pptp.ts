/** PPTP control dialogues and the GRE packets of their calls (CONNTRACK.md 8.6; RFC 2637), in and out of order. */
import { L4 } from '../../../src/model/index.ts'
import { be16, be32, type Bytes, bytes } from '../../support/packet-builder.ts'
import { type Conversation, type Hosts, type Side, TcpTalk, type Traffic } from './traffic.ts'

/** Body bytes by message type from 1 on. */
const BODY_LEN = [144, 144, 4, 4, 0, 0, 156, 20, 208, 12, 16, 4, 136, 28, 12]
/** Ids are few, so that calls of several connections clash. */
const CALL_IDS = [0, 1, 2, 3, 0x1111, 0x2222]

function control(type: number, ...fields: Bytes[]): Buffer {
  const body = bytes(...fields)
  const length = Math.max(body.length, BODY_LEN[type - 1] ?? 8)
  return bytes(be16(12 + length), be16(1), be32(0x1a2b3c4d), be16(type), be16(0), body, new Uint8Array(length - body.length))
}

function gre(traffic: Traffic, hosts: Hosts, from: Side, callId: number): void {
  const { random } = traffic
  const isPlain = random.chance(0.05)
  const payload = isPlain
    ? bytes(be16(0), be16(0x0800), 'abcd')
    : bytes(be16(0x3001), be16(random.chance(0.98) ? 0x880b : 0x0800), be16(4), be16(callId), 'abcd')
  traffic.ip(hosts[from], hosts[from === 0 ? 1 : 0], L4.Gre, payload)
}

export function* pptp(traffic: Traffic): Conversation {
  const { random } = traffic
  const hosts = traffic.hosts(false)
  const talk = new TcpTalk(traffic, hosts, [random.pick([traffic.port(), 4000, 4001]), 1723])
  yield* talk.open()
  const say = function* (side: Side, message: Buffer): Conversation {
    yield* talk.say(random.chance(0.97) ? side : side === 0 ? 1 : 0, traffic.bent(message))
  }
  const result = () => [random.chance(0.9) ? 1 : random.range(0, 4)]
  let pns = random.pick(CALL_IDS)
  let pac = random.pick(CALL_IDS)
  const ids = (own: number, peer: number) => bytes(be16(own), be16(random.chance(0.95) ? peer : peer ^ 1), result())
  if (random.chance(0.95)) yield* say(0, control(1))
  if (random.chance(0.95)) yield* say(1, control(2, be16(0x100), result()))
  for (let i = random.range(1, 5); i > 0; i--) {
    if (random.chance(0.6)) {
      if (random.chance(0.95)) yield* say(0, control(7, be16(pns)))
      yield* say(1, control(8, ids(pac, pns)))
    } else {
      if (random.chance(0.95)) yield* say(1, control(9, be16(pac)))
      yield* say(0, control(10, ids(pns, pac)))
      yield* say(1, control(11, be16(random.chance(0.95) ? pns : pns ^ 1)))
    }
    for (let packets = random.range(0, 6); packets > 0; packets--) {
      if (random.chance(0.5)) gre(traffic, hosts, 0, random.chance(0.9) ? pac : random.pick(CALL_IDS))
      else gre(traffic, hosts, 1, random.chance(0.9) ? pns : random.pick(CALL_IDS))
      yield
    }
    if (random.chance(0.2)) yield* say(random.pick([0, 1]), control(random.range(0, 17), be16(pns), be16(pac), result()))
    if (random.chance(0.3)) yield* say(0, control(12, be16(pns)))
    if (random.chance(0.4)) yield* say(1, control(13, be16(pac)))
    if (random.chance(0.5)) {
      pns = random.pick(CALL_IDS)
      pac = random.pick(CALL_IDS)
    }
  }
  if (random.chance(0.3)) yield* say(0, control(3, [1]))
  if (random.chance(0.3)) yield* say(1, control(4, result()))
  if (random.chance(0.4)) {
    // A reset, then the same ports anew: the entry is deleted with what belongs to it.
    talk.reset(0)
    yield* talk.open()
  }
}
