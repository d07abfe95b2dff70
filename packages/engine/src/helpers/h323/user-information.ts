/** The user-user information element of a Q.931 message, which carries H.225.0 (ITU-T Q.931 4.5, H.225.0 7.2.2). */
import { u16 } from '../../wire/bytes.ts'
import { USER_INFORMATION } from './h225-types.ts'
import { decodePer, type PerRecord } from './per.ts'

const PROTOCOL_DISCRIMINATOR = 0x08
const USER_USER = 0x7e

/** What the element holds, or undefined where there is none or it cannot be decoded. */
export function userInformation(b: Uint8Array, at: number, end: number): PerRecord | undefined {
  if (end - at < 2 || b[at] !== PROTOCOL_DISCRIMINATOR) return undefined
  // Call reference, with its length before it, and message type.
  at += 2 + b[at + 1]! + 1
  while (at < end) {
    if (b[at] === USER_USER) {
      if (end - at < 3) return undefined
      const length = u16(b, at + 1)
      const contentAt = at + 3
      // Its first byte is a protocol discriminator of its own.
      if (length < 2 || contentAt + length > end) return undefined
      return decodePer(USER_INFORMATION, b, contentAt + 1, contentAt + length) as PerRecord | undefined
    }
    if (end - at < 2) return undefined
    at += 2 + b[at + 1]!
  }
  return undefined
}
