/** Times come as RFC 3339 in UTC with six or nine digits of a second; here they are milliseconds since 1970. */

/** Keeps what Date.parse drops: microseconds, as the fraction of a millisecond. */
export function epochMs(time: string): number {
  const whole = Date.parse(time)
  const digits = /\.\d{3}(\d+)/.exec(time)?.[1]
  return digits === undefined ? whole : whole + Number(`0.${digits}`)
}

const two = (value: number) => String(value).padStart(2, '0')

/** Local clock time, "14:02:11.204": `digits` of a second, up to six. */
export function clockTime(time: string, digits: 0 | 3 | 6 = 0): string {
  const at = new Date(time)
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  if (digits === 0) return clock
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? ''
  return `${clock}.${fraction.padEnd(digits, '0').slice(0, digits)}`
}

/** Within an hour's reading the hour says nothing: "02:11.204". */
export function minuteTime(time: string): string {
  return clockTime(time, 3).slice(3)
}
