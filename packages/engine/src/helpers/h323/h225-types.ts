/** H.225.0 messages that announce addresses, in the notation of notation.ts; the others are not looked into. */
import { H245_NOTATION } from './h245-types.ts'
import { compileTypes } from './notation.ts'
import type { PerType } from './per.ts'

const H225_NOTATION = `
H323-UserInformation = sequence {
  h323-uu-pdu: sequence {
    h323-message-body: choice {
      setup: Setup-UUIE, callProceeding: CallProceeding-UUIE, connect: Connect-UUIE, alerting: CallProceeding-UUIE,
      information: sequence { protocolIdentifier: objectIdentifier, ...(6) },
      releaseComplete: sequence { protocolIdentifier: objectIdentifier, reason?: ReleaseCompleteReason, ...(9) },
      facility: Facility-UUIE, ..., progress: Progress-UUIE },
    nonStandardData?: NonStandardParameter,
    ..., h4501SupplementaryService?, h245Tunneling, h245Control?: list contained MultimediaSystemControlMessage, rest: end },
  rest: end, user-data?: sequence { protocol-discriminator: integer(0..255), user-information: octets(1..131), ... },
  ... }
Setup-UUIE = sequence {
  protocolIdentifier: objectIdentifier, h245Address?: TransportAddress, sourceAddress?: list AliasAddress, sourceInfo: EndpointType,
  destinationAddress?: list AliasAddress, destCallSignalAddress?: TransportAddress, destExtraCallInfo?: list AliasAddress,
  destExtraCRV?: list integer(0..65535), activeMC: boolean, conferenceID: octets(16),
  conferenceGoal: choice { create: null, join: null, invite: null, ... },
  callServices?: QseriesOptions, callType: choice { pointToPoint: null, oneToN: null, nToOne: null, nToN: null, ... },
  ...(26), sourceCallSignalAddress?: TransportAddress, remoteExtensionAddress?, callIdentifier, h245SecurityCapability?, tokens?, cryptoTokens?,
  fastStart?: list contained OpenLogicalChannel }
CallProceeding-UUIE = sequence {
  protocolIdentifier: objectIdentifier, destinationInfo: EndpointType, h245Address?: TransportAddress,
  ...(14), callIdentifier, h245SecurityMode?, tokens?, cryptoTokens?, fastStart?: list contained OpenLogicalChannel }
Connect-UUIE = sequence {
  protocolIdentifier: objectIdentifier, h245Address?: TransportAddress, destinationInfo: EndpointType, conferenceID: octets(16),
  ...(15), callIdentifier, h245SecurityMode?, tokens?, cryptoTokens?, fastStart?: list contained OpenLogicalChannel }
Facility-UUIE = sequence {
  protocolIdentifier: objectIdentifier, alternativeAddress?: TransportAddress, alternativeAliasAddress?: list AliasAddress,
  conferenceID?: octets(16), reason: choice { routeCallToGatekeeper: null, callForwarded: null, routeCallToMC: null, undefinedReason: null, ... },
  ...(16), callIdentifier, destExtraCallInfo?, remoteExtensionAddress?, tokens?, cryptoTokens?, conferences?,
  h245Address?: TransportAddress, fastStart?: list contained OpenLogicalChannel }
Progress-UUIE = sequence {
  protocolIdentifier: objectIdentifier, destinationInfo: EndpointType, h245Address?: TransportAddress,
  callIdentifier: sequence { guid: octets(16), ... }, h245SecurityMode?: H245Security, tokens?: list Unreadable,
  cryptoTokens?: list Unreadable, fastStart?: list contained OpenLogicalChannel, ...(3) }
ReleaseCompleteReason = choice {
  a: null, b: null, c: null, d: null, e: null, f: null, g: null, h: null, i: null, j: null, k: null, l: null, ... }
H245Security = choice { nonStandard: NonStandardParameter, noSecurity: null, tls: SecurityCapabilities, ipsec: SecurityCapabilities, ... }
SecurityCapabilities = sequence {
  nonStandard?: NonStandardParameter, encryption: SecurityServiceMode, authenticaton: SecurityServiceMode, integrity: SecurityServiceMode, ... }
SecurityServiceMode = choice { nonStandard: NonStandardParameter, none: null, default: null, ... }
Unreadable = choice { }

RasMessage = choice {
  gatekeeperRequest: Other, gatekeeperConfirm: GatekeeperConfirm, gatekeeperReject: Other, registrationRequest: RegistrationRequest,
  registrationConfirm: RegistrationConfirm, registrationReject: Other, unregistrationRequest: UnregistrationRequest,
  unregistrationConfirm: Other, unregistrationReject: Other, admissionRequest: Other, admissionConfirm: AdmissionConfirm,
  admissionReject: Other, bandwidthRequest: Other, bandwidthConfirm: Other, bandwidthReject: Other, disengageRequest: Other,
  disengageConfirm: Other, disengageReject: Other, locationRequest: Other, locationConfirm: LocationConfirm, locationReject: Other,
  infoRequest: Other, infoRequestResponse: Other, nonStandardMessage: Other, unknownMessageResponse: Other, ... }
GatekeeperConfirm = sequence {
  requestSeqNum: integer(1..65535), protocolIdentifier: objectIdentifier, nonStandardData?: NonStandardParameter,
  gatekeeperIdentifier?: wide(1..128), rasAddress: TransportAddress, ..., rest: end }
RegistrationRequest = sequence {
  requestSeqNum: integer(1..65535), protocolIdentifier: objectIdentifier, nonStandardData?: NonStandardParameter,
  discoveryComplete: boolean, callSignalAddress: list TransportAddress, rasAddress: list TransportAddress, terminalType: EndpointType,
  terminalAlias?: list AliasAddress, gatekeeperIdentifier?: wide(1..128), endpointVendor: VendorIdentifier,
  ..., alternateEndpoints?, timeToLive?: seconds, rest: end }
RegistrationConfirm = sequence {
  requestSeqNum: integer(1..65535), protocolIdentifier: objectIdentifier, nonStandardData?: NonStandardParameter,
  callSignalAddress: list TransportAddress, terminalAlias?: list AliasAddress, gatekeeperIdentifier?: wide(1..128),
  endpointIdentifier: wide(1..128), ..., alternateGatekeeper?, timeToLive?: seconds, rest: end }
UnregistrationRequest = sequence {
  requestSeqNum: integer(1..65535), callSignalAddress: list TransportAddress, rest: end, endpointAlias?: list AliasAddress,
  nonStandardData?: NonStandardParameter, endpointIdentifier?: wide(1..128), ... }
AdmissionConfirm = sequence {
  requestSeqNum: integer(1..65535), bandWidth: integer(0..4294967295), callModel: choice { direct: null, gatekeeperRouted: null, ... },
  destCallSignalAddress: TransportAddress, rest: end, irrFrequency?: integer(1..65535), nonStandardData?: NonStandardParameter, ... }
LocationConfirm = sequence {
  requestSeqNum: integer(1..65535), callSignalAddress: TransportAddress, rasAddress: TransportAddress,
  rest: end, nonStandardData?: NonStandardParameter, ... }

TransportAddress = choice {
  ipAddress: sequence { ip: octets(4), port: integer(0..65535) },
  ipSourceRoute: sequence { ip: octets(4), port: integer(0..65535), route: list octets(4), routing: choice { strict: null, loose: null, ... }, ... },
  ipxAddress: sequence { node: octets(6), netnum: octets(4), port: octets(2) },
  ip6Address: sequence { ip: octets(16), port: integer(0..65535), ... },
  netBios: octets(16), nsap: octets(1..20), nonStandardAddress: NonStandardParameter, ... }
AliasAddress = choice { dialedDigits: digits(1..128), h323-ID: wide(1..256), ... }
EndpointType = sequence {
  nonStandardData?: NonStandardParameter, vendor?: VendorIdentifier, gatekeeper?: NonStandardOnly,
  gateway?: sequence { protocol?: list SupportedProtocols, nonStandardData?: NonStandardParameter, ... },
  mcu?: NonStandardOnly, terminal?: NonStandardOnly, mc: boolean, undefinedNode: boolean, ... }
NonStandardOnly = sequence { nonStandardData?: NonStandardParameter, ... }
SupportedProtocols = choice {
  nonStandardData: NonStandardParameter, h310: NonStandardOnly, h320: NonStandardOnly, h321: NonStandardOnly, h322: NonStandardOnly,
  h323: NonStandardOnly, h324: NonStandardOnly, voice: NonStandardOnly, t120-only: NonStandardOnly, ... }
VendorIdentifier = sequence { vendor: H221NonStandard, productId?: octets(1..256), versionId?: octets(1..256), ... }
H221NonStandard = sequence { t35CountryCode: integer(0..255), t35Extension: integer(0..255), manufacturerCode: integer(0..65535), ... }
NonStandardParameter = sequence {
  nonStandardIdentifier: choice { object: objectIdentifier, h221NonStandard: H221NonStandard, ... }, data: octets }
QseriesOptions = sequence {
  a: boolean, b: boolean, c: boolean, d: boolean, e: boolean, f: boolean, g: boolean,
  q954Info: sequence { conferenceCalling: boolean, threePartyService: boolean, ... }, ... }
`

const TYPES = compileTypes(H225_NOTATION + H245_NOTATION)

export const USER_INFORMATION: PerType = TYPES.get('H323-UserInformation')!
export const RAS_MESSAGE: PerType = TYPES.get('RasMessage')!
