import { Ascii, isDigit } from '../ascii.ts'

/** More digits are no number to the kernel, leading zeros or not. */
const MAX_DIGITS = 11
const MAX_VALUE = 0xffffffff

/** A decimal number in a SIP message. Reused. */
export class SipNumber {
  /** 0 where there is none. */
  value = 0
  /** One past its last digit. */
  end = 0

  /** Whether one stands at `at`: digits, eleven at most, below 2³². */
  read(b: Uint8Array, at: number, end: number): boolean {
    let value = 0
    let digit = at
    while (digit < end && isDigit(b[digit]!)) value = value * 10 + b[digit++]! - Ascii.Zero
    const isNumber = digit > at && digit - at <= MAX_DIGITS && value <= MAX_VALUE
    this.value = isNumber ? value : 0
    this.end = digit
    return isNumber
  }
}
