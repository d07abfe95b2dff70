// GRE header, RFC 2784 2, and the enhanced one of PPTP, RFC 2637 4.1. Offsets from the first header byte.
import { u16 } from './bytes.ts'
import { DecodeStatus } from './status.ts'

const FLAGS_VERSION = 0
const PROTOCOL = 2
const CALL_ID = 6
const GRE_HEADER_LEN = 4
/** Of version 1, up to and with the call id. */
const GRE_PPTP_HEADER_LEN = 8

const VERSION_MASK = 0x0007
export const GRE_VERSION_PPTP = 1
export const GRE_PROTOCOL_PPP = 0x880b

/** The packet decoded last. Borrowed: valid until the next decode(); copy what you keep. */
export class GreHeader {
  version = 0
  /** EtherType of what is inside. */
  protocol = 0
  /** Version 1 only; else 0. */
  callId = 0

  /**
   * `end`: end of the packet by the IP length.
   * @returns Truncated: not 4 bytes, or not 8 of version 1; both keys are then 0 (CONNTRACK.md 5.6).
   */
  decode(b: Uint8Array, at: number, end: number): DecodeStatus {
    if (end - at < GRE_HEADER_LEN) return DecodeStatus.Truncated
    this.version = u16(b, at + FLAGS_VERSION) & VERSION_MASK
    this.protocol = u16(b, at + PROTOCOL)
    this.callId = 0
    if (this.version === GRE_VERSION_PPTP) {
      if (end - at < GRE_PPTP_HEADER_LEN) return DecodeStatus.Truncated
      this.callId = u16(b, at + CALL_ID)
    }
    return DecodeStatus.Ok
  }
}
