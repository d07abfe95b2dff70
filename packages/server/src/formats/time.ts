/** Times as RFC 3339 in UTC. */

let cachedSecond = NaN
let cachedText = ''

/** `2026-11-22T12:00:00` of whole seconds since 1970; the same second is asked for again and again. */
function secondText(seconds: number): string {
  if (seconds !== cachedSecond) {
    cachedText = new Date(seconds * 1000).toISOString().slice(0, -5)
    cachedSecond = seconds
  }
  return cachedText
}

/** The last second that a Date can hold. */
const MAX_SECONDS = 8.64e12

/** With microseconds. */
export function timeOfUs(us: number): string {
  const seconds = Math.min(Math.floor(us / 1e6), MAX_SECONDS)
  const fraction = Math.floor(us - seconds * 1e6)
  return `${secondText(seconds)}.${String(fraction).padStart(6, '0')}Z`
}

/** With nanoseconds. */
export function timeOfNs(seconds: number, nanoseconds: number): string {
  return `${secondText(Math.min(seconds, MAX_SECONDS))}.${String(nanoseconds).padStart(9, '0')}Z`
}
