import { DecodeStatus } from './status.ts'

/**
 * The packet decoded last: one reused object that `decode.ts` fills and every stage after it reads.
 * Borrowed: valid until the next decode; copy what you keep. `bytes` may be the capture's batch or the
 * defragmenter's buffer. Offsets are indexes into `bytes`.
 *
 * Bytes that the snap length cut off read as zeros: all of [l3At, l3At + l3Len) can be read, but those from `capEnd`
 * on were never captured. Whoever shows bytes, or blames a packet for them, says that they are missing.
 */
export class Packet {
  /** Number of the frame in this capture, from 0. */
  index = 0
  /** The packet's own time. */
  seconds = 0
  nanoseconds = 0
  /** The frame's length on the wire, with link header. */
  wireLen = 0
  /** Interface index: from Linux cooked v2 on `any`, or pcapng's interface id; else 0. */
  ifIndex = 0
  status: DecodeStatus = DecodeStatus.Ok

  bytes: Uint8Array = new Uint8Array(0)
  /** End of the captured bytes in `bytes`; the zeros in their place go on to the packet's end. */
  capEnd = 0
  /** 4 or 6; 0: not IP. */
  l3: 0 | 4 | 6 = 0
  /** First byte of the IP header. */
  l3At = 0
  /** Length of the IP packet, trimmed to its header's total length, after reassembly: what accounting counts. */
  l3Len = 0
  /** TTL or hop limit. */
  hopLimit = 0
  /** IPv4: offset in bytes, more-fragments, identification. IPv6: of the fragment header, when there is one. */
  fragOffset = 0
  fragMore = false
  fragId = 0
  isFragment = false
  /** IPv6: where the first fragment header stands, when there is one (it may be cut off by the packet's end). */
  fragHeaderAt = 0
  /** IPv6: where the next-header byte stands that announces the fragment header. */
  fragLinkAt = 0
  /** IPv4 source and destination, network order as unsigned numbers at words 0 and 4, the others 0; IPv6: all eight. */
  readonly address = new Uint32Array(8)
  /** L4 protocol after the extension headers; -1: none can be found (CONNTRACK.md 2.3, 2.4). */
  l4 = -1
  l4At = 0
  /** End of the L4 segment by the IP length; may lie past `capEnd`, and before `l4At` (CONNTRACK.md 2.4). */
  l4End = 0
}
