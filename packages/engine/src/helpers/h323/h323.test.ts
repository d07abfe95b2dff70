import { describe, expect, it } from 'vitest'
import { type Encodable, encodePer } from '../../../test/parity/generate/per-encoder.ts'
import { address, be16, bytes } from '../../../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../../../test/support/scenario.ts'
import { expectationsOf, Talk } from '../../../test/support/talk.ts'
import { RAS_MESSAGE, USER_INFORMATION } from './h225-types.ts'
import { H245_MESSAGE } from './h245-types.ts'

const VERSION = bytes([0x00, 0x08, 0x91, 0x4a, 0x00, 0x04])
const OTHER = '10.1.0.9'
const PLAIN_ENDPOINT = { mc: false, undefinedNode: false }
const VENDOR = { vendor: { t35CountryCode: 181, t35Extension: 0, manufacturerCode: 21324 } }

const h225 = (port: number, host = CLIENT): Encodable => ({ ipAddress: { ip: address(host), port } })
const h245 = (port: number, host = CLIENT): Encodable => ({
  unicastAddress: { iPAddress: { network: address(host), tsapIdentifier: port } },
})
const expected = (port: number, flags = '', host = CLIENT) => `${SERVER}:0>${host}:${port} class 0${flags}`

const tpkt = (message: Uint8Array) => bytes([3, 0], be16(message.length + 4), message)
function q931(body: Encodable, more: Record<string, Encodable> = {}): Buffer {
  const information = encodePer(USER_INFORMATION, { 'h323-uu-pdu': { 'h323-message-body': body, ...more } })
  return bytes([8, 2, 0, 1, 5, 0x04, 3, 0x88, 0x93, 0xa5, 0x7e], be16(information.length + 1), [5], information)
}
function openChannel(port: number, more: Record<string, Encodable> = {}): Encodable {
  const h2250LogicalChannelParameters = { sessionID: 1, mediaChannel: h245(port) }
  const parameters = { dataType: { audioData: { g711Ulaw64k: 20 } }, multiplexParameters: { h2250LogicalChannelParameters } }
  return { forwardLogicalChannelNumber: 1, forwardLogicalChannelParameters: parameters, ...more }
}
const callProceeding = (fields: Record<string, Encodable>): Encodable => ({
  callProceeding: { protocolIdentifier: VERSION, destinationInfo: PLAIN_ENDPOINT, ...fields },
})

function signalling(...segments: Uint8Array[]): Scenario {
  const s = new Scenario({ port: 1720 })
  const talk = new Talk(s)
  for (const segment of segments) talk.say('A', segment)
  return s
}

describe('CONNTRACK.md 8.8: Q.931', () => {
  it.each<[string, Encodable]>([
    ['CallProceeding', callProceeding({ h245Address: h225(6000) })],
    ['Alerting', { alerting: { protocolIdentifier: VERSION, destinationInfo: PLAIN_ENDPOINT, h245Address: h225(6000) } }],
    [
      'Connect',
      {
        connect: {
          protocolIdentifier: VERSION,
          h245Address: h225(6000),
          destinationInfo: PLAIN_ENDPOINT,
          conferenceID: new Uint8Array(16),
        },
      },
    ],
    ['Facility', { facility: { protocolIdentifier: VERSION, reason: { undefinedReason: null }, h245Address: h225(6000) } }],
  ])('%s: H.245’s address is expected', (_, body) => {
    expect(expectationsOf(signalling(tpkt(q931(body))))).toEqual([expected(6000)])
  })

  it('the connection that meets it gets the H.245 helper, and its channels are expected', () => {
    const s = signalling(tpkt(q931(callProceeding({ h245Address: h225(6000) }))))
    const ports = { aPort: 6000, bPort: 7000 }
    expect(s.tcp('B:S100', ports)).toBe('R')
    s.tcp('A:SA200/101', ports)
    s.tcp('B:A101/201', ports)
    const olc = encodePer(H245_MESSAGE, { request: { openLogicalChannel: openChannel(5001) } })
    s.tcp('A:PA201/101', { ...ports, payload: tpkt(olc) })
    expect(expectationsOf(s)).toEqual([expected(5001), expected(5000)])
  })

  it('fastStart and tunnelled H.245', () => {
    const control = [{ request: { openLogicalChannel: openChannel(5100) } }]
    const body = callProceeding({ fastStart: [openChannel(5000), openChannel(5010)] })
    const s = signalling(tpkt(q931(body, { h245Tunneling: Uint8Array.of(0x80), h245Control: control })))
    expect(expectationsOf(s)).toEqual([5101, 5100, 5011, 5010, 5001, 5000].map((port) => expected(port)))
  })

  it('a forwarded call goes to anyone’s address', () => {
    const body = { facility: { protocolIdentifier: VERSION, alternativeAddress: h225(1720, OTHER), reason: { callForwarded: null } } }
    expect(expectationsOf(signalling(tpkt(q931(body))))).toEqual([expected(1720, '', OTHER)])
  })

  it('header and message in segments of their own; two messages in one', () => {
    const first = tpkt(q931(callProceeding({ h245Address: h225(6000) })))
    const second = tpkt(q931(callProceeding({ h245Address: h225(6001) })))
    expect(expectationsOf(signalling(first.subarray(0, 4), first.subarray(4)))).toEqual([expected(6000)])
    expect(expectationsOf(signalling(bytes(first, second)))).toEqual([expected(6001), expected(6000)])
  })

  it.each([
    ['another host’s address', q931(callProceeding({ h245Address: h225(6000, OTHER) })), 'ANNOUNCED_ADDRESS_DIFFERS'],
    ['port 0', q931(callProceeding({ h245Address: h225(0) })), 'ANNOUNCED_PORT_ZERO'],
    ['cut', q931(callProceeding({ h245Address: h225(6000) })).subarray(0, -1), 'H323_UNDECODABLE'],
    ['another protocol', bytes([9], q931(callProceeding({ h245Address: h225(6000) })).subarray(1)), 'H323_UNDECODABLE'],
  ])('%s: none', (_, message, code) => {
    const s = signalling(tpkt(message))
    expect([s.expectations, s.whyCode, s.wouldDrop]).toEqual([0, code, ''])
  })
})

describe('CONNTRACK.md 8.8: RAS', () => {
  const header = { requestSeqNum: 5, protocolIdentifier: VERSION }
  const say = (s: Scenario, side: 'A' | 'B', message: Encodable) =>
    s.udp(side, { srcPort: 1719, dstPort: 1719, payload: encodePer(RAS_MESSAGE, message) })
  const request = (...addresses: Encodable[]): Encodable => ({
    registrationRequest: {
      ...header,
      discoveryComplete: true,
      callSignalAddress: addresses,
      rasAddress: [h225(1719)],
      terminalType: PLAIN_ENDPOINT,
      endpointVendor: VENDOR,
    },
  })
  const confirm: Encodable = {
    registrationConfirm: {
      ...header,
      callSignalAddress: [],
      endpointIdentifier: bytes([0, 0x65]),
      timeToLive: 60,
      alternateGatekeeper: undefined,
    },
  }

  it('a registration: the first own address, permanent; RCF sets its time and the connection’s', () => {
    const s = new Scenario()
    say(s, 'A', request(h225(0), h225(1720, OTHER), h225(1721), h225(1722)))
    expect(expectationsOf(s)).toEqual([expected(1721, ' PERMANENT')])
    // The kernel needs a byte after the time to live.
    s.udp('B', { srcPort: 1719, dstPort: 1719, payload: bytes(encodePer(RAS_MESSAGE, confirm), [0]) })
    expect(s.entry).toBe('60 HELPER')
    s.wait(59_000).expire()
    expect(s.expectations).toBe(1)
    s.wait(1000).expire()
    expect(s.expectations).toBe(0)
  })

  it('an unregistration takes everything back and leaves 30 s', () => {
    const s = new Scenario()
    say(s, 'A', request(h225(1721)))
    say(s, 'B', { registrationConfirm: { ...header, callSignalAddress: [], endpointIdentifier: bytes([0, 0x65]) } })
    expect(s.entry).toBe('300 HELPER')
    say(s, 'A', { unregistrationRequest: { requestSeqNum: 6, callSignalAddress: [h225(1721)] } })
    expect([s.expectations, s.entry]).toEqual([0, '30 HELPER'])
  })

  it.each<[string, Encodable, string[]]>([
    ['GatekeeperConfirm', { gatekeeperConfirm: { ...header, rasAddress: h225(7777, OTHER) } }, [`${CLIENT}:0>${OTHER}:7777 class 0`]],
    ['GatekeeperConfirm of the address itself', { gatekeeperConfirm: { ...header, rasAddress: h225(1719, SERVER) } }, []],
    [
      'LocationConfirm',
      { locationConfirm: { requestSeqNum: 5, callSignalAddress: h225(1720, OTHER), rasAddress: h225(1719) } },
      [`${CLIENT}:0>${OTHER}:1720 class 0 PERMANENT`],
    ],
    [
      'AdmissionConfirm',
      { admissionConfirm: { requestSeqNum: 5, bandWidth: 640, callModel: { direct: null }, destCallSignalAddress: h225(1720, OTHER) } },
      [`${CLIENT}:0>${OTHER}:1720 class 0 PERMANENT`],
    ],
    [
      'AdmissionConfirm to who answers',
      { admissionConfirm: { requestSeqNum: 5, bandWidth: 640, callModel: { direct: null }, destCallSignalAddress: h225(1720) } },
      [],
    ],
  ])('%s', (_, message, expectations) => {
    const s = new Scenario()
    say(s, 'A', request())
    say(s, 'B', message)
    expect(expectationsOf(s)).toEqual(expectations)
  })

  it('what cannot be decoded is let pass', () => {
    const s = new Scenario()
    s.udp('A', { srcPort: 1719, dstPort: 1719, payload: encodePer(RAS_MESSAGE, request(h225(1721))).subarray(0, 20) })
    expect([s.expectations, s.whyCode, s.wouldDrop]).toEqual([0, 'H323_UNDECODABLE', ''])
  })
})
