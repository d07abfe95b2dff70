/**
 * From a captured frame to an IP packet: link header, IP header, extension headers. Decoding only decodes: no
 * orientation, no reassembly, no tracking. Nothing is allocated per packet.
 *
 * Bytes that the snap length cut off count as zeros (as in the kernel comparison): a frame that is not whole is
 * copied into a buffer of zeros, so that no later stage needs to ask whether a byte is there. `Packet.capEnd` says
 * how many of them are real.
 */
import {
  type FrameBatch,
  paddedLength,
  RECORD_CAPTURED_LEN,
  RECORD_HEADER_LEN,
  RECORD_NANOSECONDS,
  RECORD_SECONDS,
  RECORD_WIRE_LEN,
} from '../capture/source.ts'
import { LinkType } from '../capture/link-type.ts'
import { u32le } from './bytes.ts'
import { ethernetPayload, LINK_CUT } from './ethernet.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { sll2InterfaceIndex, sll2Payload, sllPayload } from './linux-sll.ts'
import type { Packet } from './packet.ts'
import { nullPayload, rawIpPayload } from './raw-ip.ts'
import { DecodeStatus } from './status.ts'

/** The link type has no decoder. */
const UNKNOWN_LINK = -3

/** Room for what Linux can hand over at most as one frame (GSO_MAX, 512 KiB) when it is cut by the snap length. */
const PADDED_LEN = 1 << 19

/** Up to here, copying word by word is cheaper than a call of `set` with its view (see capture/batch-writer.ts). */
const WORD_COPY_LEN = 300
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export interface DecoderOptions {
  /** Whether a wrong IPv4 header checksum ends a packet, as in a kernel. Off: captures on the sending host show unfinished ones. */
  verifyIpChecksum?: boolean
}

export class FrameDecoder {
  readonly #verifyIpChecksum: boolean
  /** Zeros from `#paddedDirty` on. */
  readonly #padded: Buffer
  readonly #paddedWords: Uint32Array
  #paddedDirty = 0
  /** The bytes that `#view` is of: a source's buffer stays the same for many frames. */
  #viewed: Uint8Array | undefined
  #view: DataView = new DataView(new ArrayBuffer(0))

  constructor(options: DecoderOptions = {}) {
    this.#verifyIpChecksum = options.verifyIpChecksum ?? false
    const memory = new ArrayBuffer(PADDED_LEN)
    this.#padded = Buffer.from(memory)
    this.#paddedWords = new Uint32Array(memory)
  }

  /**
   * Decodes the record whose header stands at `at` of the batch into `p`. Leaves `p.index` to the caller.
   * @returns where the next record begins.
   */
  decodeRecord(p: Packet, batch: FrameBatch, at: number): number {
    const b = batch.buffer
    const capturedLen = u32le(b, at + RECORD_CAPTURED_LEN)
    const dataAt = at + RECORD_HEADER_LEN
    p.seconds = u32le(b, at + RECORD_SECONDS)
    p.nanoseconds = u32le(b, at + RECORD_NANOSECONDS)
    this.decode(p, batch.linkType, b, dataAt, capturedLen, u32le(b, at + RECORD_WIRE_LEN))
    if (batch.linkType !== LinkType.LinuxSll2) p.ifIndex = batch.interfaceId
    return dataAt + paddedLength(capturedLen)
  }

  /**
   * Decodes the frame at `at` into `p`, whose `bytes` then borrow from `b` or from this decoder. Sets every field but
   * `index` and the time; of a frame that is not Ok, only `status`, `wireLen`, `ifIndex` and `l3` (0) mean something.
   */
  decode(p: Packet, linkType: number, b: Uint8Array, at: number, capturedLen: number, wireLen: number): DecodeStatus {
    const capEnd = at + capturedLen
    p.wireLen = wireLen
    p.ifIndex = 0
    let ipAt: number
    if (linkType === LinkType.Ethernet) {
      ipAt = ethernetPayload(b, at, capEnd)
    } else {
      ipAt = linkPayload(linkType, b, at, capEnd)
      if (linkType === LinkType.LinuxSll2) p.ifIndex = sll2InterfaceIndex(b, at, capEnd)
    }
    let status: DecodeStatus
    if (ipAt < 0) status = linkStatus(ipAt)
    else if (ipAt >= capEnd) status = DecodeStatus.Truncated
    else if (wireLen > capturedLen) status = this.#decodeCut(p, b, ipAt, capEnd, wireLen - capturedLen)
    else status = this.#decodeIp(p, b, ipAt, capEnd, capEnd)
    p.status = status
    if (status !== DecodeStatus.Ok) p.l3 = 0
    return status
  }

  #decodeIp(p: Packet, b: Uint8Array, at: number, capEnd: number, end: number): DecodeStatus {
    p.capEnd = capEnd
    // The version decides, not what the link header said of it: as the judge of captures does.
    const version = b[at]! >>> 4
    if (version === 4) return decodeIpv4(p, b, at, end, this.#verifyIpChecksum)
    if (version === 6) return decodeIpv6(p, b, at, end)
    return DecodeStatus.BadIpHeader
  }

  #decodeCut(p: Packet, b: Uint8Array, ipAt: number, capEnd: number, missingLen: number): DecodeStatus {
    const padded = this.#padded
    const presentLen = Math.min(capEnd - ipAt, PADDED_LEN)
    if (presentLen <= WORD_COPY_LEN) this.#copyWords(b, ipAt, presentLen)
    else padded.set(b.subarray(ipAt, ipAt + presentLen))
    if (presentLen < this.#paddedDirty) padded.fill(0, presentLen, this.#paddedDirty)
    this.#paddedDirty = presentLen
    return this.#decodeIp(p, padded, 0, presentLen, Math.min(presentLen + missingLen, PADDED_LEN))
  }

  /** Fast path of the copy above, for captures of headers only. */
  #copyWords(b: Uint8Array, at: number, length: number): void {
    if (b !== this.#viewed) {
      this.#viewed = b
      this.#view = new DataView(b.buffer, b.byteOffset, b.byteLength)
    }
    const view = this.#view
    const words = this.#paddedWords
    const wholeLen = length & ~3
    for (let done = 0; done < wholeLen; done += 4) words[done >>> 2] = view.getUint32(at + done, IS_LITTLE_ENDIAN)
    for (let done = wholeLen; done < length; done++) this.#padded[done] = b[at + done]!
  }
}

function linkPayload(linkType: number, b: Uint8Array, at: number, capEnd: number): number {
  switch (linkType) {
    case LinkType.LinuxSll:
      return sllPayload(b, at, capEnd)
    case LinkType.LinuxSll2:
      return sll2Payload(b, at, capEnd)
    case LinkType.Raw:
    case LinkType.RawDlt:
    case LinkType.RawOpenBsd:
    case LinkType.Ipv4:
    case LinkType.Ipv6:
      return rawIpPayload(at, capEnd)
    case LinkType.Null:
    case LinkType.Loop:
      return nullPayload(at, capEnd)
    default:
      return UNKNOWN_LINK
  }
}

function linkStatus(failure: number): DecodeStatus {
  if (failure === LINK_CUT) return DecodeStatus.Truncated
  return failure === UNKNOWN_LINK ? DecodeStatus.UnknownLinkType : DecodeStatus.NotIp
}
