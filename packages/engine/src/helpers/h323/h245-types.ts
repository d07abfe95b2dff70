/** H.245 messages that open media channels, in the notation of notation.ts; the others are not looked into. */
import { compileTypes } from './notation.ts'
import type { PerType } from './per.ts'

/** As H.245 names them. Shared with H.225.0, whose messages carry H.245's. */
export const H245_NOTATION = `
MultimediaSystemControlMessage = choice { request: RequestMessage, response: ResponseMessage, command: Other, indication: Other, ... }
Other = sequence { }
RequestMessage = choice {
  nonStandard: Other, masterSlaveDetermination: Other, terminalCapabilitySet: Other, openLogicalChannel: OpenLogicalChannel,
  closeLogicalChannel: Other, requestChannelClose: Other, multiplexEntrySend: Other, requestMultiplexEntry: Other,
  requestMode: Other, roundTripDelayRequest: Other, maintenanceLoopRequest: Other, ... }
ResponseMessage = choice {
  nonStandard: Other, masterSlaveDeterminationAck: Other, masterSlaveDeterminationReject: Other, terminalCapabilitySetAck: Other,
  terminalCapabilitySetReject: Other, openLogicalChannelAck: OpenLogicalChannelAck, openLogicalChannelReject: Other,
  closeLogicalChannelAck: Other, requestChannelCloseAck: Other, requestChannelCloseReject: Other, multiplexEntrySendAck: Other,
  multiplexEntrySendReject: Other, requestMultiplexEntryAck: Other, requestMultiplexEntryReject: Other, requestModeAck: Other,
  requestModeReject: Other, roundTripDelayResponse: Other, maintenanceLoopAck: Other, maintenanceLoopReject: Other, ... }

OpenLogicalChannel = sequence {
  forwardLogicalChannelNumber: integer(1..65535),
  forwardLogicalChannelParameters: sequence {
    portNumber?: integer(0..65535),
    dataType: DataType,
    multiplexParameters: choice {
      h222LogicalChannelParameters: H222LogicalChannelParameters, h223LogicalChannelParameters: H223LogicalChannelParameters,
      v76LogicalChannelParameters: V76LogicalChannelParameters, ..., h2250LogicalChannelParameters: H2250LogicalChannelParameters, none },
    ... },
  reverseLogicalChannelParameters?: sequence {
    dataType: DataType,
    multiplexParameters?: choice {
      h223LogicalChannelParameters: H223LogicalChannelParameters, v76LogicalChannelParameters: V76LogicalChannelParameters,
      ..., h2250LogicalChannelParameters: H2250LogicalChannelParameters },
    ... },
  ..., separateStack?: NetworkAccessParameters, rest: end }
OpenLogicalChannelAck = sequence {
  forwardLogicalChannelNumber: integer(1..65535),
  reverseLogicalChannelParameters?: sequence {
    reverseLogicalChannelNumber: integer(1..65535),
    portNumber?: integer(0..65535),
    multiplexParameters?: choice {
      h222LogicalChannelParameters: H222LogicalChannelParameters, ..., h2250LogicalChannelParameters: H2250LogicalChannelParameters },
    ... },
  ..., separateStack?: NetworkAccessParameters,
  forwardMultiplexAckParameters?: choice { h2250LogicalChannelAckParameters: H2250LogicalChannelAckParameters, ... }, rest: end }

H2250LogicalChannelParameters = sequence {
  nonStandard?: list H245NonStandardParameter, sessionID: integer(0..255), associatedSessionID?: integer(1..255),
  mediaChannel?: H245TransportAddress, mediaGuaranteedDelivery?: boolean, mediaControlChannel?: H245TransportAddress,
  mediaControlGuaranteedDelivery?: boolean, silenceSuppression?: boolean,
  destination?: sequence { mcuNumber: integer(0..192), terminalNumber: integer(0..192), ... },
  dynamicRTPPayloadType?: integer(96..127), mediaPacketization?: choice { h261aVideoPacketization: null, ..., rtpPayloadType }, ... }
H2250LogicalChannelAckParameters = sequence {
  nonStandard?: list H245NonStandardParameter, sessionID?: integer(1..255), mediaChannel?: H245TransportAddress,
  mediaControlChannel?: H245TransportAddress, dynamicRTPPayloadType?: integer(96..127), ... }
H245TransportAddress = choice { unicastAddress: UnicastAddress, multicastAddress: MulticastAddress, ... }
UnicastAddress = choice {
  iPAddress: sequence { network: octets(4), tsapIdentifier: integer(0..65535), ... },
  iPXAddress: sequence { node: octets(6), netnum: octets(4), tsapIdentifier: octets(2), ... },
  iP6Address: sequence { network: octets(16), tsapIdentifier: integer(0..65535), ... },
  netBios: octets(16),
  iPSourceRouteAddress: sequence { routing: choice { strict: null, loose: null }, network: octets(4),
    tsapIdentifier: integer(0..65535), route: list octets(4), ... },
  ... }
MulticastAddress = choice {
  iPAddress: sequence { network: octets(4), tsapIdentifier: integer(0..65535), ... },
  iP6Address: sequence { network: octets(16), tsapIdentifier: integer(0..65535), ... },
  ... }
NetworkAccessParameters = sequence {
  distribution?: choice { unicast: null, multicast: null, ... },
  networkAddress: choice {
    q2931Address: sequence {
      address: choice { internationalNumber: digits(1..16), nsapAddress: octets(1..20), ... }, subaddress?: octets(1..20), ... },
    e164Address: digits(1..128), localAreaAddress: H245TransportAddress, ... },
  associateConference: boolean, externalReference?: octets(1..255), ... }
H245NonStandardParameter = sequence {
  nonStandardIdentifier: choice {
    object: objectIdentifier,
    h221NonStandard: sequence { t35CountryCode: integer(0..255), t35Extension: integer(0..255), manufacturerCode: integer(0..65535) } },
  data: octets }

DataType = choice {
  nonStandard: H245NonStandardParameter, nullData: null, videoData: VideoCapability, audioData: AudioCapability,
  data: DataApplicationCapability, encryptionData: choice { nonStandard: H245NonStandardParameter, h233Encryption: null, ... }, ... }
VideoCapability = choice {
  nonStandard: H245NonStandardParameter,
  h261VideoCapability: sequence {
    qcifMPI?: integer(1..4), cifMPI?: integer(1..4), temporalSpatialTradeOffCapability: boolean, maxBitRate: integer(1..19200),
    stillImageTransmission: boolean, ... },
  h262VideoCapability: sequence {
    a: boolean, b: boolean, c: boolean, d: boolean, e: boolean, f: boolean, g: boolean, h: boolean, i: boolean, j: boolean, k: boolean,
    videoBitRate?: integer(0..1073741823), vbvBufferSize?: integer(0..262143), samplesPerLine?: integer(0..16383),
    linesPerFrame?: integer(0..16383), framesPerSecond?: integer(0..15), luminanceSampleRate?: integer(0..4294967295), ... },
  h263VideoCapability: sequence {
    sqcifMPI?: integer(1..32), qcifMPI?: integer(1..32), cifMPI?: integer(1..32), cif4MPI?: integer(1..32), cif16MPI?: integer(1..32),
    maxBitRate: integer(1..192400), unrestrictedVector: boolean, arithmeticCoding: boolean, advancedPrediction: boolean,
    pbFrames: boolean, temporalSpatialTradeOffCapability: boolean, hrdB?: integer(0..524287), bppMaxKb?: integer(0..65535), ... },
  is11172VideoCapability: sequence {
    constrainedBitstream: boolean, videoBitRate?: integer(0..1073741823), vbvBufferSize?: integer(0..262143),
    samplesPerLine?: integer(0..16383), linesPerFrame?: integer(0..16383), pictureRate?: integer(0..15),
    luminanceSampleRate?: integer(0..4294967295), ... },
  ... }
AudioCapability = choice {
  nonStandard: H245NonStandardParameter, g711Alaw64k: integer(1..256), g711Alaw56k: integer(1..256), g711Ulaw64k: integer(1..256),
  g711Ulaw56k: integer(1..256), g722-64k: integer(1..256), g722-56k: integer(1..256), g722-48k: integer(1..256),
  g7231: sequence { maxAlSduAudioFrames: integer(1..256), silenceSuppression: boolean },
  g728: integer(1..256), g729: integer(1..256), g729AnnexA: integer(1..256),
  is11172AudioCapability: sequence {
    a: boolean, b: boolean, c: boolean, d: boolean, e: boolean, f: boolean, g: boolean, h: boolean, bitRate: integer(1..448), ... },
  is13818AudioCapability: sequence {
    a: boolean, b: boolean, c: boolean, d: boolean, e: boolean, f: boolean, g: boolean, h: boolean, i: boolean, j: boolean, k: boolean,
    l: boolean, m: boolean, n: boolean, o: boolean, p: boolean, q: boolean, r: boolean, s: boolean, t: boolean, u: boolean,
    bitRate: integer(1..1130), ... },
  ... }
DataApplicationCapability = sequence {
  application: choice {
    nonStandard: H245NonStandardParameter, t120: DataProtocolCapability, dsm-cc: DataProtocolCapability, userData: DataProtocolCapability,
    t84: sequence { t84Protocol: DataProtocolCapability, t84Profile: choice { t84Unrestricted: null, t84Restricted: sequence {
      a: boolean, b: boolean, c: boolean, d: boolean, e: boolean, f: boolean, g: boolean, h: boolean, i: boolean, j: boolean,
      k: boolean, l: boolean, m: boolean, n: boolean, o: boolean, p: boolean, q: boolean, r: boolean, s: boolean, ... } } },
    t434: DataProtocolCapability, h224: DataProtocolCapability,
    nlpid: sequence { nlpidProtocol: DataProtocolCapability, nlpidData: octets },
    dsvdControl: null, h222DataPartitioning: DataProtocolCapability, ... },
  maxBitRate: integer(0..4294967295), ... }
DataProtocolCapability = choice {
  nonStandard: H245NonStandardParameter, v14buffered: null, v42lapm: null, hdlcFrameTunnelling: null, h310SeparateVCStack: null,
  h310SingleVCStack: null, transparent: null, ..., segmentationAndReassembly, hdlcFrameTunnelingwSAR, v120, separateLANStack }

H222LogicalChannelParameters = sequence {
  resourceID: integer(0..65535), subChannelID: integer(0..8191), pcrPid?: integer(0..8191), programDescriptors?: octets,
  streamDescriptors?: octets, ... }
H223LogicalChannelParameters = sequence {
  adaptationLayerType: choice {
    nonStandard: H245NonStandardParameter, al1Framed: null, al1NotFramed: null, al2WithoutSequenceNumbers: null,
    al2WithSequenceNumbers: null, al3: sequence { controlFieldOctets: integer(0..2), sendBufferSize: integer(0..16777215) }, ... },
  segmentableFlag: boolean, ... }
V76LogicalChannelParameters = sequence {
  hdlcParameters: sequence {
    crcLength: choice { crc8bit: null, crc16bit: null, crc32bit: null, ... }, n401: integer(1..4095), loopbackTestProcedure: boolean, ... },
  suspendResume: choice { noSuspendResume: null, suspendResumewAddress: null, suspendResumewoAddress: null, ... },
  uIH: boolean,
  mode: choice { eRM: sequence { windowSize: integer(1..127), recovery: choice { rej: null, sREJ: null, mSREJ: null, ... }, ... }, uNERM: null, ... },
  v75Parameters: sequence { audioHeaderPresent: boolean, ... }, ... }
`

export const H245_MESSAGE: PerType = compileTypes(H245_NOTATION).get('MultimediaSystemControlMessage')!
