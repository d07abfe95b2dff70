import { u32 } from '../../wire/bytes.ts'

/** What conntrack takes from TCP options (CONNTRACK.md 4.6, RFC 7323 2, RFC 2018 2). Reused. */
export const tcpOptions = { scale: 0, hasScale: false, sackPermitted: false }

const END_OF_LIST = 0
const NOP = 1
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const SACK = 5
const MAX_SCALE = 14
/** NOP NOP TIMESTAMP(10): what nearly every data segment carries, and nothing else. */
const TIMESTAMP_ONLY = 0x0101080a
const TIMESTAMP_ONLY_LEN = 12

export function parseTcpOptions(b: Uint8Array, at: number, end: number): void {
  tcpOptions.scale = 0
  tcpOptions.hasScale = false
  tcpOptions.sackPermitted = false
  while (at < end) {
    const kind = b[at]!
    if (kind === END_OF_LIST) return
    if (kind === NOP) {
      at++
      continue
    }
    if (end - at < 2) return
    const length = b[at + 1]!
    if (length < 2 || length > end - at) return
    if (kind === SACK_PERMITTED && length === 2) tcpOptions.sackPermitted = true
    else if (kind === WINDOW_SCALE && length === 3) {
      tcpOptions.scale = Math.min(b[at + 2]!, MAX_SCALE)
      tcpOptions.hasScale = true
    }
    at += length
  }
}

/** The serially greatest of `ack` and the right edges of the first usable SACK option. */
export function readSack(b: Uint8Array, at: number, end: number, ack: number): number {
  if (end - at === TIMESTAMP_ONLY_LEN && u32(b, at) === TIMESTAMP_ONLY) return ack
  while (at < end) {
    const kind = b[at]!
    if (kind === END_OF_LIST) return ack
    if (kind === NOP) {
      at++
      continue
    }
    if (end - at < 2) return ack
    const length = b[at + 1]!
    if (length < 2 || length > end - at) return ack
    if (kind === SACK && length >= 10 && (length - 2) % 8 === 0) {
      let sack = ack
      for (let block = at + 2; block < at + length; block += 8) {
        const right = u32(b, block + 4)
        if (((sack - right) | 0) < 0) sack = right
      }
      return sack
    }
    at += length
  }
  return ack
}
