/**
 * Failed operations: a stable code for programs, a sentence for people, and a hint that says what to do.
 * Malformed traffic is never an error here (it is counted), and our own bugs are plain exceptions.
 */

/** Codes of failed operations. They are part of the API: never rename one. */
export type EngineErrorCode =
  | 'ERR_CAPTURE_PERMISSION'
  | 'ERR_NO_SUCH_DEVICE'
  | 'ERR_CAPTURE_OPTION'
  | 'ERR_CAPTURE_OPEN'
  | 'ERR_CAPTURE_READ'
  | 'ERR_CAPTURE_UNAVAILABLE'
  | 'ERR_BPF'
  | 'ERR_INTERFACE_DOWN'
  | 'ERR_INTERFACE_GONE'
  | 'ERR_FILE_OPEN'
  | 'ERR_FILE_FORMAT'
  | 'ERR_FILE_CUT'
  | 'ERR_SETTING'
  | 'ERR_RIGHTS'

/** What crosses a process boundary or reaches a user. */
export interface EngineErrorShape {
  code: EngineErrorCode
  /** One sentence, without a final full stop, safe to print on one line. */
  message: string
  /** What to do about it; empty where nothing helps. */
  hint: string
}

/** An operation failed. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineErrorCode
  readonly hint: string

  constructor(code: EngineErrorCode, message: string, hint = '', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
  }

  toShape(): EngineErrorShape {
    return { code: this.code, message: this.message, hint: this.hint }
  }
}
