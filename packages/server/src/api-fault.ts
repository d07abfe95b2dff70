import type { ErrorCode } from './api/error-codes.ts'

/** A request that cannot be answered, for a reason that the caller can mend. The error handler makes the answer of it. */
export class ApiFault extends Error {
  readonly code: ErrorCode
  readonly hint: string

  constructor(code: ErrorCode, message: string, hint: string) {
    super(message)
    this.name = 'ApiFault'
    this.code = code
    this.hint = hint
  }
}
