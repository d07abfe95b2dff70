import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { END_CAUSE_NAMES, REASONS, type ReasonArgs } from '../model/index.ts'
import { decodeCommand, decodeMessage, encodeCommand, MessageEncoder } from './codec.ts'
import { FrameReader, MAX_ENGINE_FRAME_BYTES } from './frame.ts'
import { CONNECTION_BYTES, PACKET_BYTES, TRANSITION_BYTES } from './record-codec.ts'
import type {
  Batch,
  ConnectionRecord,
  EngineCommand,
  EngineMessage,
  EngineStats,
  ExpectationRecord,
  FtpRecord,
  PacketRecord,
  TransitionRecord,
} from './records.ts'

const u8 = fc.integer({ min: 0, max: 0xff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const count = fc.maxSafeNat()
const below = <T extends number>(n: number) => fc.nat(n - 1) as fc.Arbitrary<T>
const address = (l3: number) => fc.uint8Array({ minLength: l3 === 0 ? 0 : l3 === 4 ? 4 : 16, maxLength: l3 === 0 ? 0 : l3 === 4 ? 4 : 16 })
const reason = { reason: u16, reasonArgs: fc.tuple(u32, u32, u32, u32) as fc.Arbitrary<ReasonArgs> }
const pair = fc.tuple(count, count)
const family = <T>(make: (l3: 4 | 6) => fc.Arbitrary<T>) => fc.constantFrom(4 as const, 6 as const).chain(make)

const connection: fc.Arbitrary<ConnectionRecord> = family(
  (l3) =>
  fc.record({
    id: count, zone: u32, l3: fc.constant(l3), l4: u8, src: address(l3), dst: address(l3), sport: u16, dport: u16,
    replySport: u16, replyDport: u16, status: u16, protoState: u8, ctState: below(6),
    helper: fc.constantFrom('', 'ftp', 'netbios-ns', 'Q.931'), master: count, packets: pair, bytes: pair, invalidPackets: u32,
    deadlineMs: count, timeoutS: u32, firstSeenUs: count, lastSeenUs: count, uncertainSinceUs: count,
    lastPacket: fc.integer({ min: -1, max: 2 ** 40 }), ...reason,
  }), // prettier-ignore
)

const transition = fc.record({
  seq: count, seconds: u32, nanoseconds: fc.nat(999_999_999), kind: below(5), bits: u16, connection: count, expectation: count,
  packet: fc.integer({ min: -1, max: 2 ** 40 }), dir: below(2), fromCtState: below(6), toCtState: below(6), fromProtoState: u8,
  toProtoState: u8, status: u16, timeoutS: u32, cause: below(8), ...reason,
}) as fc.Arbitrary<TransitionRecord> // prettier-ignore

const packet = fc.constantFrom(0 as const, 4 as const, 6 as const).chain(
  (l3) =>
  fc.record({
    index: count, seconds: u32, nanoseconds: fc.nat(999_999_999), wireLen: u32, capLen: u32, ifIndex: u32, l3: fc.constant(l3),
    l4: u8, src: address(l3), dst: address(l3), sport: u16, dport: u16, connection: count, ctState: below(6), dir: below(2),
    protoStateAfter: u8, tcpFlags: u16, seq: u32, ack: u32, window: u32, payloadLen: u32, wouldDrop: below(5), ...reason,
  }), // prettier-ignore
) as fc.Arbitrary<PacketRecord>

const expectation = family(
  (l3) =>
  fc.record({
    id: count, zone: u16, master: count, l3: fc.constant(l3), l4: u8, src: address(l3), dst: address(l3), sport: u16, dport: u16,
    maskSrc: address(l3), maskSport: u16, class: u8, flags: u8, helper: fc.constant('ftp'), timeoutS: u16, deadlineMs: count,
    raisedUs: count, packet: count,
  }), // prettier-ignore
) as fc.Arbitrary<ExpectationRecord>

const ftp = fc.record({
  connection: count, seconds: u32, nanoseconds: u32, packet: count, dir: below(2), kind: fc.constantFrom('command', 'reply', 'tls'),
  text: fc.string({ unit: 'grapheme' }),
}) as fc.Arbitrary<FtpRecord> // prettier-ignore

const STATS: EngineStats = {
  packets: 5, bytes: 700, states: [0, 1, 2, 0, 0, 0], reasons: { 3: 1 }, decode: [5], dropped: { ring: 0, interface: 0, engine: 0 },
  received: 5, entries: 2, limit: 262144, expectations: 0, transitions: 4, earlyDrops: 0, fragmentsHeld: 0, limits: { 'packets-skipped': 2 },
} // prettier-ignore

const batch: fc.Arbitrary<Batch> = fc.record({
  seq: count, clockMs: count, packetUs: count, wallUs: count, born: fc.array(connection), changed: fc.array(connection),
  ended: fc.array(fc.record({ record: connection, cause: below(END_CAUSE_NAMES.length), atUs: count })),
  transitions: fc.array(transition), expectationsRaised: fc.array(expectation),
  expectationsEnded: fc.array(fc.record({ id: count, cause: below(8), atUs: count, child: count, packet: count })),
  ftp: fc.array(ftp), packets: fc.array(packet), packetsSkipped: count, stats: fc.constant(STATS),
}) // prettier-ignore

/** What comes out of a stream cut into pieces of these lengths. */
function receive(stream: Buffer, pieces: readonly number[]): EngineMessage[] {
  const messages: EngineMessage[] = []
  const reader = new FrameReader(MAX_ENGINE_FRAME_BYTES, (kind, body) => messages.push(decodeMessage(kind, body)))
  let at = 0
  for (let i = 0; at < stream.length; i++) {
    const next = at + (pieces[i % pieces.length] ?? stream.length)
    reader.push(stream.subarray(at, next))
    at = next
  }
  return messages
}

const oneBatch = fc.sample(batch, { numRuns: 40, seed: 7 }).find((b) => b.born.length * b.ended.length * b.packets.length > 0)!

describe('messages of an engine', () => {
  it('come out as they went in, several in a row and however they were cut', () => {
    const encoder = new MessageEncoder()
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }),
        (batches, pieces) => {
          const sent = batches.map((b): EngineMessage => ({ type: 'batch', batch: b }))
          expect(receive(Buffer.concat(sent.map((m) => encoder.encode(m))), pieces)).toEqual(sent)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('may be split after every single byte', () => {
    const sent: EngineMessage[] = [
      { type: 'source', state: 'down', note: 'grüße' },
      { type: 'batch', batch: oneBatch },
      { type: 'answer', request: 9, packets: oneBatch.packets },
      { type: 'answer', request: 10, error: { code: 'ERR_BPF', message: 'syntax error', hint: '' } },
    ]
    const encoder = new MessageEncoder()
    expect(receive(Buffer.concat(sent.map((m) => encoder.encode(m))), [1])).toEqual(sent)
  })

  it('have records of the sizes that the layout says', () => {
    const encoder = new MessageEncoder()
    const empty = { ...oneBatch, born: [], changed: [], ended: [], transitions: [], packets: [] }
    const length = (change: Partial<Batch>) => encoder.encode({ type: 'batch', batch: { ...empty, ...change } }).length
    const plain = { ...oneBatch.born[0]!, helper: '' }
    expect(length({ born: [plain, plain] }) - length({})).toBe(2 * CONNECTION_BYTES)
    expect(length({ packets: oneBatch.packets }) - length({})).toBe(oneBatch.packets.length * PACKET_BYTES)
    const [one] = fc.sample(transition, 1)
    expect(length({ transitions: [one!] }) - length({})).toBe(TRANSITION_BYTES)
  })

  it('are refused when cut short, whatever is missing', () => {
    const body = new MessageEncoder().encode({ type: 'batch', batch: oneBatch }).subarray(5)
    for (let length = 0; length < body.length; length += 1 + (length >> 6)) {
      expect(() => decodeMessage(2, body.subarray(0, length)), `${length} bytes`).toThrow(expect.objectContaining({ code: 'ERR_IPC' }))
    }
  })

  it('fail with a coded error, and with no other, when bytes are bent', () => {
    const body = new MessageEncoder().encode({ type: 'batch', batch: oneBatch }).subarray(5)
    fc.assert(
      fc.property(fc.nat(body.length - 1), u8, (at, value) => {
        const bent = Buffer.from(body)
        bent[at] = value
        try {
          expect(decodeMessage(2, bent).type).toBe('batch')
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_IPC' })
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['an unknown kind', 77, '{}'],
    ['no JSON', 1, '{'],
    ['no object', 1, '3'],
    ['an unknown type', 1, '{"type":"open"}'],
    ['a batch as JSON', 1, '{"type":"batch"}'],
    ['a ready without its fields', 1, '{"type":"ready","ready":{}}'],
    ['a state that there is not', 1, '{"type":"source","state":"odd","note":""}'],
    ['an error without a code', 1, '{"type":"failed","error":{"message":"x"}}'],
  ])('are refused: %s', (_, kind, text) => {
    expect(() => decodeMessage(kind, Buffer.from(text))).toThrow(expect.objectContaining({ code: 'ERR_IPC' }))
  })
})

describe('what is rare in a batch', () => {
  const negotiation = { mode: 'PASV', address: '10.0.0.2', port: 5000, expectation: 1, reason: 0, reasonArgs: [0, 0, 0, 0] } as const
  const line: FtpRecord = { connection: 1, seconds: 1, nanoseconds: 2, packet: 3, dir: 1, kind: 'negotiation', text: '', negotiation }
  const [raised] = fc.sample(expectation, { numRuns: 1, seed: 1 }) as [ExpectationRecord]
  const end = { id: 1, cause: 1, atUs: 5, child: 2, packet: -1 } as const
  const send = (change: object) => {
    const whole = { ...oneBatch, ftp: [line], expectationsRaised: [raised], expectationsEnded: [end], ...change } as Batch
    return receive(new MessageEncoder().encode({ type: 'batch', batch: whole }), [1000])
  }

  it('comes out as it went in', () => {
    expect(send({})).toMatchObject([{ batch: { ftp: [line], expectationsRaised: [raised], expectationsEnded: [end] } }])
  })

  it.each<[string, object]>([
    ['stats without counts', { stats: { ...STATS, packets: 'many' } }],
    ['too few states', { stats: { ...STATS, states: [1] } }],
    ['no drops', { stats: { ...STATS, dropped: null } }],
    ['limits that are no numbers', { stats: { ...STATS, limits: { x: {} } } }],
    ['a line of no kind', { ftp: [{ ...line, kind: 'shout' }] }],
    ['a line without text', { ftp: [{ ...line, text: 5 }] }],
    ['a negotiation of nothing', { ftp: [{ ...line, negotiation: undefined }] }],
    ['a negotiation of another mode', { ftp: [{ ...line, negotiation: { ...negotiation, mode: 'TELEPATHY' } }] }],
    ['a port beyond all', { ftp: [{ ...line, negotiation: { ...negotiation, port: 70_000 } }] }],
    ['reasons without their numbers', { ftp: [{ ...line, negotiation: { ...negotiation, reasonArgs: [1] } }] }],
    ['an expectation of no family', { expectationsRaised: [{ ...raised, l3: 5 }] }],
    ['an address of the other family', { expectationsRaised: [{ ...raised, src: new Uint8Array(raised.l3 === 4 ? 16 : 4) }] }],
    ['an expectation without a helper', { expectationsRaised: [{ ...raised, helper: null }] }],
    ['an id that is none', { expectationsEnded: [{ ...end, id: -1 }] }],
    ['a cause beyond all', { expectationsEnded: [{ ...end, cause: 99 }] }],
    ['something that is no list', { ftp: { length: 1 } }],
  ])('is refused: %s', (_, change) => {
    expect(() => send(change)).toThrow(expect.objectContaining({ code: 'ERR_IPC' }))
  })
})

describe('a frame', () => {
  it.each([
    ['without a kind', 0],
    ['longer than the bound', 1000],
  ])('%s is refused before its bytes are waited for', (_, length) => {
    const header = Buffer.alloc(4)
    header.writeUInt32LE(length)
    const reader = new FrameReader(1000, () => undefined)
    expect(() => reader.push(header)).toThrow(expect.objectContaining({ code: 'ERR_IPC' }))
  })

  it('of exactly the bound passes', () => {
    const frame = Buffer.alloc(1000)
    frame.writeUInt32LE(996)
    frame[4] = 3
    const seen: [number, number][] = []
    new FrameReader(1000, (kind, body) => seen.push([kind, body.length])).push(frame)
    expect(seen).toEqual([[3, 995]])
  })
})

describe('commands', () => {
  const commands: EngineCommand[] = [
    { type: 'filter', request: 1, filter: 'tcp port 21' },
    { type: 'packets', request: 2, before: Infinity, limit: 100 },
    { type: 'packets', request: 3, before: 17, limit: 100 },
    { type: 'stop' },
  ]
  it.each(commands)('come out as they went in: $type', (command) => {
    const frame = encodeCommand(command)
    expect(decodeCommand(frame[4]!, frame.subarray(5))).toEqual(command)
  })

  it('of an unknown type are refused', () => {
    expect(() => decodeCommand(1, Buffer.from('{"type":"exec"}'))).toThrow(expect.objectContaining({ code: 'ERR_IPC' }))
  })
})

it('a reason goes over the wire in 16 bits', () => {
  expect(REASONS.length).toBeLessThan(0x10000)
})
