/** What decoding made of a frame. Traffic never throws; every status but Ok is counted by cause. */
export const DecodeStatus = {
  Ok: 0,
  /** Not IP: ARP, LLC, an unknown EtherType … */
  NotIp: 1,
  /** The link type has no decoder. */
  UnknownLinkType: 2,
  /** Fewer bytes than the header needs. */
  Truncated: 3,
  /** A version, header length or total length that the IP layer refuses (CONNTRACK.md 1.2). */
  BadIpHeader: 4,
  /** IPv4 header checksum, only where it is checked. */
  BadIpChecksum: 5,
  /** A fragment that waits for the rest, or that defragmentation consumed or rejected (2.2). */
  FragmentHeld: 6,
  /** An L4 header that contradicts itself or its packet's length (CONNTRACK.md 2.6). */
  BadL4Header: 7,
} as const
export type DecodeStatus = (typeof DecodeStatus)[keyof typeof DecodeStatus]

/** By number. */
export const DECODE_STATUS_NAMES = [
  'ok',
  'not-ip',
  'unknown-link-type',
  'truncated',
  'bad-ip-header',
  'bad-ip-checksum',
  'fragment-held',
  'bad-l4-header',
] as const
