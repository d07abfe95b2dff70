// Links that say nothing, or only an address family, before the IP header: raw IP, and BSD's null and loop.
// https://www.tcpdump.org/linktypes.html
import { LINK_CUT } from './ethernet.ts'

/**
 * The address family, in the byte order of the capturing host (null) or in network order (loop). It is not looked
 * at: BSDs number IPv6 in several ways, and the IP version says the same.
 */
export const FAMILY_LEN = 4

/** Where the IP header begins in a raw IP frame, or LINK_CUT. */
export function rawIpPayload(at: number, capEnd: number): number {
  return at < capEnd ? at : LINK_CUT
}

/** The same behind an address family. */
export function nullPayload(at: number, capEnd: number): number {
  return at + FAMILY_LEN < capEnd ? at + FAMILY_LEN : LINK_CUT
}
