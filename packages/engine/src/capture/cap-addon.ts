/** The part of the patched `cap` addon that is used, and the one place that loads it. */
import { createRequire } from 'node:module'
import { EngineError } from '../errors.ts'

export interface LiveCaptureOptions {
  snaplen: number
  promiscuous: boolean
  /** Bytes asked for the kernel's ring. */
  bufferSize: number
  timeoutMs: number
  immediate: boolean
}

export interface OpenedCapture {
  /** DLT_ value. */
  linkType: number
  snaplen: number
  /** Bytes that were asked for in the end: less than wanted where the kernel refused. */
  bufferSize: number
  /** Bytes that the kernel gave; 0 where that cannot be known. */
  ringSize: number
  /** The packet socket. */
  fd: number
  /** False where times have only microseconds. */
  nanoseconds: boolean
  /** libpcap's text, often empty. */
  warning: string
}

/** Errors thrown by `open` and `setFilter` carry one of these as `code`. */
export type CapErrorCode = 'NO_SUCH_DEVICE' | 'PERMISSION' | 'DOWN' | 'OPEN' | 'FILTER' | 'CLOSED' | 'STATS' | 'READ'

export interface LiveCapture {
  open(device: string, options: LiveCaptureOptions): OpenedCapture
  /** `onError` with DOWN leaves the capture open; after GONE and READ no packet comes. */
  start(
    buffer: Buffer,
    maxPackets: number,
    onBatch: (bytes: number, packets: number) => void,
    onError: (code: 'DOWN' | 'GONE' | 'READ', text: string) => void,
  ): void
  pause(): void
  resume(): void
  /** Each wraps at 2³². */
  stats(): { received: number; dropped: number; interfaceDropped: number }
  /** Text, or a program as `compileFilter` gives it. On an error the filter in force stays. */
  setFilter(filter: string | Buffer): void
  linkState(): 'up' | 'down' | 'gone'
  close(): boolean
}

export interface CapAddon {
  LiveCapture: new () => LiveCapture
  /** BPF instructions of 8 bytes each, in this machine's byte order. `linkType` is a DLT_ value. */
  compileFilter(text: string, linkType: number, snaplen: number): Buffer
  /** Returns the number of threads. See rights.ts. */
  dropRights(captureFds: readonly number[]): number
  /** Does not return. See rights.ts. */
  restartWithoutRings(path: string, argv: readonly string[], keptFds: readonly number[]): void
}

let loaded: CapAddon | undefined

/**
 * Loads the addon once; it works on a process's main thread only.
 * @throws EngineError ERR_CAPTURE_UNAVAILABLE where it was not built, or was built for another Node.
 */
export function loadCap(): CapAddon {
  if (loaded !== undefined) return loaded
  const require = createRequire(import.meta.url)
  try {
    loaded = require('cap') as CapAddon
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new EngineError('ERR_CAPTURE_UNAVAILABLE', `The capture addon cannot be loaded: ${reason}`, 'Run npm run setup.', {
      cause: error,
    })
  }
  return loaded
}
