/** What the server and the tests may use of the engine. */
export { EngineError } from './errors.ts'
export type { EngineSource, EngineSpec } from './process/engine-spec.ts'
