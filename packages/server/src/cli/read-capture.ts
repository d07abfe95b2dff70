/** A capture file through the engine, in this process: for the commands that print and end. */
import {
  Engine,
  type EngineError,
  type EngineOptions,
  type FrameBatch,
  openCaptureFile,
  readCaptureFile,
  recordTimeMs,
} from '@ctscope/engine'
import { DEFAULT_SETTINGS } from '@ctscope/engine/model'
import { stopBeingRoot } from '../drop-rights.ts'
import type { Options } from './options.ts'
import { errorLine, say } from '../say.ts'
import { applySettings, assignHelpers } from './tracking-options.ts'

/** `frozen` stands still at 0; `capture` is the greatest packet time so far, ms. */
export type Clock = 'frozen' | 'capture'

export type Reader = {
  /** Before a frame is tracked, once what ran out until its time has ended. */
  beforeFrame?(): void
  afterFrame(): void
  /** Whether the source should wait until `resume` of the promise: output that nobody takes. */
  busy?(): Promise<void> | null
}

export type Read = {
  /** The engine's clock at the end, ms. */
  nowMs: number
  /** 1: the file broke off in its middle. What came before counts all the same. */
  exitCode: 0 | 1
}

/** As the options say how it is to track. @throws UsageError */
export function engineFor(options: Options, more: Pick<EngineOptions, 'longestFrame'> = {}): Engine {
  return new Engine({ settings: applySettings(DEFAULT_SETTINGS, options.set), helpers: assignHelpers(options.helper), ...more })
}

/**
 * Reads the whole file, or as far as it can be read: why not further is a line on stderr.
 * @throws EngineError when it cannot be opened or is no capture file
 */
export async function readCapture(path: string, engine: Engine, clock: Clock, reader: Reader): Promise<Read> {
  const file = await openCaptureFile(path)
  stopBeingRoot()
  const source = await readCaptureFile(file, path)
  let nowMs = 0
  const take = (batch: FrameBatch) => {
    for (let at = 0; at < batch.length;) {
      const timeMs = clock === 'capture' ? recordTimeMs(batch, at) : 0
      if (timeMs > nowMs) {
        nowMs = timeMs
        while (!engine.expire(nowMs, Infinity));
        reader.beforeFrame?.()
      }
      at = engine.record(batch, at, nowMs)
      reader.afterFrame()
    }
    const busy = reader.busy?.() ?? null
    if (busy === null) return
    source.pause()
    void busy.then(() => {
      source.resume()
    })
  }
  const error = await new Promise<EngineError | undefined>((resolve) => {
    source.start({ onBatch: take, onEnd: resolve })
  })
  source.close()
  if (error === undefined) return { nowMs, exitCode: 0 }
  // A capture that was stopped by force ends so: no failure.
  const isCut = error.code === 'ERR_CAPTURE_FILE_CUT'
  say(isCut ? error.message : errorLine(error))
  return { nowMs, exitCode: isCut ? 0 : 1 }
}
