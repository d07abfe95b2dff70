/** "4d 23h", "1m 46s", "24s": the two largest units, cut off as a countdown shows them. Negative counts as none. */
export function shortDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const days = Math.floor(whole / 86400)
  const hours = Math.floor(whole / 3600) % 24
  const minutes = Math.floor(whole / 60) % 60
  if (days > 0) return hours > 0 ? `${days}d ${hours}h` : `${days}d`
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}m` : `${hours}h`
  const rest = whole % 60
  if (minutes > 0) return rest > 0 ? `${minutes}m ${rest}s` : `${minutes}m`
  return `${rest}s`
}

/** A span that may be tiny, from milliseconds: "0.41 ms", "14.8 ms", "3.1 s", "2m 4s". */
export function span(ms: number): string {
  const size = Math.abs(ms)
  if (size < 10) return `${trim(ms, 2)} ms`
  if (size < 100) return `${trim(ms, 1)} ms`
  if (size < 1000) return `${Math.round(ms)} ms`
  if (size < 60_000) return `${trim(ms / 1000, 1)} s`
  return shortDuration(ms / 1000)
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
