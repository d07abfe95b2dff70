/**
 * What the app needs of whoever runs the engines: the supervisor behind the launcher in production, a synthetic
 * one or the inline engine in tests. The app never starts a process and never opens anything itself.
 */
import type { Batch, EngineReady, PacketRecord } from '@ctscope/engine/ipc'
import type { Capture, Interface } from '../api/rest.ts'

/**
 * A place for an engine, numbered from 1 for the whole run: an engine that is started again keeps its slot and
 * comes with a greater epoch.
 */
export type EngineSlot = number

/** What the app is told. Per slot the order is ready, then batches and source changes, then gone; then ready again. */
export interface CaptureListener {
  ready(slot: EngineSlot, ready: EngineReady): void
  batch(slot: EngineSlot, batch: Batch): void
  source(slot: EngineSlot, state: SourceState, note: string): void
  /** The engine's process has ended; all that it held is lost. `cause` is for people. */
  gone(slot: EngineSlot, cause: string, willRestart: boolean): void
  /** `capture()` would now answer otherwise: filter, running, replay position's play state, interfaces. */
  captureChanged(): void
}

export type SourceState = 'running' | 'paused' | 'down' | 'ended'

export interface CaptureHost {
  /** Called once, before the first engine is started: no event is kept for a later listener. */
  listen(listener: CaptureListener): void

  /** As it is now. Cheap: asked on every tick. */
  capture(): Capture

  /** What can be captured, and if not, why not. */
  interfaces(): Promise<Interface[]>

  /**
   * Each of these settles when every engine has answered, and rejects with an EngineError (STATUS_OF_ERROR in
   * api/error-codes.ts says which codes become which status) without having changed anything.
   */
  setFilter(filter: string): Promise<void>
  setRunning(running: boolean): Promise<void>
  setInterfaces(interfaces: readonly string[]): Promise<void>
  /** File only, else ERR_NOT_A_FILE. `at` (packet time, µs): go there; going back runs the file anew with a new epoch. */
  setReplay(change: ReplayChange): Promise<void>

  /** Batches carry packets only while somebody watches. Idempotent; holds for engines started later too. */
  watchPackets(watch: boolean): void
  /** A connection's packets that the engine's ring still holds, oldest first, the newest `limit` of them. */
  connectionPackets(slot: EngineSlot, connection: number, last: number, limit: number): Promise<PacketRecord[]>
  /** Ring records with a number below `before` (newest: Infinity), newest first. */
  packets(slot: EngineSlot, before: number, limit: number): Promise<PacketRecord[]>
}

export type ReplayChange = { playing?: boolean; speed?: number; atUs?: number }
