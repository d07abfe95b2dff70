import { shortDuration } from '../format/duration.ts'
import { useNow } from '../live/clock.ts'

/** Below this share of its full timeout an entry is about to go. */
const LATE = 0.25

/** A bar of the time left against the full timeout, and the countdown. `expiresAt` on the engine's clock (ms). */
export function TimeLeft({ expiresAt, full, ofFull = false }: { expiresAt: number; full: number; ofFull?: boolean }) {
  const left = Math.max(0, (expiresAt - useNow()) / 1000)
  const share = full > 0 ? Math.min(1, left / full) : 0
  return (
    <span className="age">
      <span className="age-bar">
        <i className={share < LATE ? 'late' : ''} style={{ transform: `scaleX(${share.toFixed(3)})` }} />
      </span>
      <span className="dim">{ofFull ? `${shortDuration(left)} left of ${shortDuration(full)}` : shortDuration(left)}</span>
    </span>
  )
}
