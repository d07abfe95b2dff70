// Linux cooked captures, what libpcap gives where there is no common link header (device `any`):
// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html. Offsets from the first byte.
import { u16, u32 } from './bytes.ts'
import { etherTypePayload, LINK_CUT } from './ethernet.ts'

const SLL_PROTOCOL = 14
export const SLL_HEADER_LEN = 16

const SLL2_PROTOCOL = 0
const SLL2_INTERFACE_INDEX = 4
export const SLL2_HEADER_LEN = 20

/** Where the IP header begins behind a cooked header of version 1, or NOT_IP, or LINK_CUT. */
export function sllPayload(b: Uint8Array, at: number, capEnd: number): number {
  if (capEnd - at < SLL_HEADER_LEN) return LINK_CUT
  return etherTypePayload(u16(b, at + SLL_PROTOCOL), b, at + SLL_HEADER_LEN, capEnd)
}

/** The same for version 2. */
export function sll2Payload(b: Uint8Array, at: number, capEnd: number): number {
  if (capEnd - at < SLL2_HEADER_LEN) return LINK_CUT
  return etherTypePayload(u16(b, at + SLL2_PROTOCOL), b, at + SLL2_HEADER_LEN, capEnd)
}

/** The machine's index of the interface that the frame passed; 0 where the header is cut off. */
export function sll2InterfaceIndex(b: Uint8Array, at: number, capEnd: number): number {
  return capEnd - at < SLL2_HEADER_LEN ? 0 : u32(b, at + SLL2_INTERFACE_INDEX)
}
