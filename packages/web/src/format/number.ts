const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const ONE_DIGIT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** 8,412 */
export function count(value: number): string {
  return WHOLE.format(value)
}

/** "1 packet", "31 packets" */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** 3.2 % of a whole; 0 of nothing. Below a tenth but not none: "< 0.1 %". */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (part / whole) * 100
  return share > 0 && share < 0.1 ? '< 0.1 %' : `${ONE_DIGIT.format(share)} %`
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** 1.2 MB, in powers of 1000; whole bytes stay whole. */
export function bytes(value: number): string {
  return scaled(value, BYTE_UNITS)
}

const BIT_RATE_UNITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'] as const

export function bitRate(bitsPerSecond: number): string {
  return scaled(bitsPerSecond, BIT_RATE_UNITS)
}

function scaled(value: number, units: readonly string[]): string {
  let scale = 0
  let rest = value
  while (rest >= 999.95 && scale < units.length - 1) {
    rest /= 1000
    scale++
  }
  return `${scale === 0 || rest >= 100 ? WHOLE.format(rest) : ONE_DIGIT.format(rest)} ${units[scale]!}`
}
