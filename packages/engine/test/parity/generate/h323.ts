/** H.323 (CONNTRACK.md 8.8): registrations by RAS, call signalling, and H.245 on its own connection, tunnelled and in fastStart. */
import { RAS_MESSAGE, USER_INFORMATION } from '../../../src/helpers/h323/h225-types.ts'
import { H245_MESSAGE } from '../../../src/helpers/h323/h245-types.ts'
import { address, be16, bytes } from '../../support/packet-builder.ts'
import { type Encodable, encodePer } from './per-encoder.ts'
import type { Random } from './random.ts'
import { attempt } from './simple-helpers.ts'
import { type Conversation, type Hosts, type Side, TcpTalk, type Traffic } from './traffic.ts'

const H225_VERSION = bytes([0x00, 0x08, 0x91, 0x4a, 0x00, 0x04])
const OTHER_V4 = '10.0.0.77'
const OTHER_V6 = 'fd00::77'
const GUID = new Uint8Array(16).fill(7)

/** An address and port that someone announces. */
type Place = { host: string; port: number }

export function* ras(traffic: Traffic): Conversation {
  const { random } = traffic
  const hosts = traffic.hosts(true)
  const port = random.pick([1719, traffic.port()])
  const say = function* (side: Side, message: Encodable): Conversation {
    const payload = traffic.bent(encodePer(RAS_MESSAGE, message))
    if (side === 0) traffic.udp(hosts[0], port, hosts[1], 1719, payload)
    else traffic.udp(hosts[1], 1719, hosts[0], port, payload)
    yield
  }
  for (let i = random.range(1, 8); i > 0; i--) {
    const side: Side = random.chance(0.9) ? 0 : 1
    const other: Side = side === 0 ? 1 : 0
    const own = place(random, hosts[side])
    switch (random.range(0, 6)) {
      case 0:
        yield* say(other, {
          gatekeeperConfirm: { ...header(random), gatekeeperIdentifier: maybe(random, wide('gk')), rasAddress: h225(own) },
        })
        if (random.chance(0.5))
          traffic.udp(hosts[side], traffic.port(), own.host, own.port, encodePer(RAS_MESSAGE, registration(random, hosts[side], [own])))
        break
      case 1:
      case 2: {
        const addresses = Array.from({ length: random.range(0, 4) }, () => place(random, hosts[side]))
        yield* say(side, registration(random, hosts[side], [...addresses, own]))
        if (random.chance(0.8)) yield* say(other, registered(random, own))
        if (random.chance(0.7)) yield* signalling(traffic, [hosts[other], own.host], own.port)
        break
      }
      case 3:
        yield* say(side, {
          unregistrationRequest: {
            requestSeqNum: random.range(1, 65536),
            callSignalAddress: [h225(own)],
            endpointAlias: maybe(random, aliases(random)),
            endpointIdentifier: maybe(random, wide('ep')),
          },
        })
        break
      case 4: {
        const target = place(random, hosts[other])
        const confirm = {
          requestSeqNum: 5,
          bandWidth: random.pick([0, 640, 1_000_000]),
          callModel: { direct: null },
          destCallSignalAddress: h225(target),
        }
        yield* say(other, {
          admissionConfirm: { ...confirm, irrFrequency: maybe(random, 120), nonStandardData: maybe(random, nonStandard()) },
        })
        if (random.chance(0.7)) yield* signalling(traffic, [hosts[side], target.host], target.port)
        break
      }
      default: {
        const target = place(random, hosts[other])
        const confirm = { requestSeqNum: 5, callSignalAddress: h225(target), rasAddress: h225(own) }
        yield* say(other, { locationConfirm: confirm })
        if (random.chance(0.7)) yield* signalling(traffic, [hosts[side], target.host], target.port)
      }
    }
  }
}

export function* h323(traffic: Traffic): Conversation {
  yield* signalling(traffic, traffic.hosts(true), 1720)
}

function* signalling(traffic: Traffic, hosts: Hosts, port: number): Conversation {
  const { random } = traffic
  if (hosts[0].includes(':') !== hosts[1].includes(':') || hosts[0] === hosts[1]) return
  const talk = new TcpTalk(traffic, hosts, [traffic.port(), port])
  yield* talk.open()
  for (let i = random.range(1, 6); i > 0; i--) {
    const side: Side = random.pick([0, 1])
    const other: Side = side === 0 ? 1 : 0
    const control = place(random, hosts[side])
    const messages = Array.from({ length: random.chance(0.15) ? 2 : 1 }, () => callMessage(random, hosts, side, control))
    yield* sayTpkt(
      traffic,
      talk,
      side,
      messages.map((message) => q931(random, encodePer(USER_INFORMATION, message))),
    )
    if (random.chance(0.5)) yield* mediaControl(traffic, [hosts[other], control.host], control.port)
  }
}

function* mediaControl(traffic: Traffic, hosts: Hosts, port: number): Conversation {
  const { random } = traffic
  if (hosts[0] === hosts[1] || hosts[0].includes(':') !== hosts[1].includes(':')) return
  const talk = new TcpTalk(traffic, hosts, [traffic.port(), port])
  yield* talk.open()
  for (let i = random.range(1, 5); i > 0; i--) {
    const side: Side = random.pick([0, 1])
    const media = place(random, hosts[side])
    yield* sayTpkt(traffic, talk, side, [encodePer(H245_MESSAGE, h245Message(random, media))])
    const from = hosts[side === 0 ? 1 : 0]
    for (const target of [media.port, media.port ^ 1]) if (random.chance(0.4)) traffic.udp(from, traffic.port(), media.host, target, 'rtp')
    if (random.chance(0.2)) yield* attempt(traffic, from, media.host, media.port)
    yield
  }
}

/** One segment of messages with their headers; a header alone now and then. */
function* sayTpkt(traffic: Traffic, talk: TcpTalk, side: Side, messages: readonly Buffer[]): Conversation {
  const { random } = traffic
  const framed = messages.map((message) => [bytes([3, 0], be16(message.length + 4)), traffic.bent(message)] as const)
  if (framed.length === 1 && random.chance(0.15)) {
    yield* talk.say(side, framed[0]![0])
    yield* talk.say(side, framed[0]![1])
  } else yield* talk.say(side, bytes(...framed.flat()))
}

function q931(random: Random, userInformation: Buffer): Buffer {
  const others = random.pick([bytes(), bytes([0x04, 0x03, 0x88, 0x93, 0xa5]), bytes([0x28, 0x02, 0x61, 0x00])])
  const type = random.pick([0x05, 0x07, 0x01, 0x02, 0x62])
  return bytes([0x08, 0x02, 0x00, 0x01, type], others, [0x7e], be16(userInformation.length + 1), [0x05], userInformation)
}

function callMessage(random: Random, hosts: Hosts, side: Side, control: Place): Encodable {
  const own = hosts[side]
  const protocolIdentifier = H225_VERSION
  const h245Address = random.chance(0.6) ? h225(control) : undefined
  const fastStart = random.chance(0.4)
    ? Array.from({ length: random.range(1, 4) }, () => openChannel(random, place(random, own)))
    : undefined
  const body: Encodable = random.pick([
    {
      setup: {
        protocolIdentifier,
        h245Address,
        fastStart,
        sourceAddress: maybe(random, aliases(random)),
        sourceInfo: endpoint(random),
        destinationAddress: maybe(random, aliases(random)),
        destCallSignalAddress: maybe(random, h225(place(random, hosts[side === 0 ? 1 : 0]))),
        destExtraCRV: maybe(random, [1, 2]),
        activeMC: false,
        conferenceID: GUID,
        conferenceGoal: random.pick([{ create: null }, { invite: null }]),
        callType: { pointToPoint: null },
        sourceCallSignalAddress: maybe(random, h225(place(random, own))),
        callIdentifier: bytes([0], GUID),
      },
    },
    { callProceeding: { protocolIdentifier, destinationInfo: endpoint(random), h245Address, fastStart } },
    { alerting: { protocolIdentifier, destinationInfo: endpoint(random), h245Address, fastStart } },
    { connect: { protocolIdentifier, h245Address, destinationInfo: endpoint(random), conferenceID: GUID, fastStart } },
    { information: { protocolIdentifier } },
    { releaseComplete: { protocolIdentifier } },
    {
      facility: {
        protocolIdentifier,
        h245Address,
        fastStart,
        alternativeAddress: maybe(random, h225(place(random, random.pick([own, own.includes(':') ? OTHER_V6 : OTHER_V4])))),
        conferenceID: maybe(random, GUID),
        reason: random.pick([{ callForwarded: null }, { routeCallToGatekeeper: null }, { undefinedReason: null }]),
      },
    },
    { progress: { protocolIdentifier, destinationInfo: endpoint(random), h245Address, callIdentifier: { guid: GUID }, fastStart } },
  ] as Encodable[])
  const tunnelled = random.chance(0.3)
    ? Array.from({ length: random.range(1, 6) }, () => h245Message(random, place(random, own)))
    : undefined
  const h245Tunneling = tunnelled === undefined ? undefined : Uint8Array.of(0x80)
  return {
    'h323-uu-pdu': { 'h323-message-body': body, nonStandardData: maybe(random, nonStandard()), h245Tunneling, h245Control: tunnelled },
  }
}

function h245Message(random: Random, media: Place): Encodable {
  if (random.chance(0.5)) return { request: { openLogicalChannel: openChannel(random, media) } }
  const channels = {
    mediaChannel: maybe(random, h245(media)),
    mediaControlChannel: maybe(random, h245({ ...media, port: media.port ^ 1 })),
  }
  const h2250LogicalChannelParameters = { sessionID: 1, ...channels }
  const acknowledged = {
    forwardLogicalChannelNumber: random.range(1, 65536),
    reverseLogicalChannelParameters: random.chance(0.3)
      ? { reverseLogicalChannelNumber: 7, multiplexParameters: maybe(random, { h2250LogicalChannelParameters }) }
      : undefined,
    separateStack: random.chance(0.2) ? separateStack(media) : undefined,
    forwardMultiplexAckParameters: random.chance(0.8)
      ? { h2250LogicalChannelAckParameters: { sessionID: maybe(random, 1), ...channels } }
      : undefined,
  }
  return { response: { openLogicalChannelAck: acknowledged } }
}

function openChannel(random: Random, media: Place): Encodable {
  const parameters = () => ({
    h2250LogicalChannelParameters: {
      sessionID: random.range(0, 4),
      mediaChannel: maybe(random, h245(media)),
      mediaGuaranteedDelivery: maybe(random, false),
      mediaControlChannel: maybe(random, h245({ ...media, port: media.port ^ 1 })),
      silenceSuppression: maybe(random, true),
      destination: random.chance(0.1) ? { mcuNumber: 1, terminalNumber: 2 } : undefined,
      dynamicRTPPayloadType: maybe(random, 101),
      mediaPacketization: random.chance(0.1) ? { h261aVideoPacketization: null } : undefined,
    },
  })
  return {
    forwardLogicalChannelNumber: random.range(1, 65536),
    forwardLogicalChannelParameters: {
      portNumber: maybe(random, 5),
      dataType: dataType(random),
      multiplexParameters: random.chance(0.85) ? parameters() : { none: null },
    },
    reverseLogicalChannelParameters: random.chance(0.4)
      ? { dataType: dataType(random), multiplexParameters: maybe(random, parameters()) }
      : undefined,
    separateStack: random.chance(0.2) ? separateStack(media) : undefined,
  }
}

function dataType(random: Random): Encodable {
  return random.pick([
    { nullData: null },
    { audioData: { g711Ulaw64k: 20 } },
    { audioData: { g729: 3 } },
    { audioData: { g7231: { maxAlSduAudioFrames: 1, silenceSuppression: true } } },
    {
      videoData: {
        h261VideoCapability: { qcifMPI: 1, temporalSpatialTradeOffCapability: false, maxBitRate: 6000, stillImageTransmission: false },
      },
    },
    {
      videoData: {
        h263VideoCapability: {
          qcifMPI: 1,
          cifMPI: 2,
          maxBitRate: 100_000,
          unrestrictedVector: false,
          arithmeticCoding: false,
          advancedPrediction: false,
          pbFrames: false,
          temporalSpatialTradeOffCapability: true,
          hrdB: maybe(random, 70_000),
          bppMaxKb: maybe(random, 9),
        },
      },
    },
    { data: { application: { t120: { separateLANStack: null } }, maxBitRate: 1280 } },
    { data: { application: { t120: { transparent: null } }, maxBitRate: 64 } },
    {
      nonStandard: {
        nonStandardIdentifier: { h221NonStandard: { t35CountryCode: 1, t35Extension: 2, manufacturerCode: 3 } },
        data: bytes('x'),
      },
    },
  ] as Encodable[])
}

function separateStack(media: Place): Encodable {
  return { distribution: { unicast: null }, networkAddress: { localAreaAddress: h245(media) }, associateConference: false }
}

function registration(random: Random, own: string, addresses: readonly Place[]): Encodable {
  return {
    registrationRequest: {
      ...header(random),
      discoveryComplete: true,
      callSignalAddress: addresses.map(h225),
      rasAddress: [h225(place(random, own))],
      terminalType: endpoint(random),
      terminalAlias: maybe(random, aliases(random)),
      gatekeeperIdentifier: maybe(random, wide('gk')),
      endpointVendor: vendor(random),
      timeToLive: maybe(random, random.pick([60, 300, 3600, 100_000])),
    },
  }
}

function registered(random: Random, own: Place): Encodable {
  return {
    registrationConfirm: {
      ...header(random),
      callSignalAddress: [h225(own)],
      terminalAlias: maybe(random, aliases(random)),
      gatekeeperIdentifier: maybe(random, wide('gk')),
      endpointIdentifier: wide('endpoint'),
      timeToLive: maybe(random, random.pick([60, 300, 3600])),
    },
  }
}

function header(random: Random): { [name: string]: Encodable | undefined } {
  return { requestSeqNum: random.range(1, 65536), protocolIdentifier: H225_VERSION, nonStandardData: maybe(random, nonStandard()) }
}

function endpoint(random: Random): Encodable {
  const only = { nonStandardData: maybe(random, nonStandard()) }
  return {
    vendor: maybe(random, vendor(random)),
    gatekeeper: random.chance(0.1) ? only : undefined,
    gateway: random.chance(0.2) ? { protocol: maybe(random, [{ h323: only }, { voice: {} }]), ...only } : undefined,
    mcu: random.chance(0.1) ? only : undefined,
    terminal: maybe(random, only),
    mc: false,
    undefinedNode: false,
  }
}

function vendor(random: Random): Encodable {
  const identity = { t35CountryCode: 181, t35Extension: 0, manufacturerCode: 21324 }
  return { vendor: identity, productId: maybe(random, bytes('product')), versionId: maybe(random, bytes('1.0')) }
}

function nonStandard(): Encodable {
  return { nonStandardIdentifier: { object: bytes([0x2a, 0x03]) }, data: bytes('data') }
}

function aliases(random: Random): Encodable {
  return Array.from({ length: random.range(1, 4) }, () =>
    random.pick([{ 'h323-ID': wide('alice') }, { dialedDigits: bytes([0x12, 0x34]) }]),
  )
}

function wide(text: string): Uint8Array {
  return Buffer.concat([...text].map((char) => be16(char.charCodeAt(0))))
}

/** Mostly one of the host's own ports, now and then another host's or none. */
function place(random: Random, own: string): Place {
  const host = random.chance(0.9) ? own : own.includes(':') ? OTHER_V6 : OTHER_V4
  return { host, port: random.pick([random.range(1024, 65536), random.range(1024, 65536), 5000, 5001, 1720, 0]) }
}

function h225({ host, port }: Place): Encodable {
  return host.includes(':') ? { ip6Address: { ip: address(host), port } } : { ipAddress: { ip: address(host), port } }
}

function h245({ host, port }: Place): Encodable {
  const where = { network: address(host), tsapIdentifier: port }
  return { unicastAddress: host.includes(':') ? { iP6Address: where } : { iPAddress: where } }
}

function maybe<T>(random: Random, value: T): T | undefined {
  return random.chance(0.6) ? value : undefined
}
