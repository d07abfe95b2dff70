import type { Capture } from '@ctscope/server/api/rest'
import { epochMs } from '../format/time.ts'

/**
 * What an engine's clock said when a message was made (ms since 1970). Live it is the message's own time; a file's
 * clock is that of its packets, and stands still with them.
 */
export function engineTime(capture: Capture | null, asOf: string): number {
  return epochMs(capture?.kind === 'file' ? (capture.replay?.at ?? asOf) : asOf)
}
