const COLON = 0x3a
const DOT = 0x2e

/** Reads a textual IPv6 address (RFC 4291 2.2), all of [at, end), into four words. */
export function parseIpv6(b: Uint8Array, at: number, end: number, into: Uint32Array): boolean {
  const groups: number[] = []
  /** Groups before "::", -1: none seen. */
  let gapAt = -1
  if (b[at] === COLON) {
    if (at + 1 >= end || b[at + 1] !== COLON) return false
    gapAt = 0
    at += 2
  }
  while (at < end) {
    let stop = at
    while (stop < end && b[stop] !== COLON) stop++
    if (b.subarray(at, stop).includes(DOT)) {
      if (stop !== end || !pushIpv4(b, at, stop, groups)) return false
      at = stop
      break
    }
    const group = hexGroup(b, at, stop)
    if (group < 0) return false
    groups.push(group)
    if (stop === end) {
      at = end
      break
    }
    at = stop + 1
    if (at >= end) return false
    if (b[at] === COLON) {
      if (gapAt >= 0) return false
      gapAt = groups.length
      at++
    }
  }
  if (gapAt < 0 ? groups.length !== 8 : groups.length > 7) return false
  if (gapAt >= 0) groups.splice(gapAt, 0, ...new Array<number>(8 - groups.length).fill(0))
  for (let word = 0; word < 4; word++) into[word] = (groups[word * 2]! << 16) | groups[word * 2 + 1]!
  return true
}

function hexGroup(b: Uint8Array, at: number, end: number): number {
  if (end - at < 1 || end - at > 4) return -1
  let value = 0
  for (; at < end; at++) {
    const digit = Number.parseInt(String.fromCharCode(b[at]!), 16)
    if (Number.isNaN(digit)) return -1
    value = (value << 4) | digit
  }
  return value
}

function pushIpv4(b: Uint8Array, at: number, end: number, groups: number[]): boolean {
  const octets = String.fromCharCode(...b.subarray(at, end)).split('.')
  if (octets.length !== 4 || !octets.every((o) => /^\d{1,3}$/.test(o) && Number(o) <= 255)) return false
  const [a, c, d, e] = octets.map(Number)
  groups.push((a! << 8) | c!, (d! << 8) | e!)
  return true
}
