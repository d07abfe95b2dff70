/** LINKTYPE_ numbers as capture files hold them (https://www.tcpdump.org/linktypes.html): those that are decoded. */
export const LinkType = {
  /** BSD loopback: address family in the capturing host's byte order. */
  Null: 0,
  Ethernet: 1,
  /** Raw IP under the numbers that DLT_RAW has on Linux and on OpenBSD, which some programs write to files. */
  RawDlt: 12,
  RawOpenBsd: 14,
  Raw: 101,
  /** OpenBSD loopback: address family in network order. */
  Loop: 108,
  LinuxSll: 113,
  Ipv4: 228,
  Ipv6: 229,
  LinuxSll2: 276,
} as const

const NAMES = new Map<number, string>([
  [LinkType.Null, 'BSD loopback'],
  [LinkType.Ethernet, 'Ethernet'],
  [LinkType.RawDlt, 'raw IP'],
  [LinkType.RawOpenBsd, 'raw IP'],
  [LinkType.Raw, 'raw IP'],
  [LinkType.Loop, 'OpenBSD loopback'],
  [LinkType.LinuxSll, 'Linux cooked v1'],
  [LinkType.Ipv4, 'raw IPv4'],
  [LinkType.Ipv6, 'raw IPv6'],
  [LinkType.LinuxSll2, 'Linux cooked v2'],
])

/** A name to show; undecoded link types have only their number. */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `link type ${String(linkType)}`
}

export function isDecodedLinkType(linkType: number): boolean {
  return NAMES.has(linkType)
}
