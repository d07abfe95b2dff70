/** An operation that failed for a reason a person can mend. Traffic never throws; our own bugs throw plain errors. */
export class EngineError extends Error {
  /** Stable, for programs: ERR_… */
  readonly code: string
  /** What to do. */
  readonly hint: string

  constructor(code: string, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EngineError'
    this.code = code
    this.hint = hint
  }
}
