/** One subscription of one client: what it has been sent, and so what it is to be sent next. */
import type { Delta, Snapshot } from '../api/live.ts'

export type TopicMessage =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly asOf?: string }
  | { readonly type: 'delta'; readonly delta: Delta; readonly asOf?: string }

export interface Topic {
  /** What is new since the last time; a snapshot the first time and after `reset`. Null: nothing. */
  poll(nowMs: number): TopicMessage | null
  /** The client was slow: the next message is a fresh picture rather than all that happened. */
  reset(): void
  /** The subscription is frozen (not polled, but for a window that moves) or goes on. */
  freeze?(isFrozen: boolean): void
  close(): void
}
