/**
 * What time it is for an engine's entries. Live, its clock goes on between batches; a file's clock is its packets'.
 */
export type EngineClock = {
  /** Milliseconds on the engine's clock, as deadlines are. */
  nowMs: number
  /** Microseconds since 1970, as packet times are. */
  nowUs: number
}
