/** What the server and the tests may use of the engine. */
export { openCaptureFile, readCaptureFile } from './capture/file.ts'
export { type CaptureSource, type FrameBatch, recordTimeMs } from './capture/source.ts'
export { Engine, type EngineListener, type EngineOptions } from './engine.ts'
export { EngineError } from './errors.ts'
export type { EngineSource, EngineSpec } from './process/engine-spec.ts'
export { InlineEngine, type InlineOptions } from './process/inline-host.ts'
export { VerdictWriter } from './verdicts.ts'
