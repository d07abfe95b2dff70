/**
 * The engine's clock as the page knows it, for countdowns. It ticks once a second while the page is connected to a
 * live capture; it stands still while frozen, cut off, paused, and for files, whose clock is that of their packets.
 */
import { useSyncExternalStore } from 'react'

let asOfMs = 0
let receivedAt = 0
let isRunning = false
let shown = 0
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

/** A message said what time it was (ms since 1970). */
export function setClock(ms: number): void {
  asOfMs = ms
  receivedAt = performance.now()
  if (shown === 0 || !isRunning) tick()
}

export function runClock(run: boolean): void {
  if (run === isRunning) return
  if (!run) asOfMs = read()
  receivedAt = performance.now()
  isRunning = run
  clearInterval(timer)
  if (run) timer = setInterval(tick, 1000)
}

function read(): number {
  return isRunning ? asOfMs + (performance.now() - receivedAt) : asOfMs
}

function tick(): void {
  shown = read()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Now on the engine's clock (ms since 1970), to the last tick. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => shown)
}
