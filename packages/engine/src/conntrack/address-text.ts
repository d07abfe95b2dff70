/** An address as text: IPv4 dotted, IPv6 as RFC 5952 says. `at`: the first of its words. */
export function addressText(words: Uint32Array, at: number, l3: 4 | 6): string {
  if (l3 === 4) {
    const a = words[at]!
    return `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.${a & 255}`
  }
  const groups: number[] = []
  for (let i = 0; i < 4; i++) groups.push(words[at + i]! >>> 16, words[at + i]! & 0xffff)
  // The kernel's and glibc's listeners write IPv4 within IPv6 with dots.
  if (isMappedOrCompatible(groups)) {
    const dotted = addressText(Uint32Array.of(words[at + 3]!), 0, 4)
    return groups[5] === 0xffff ? `::ffff:${dotted}` : `::${dotted}`
  }
  const { start, length } = longestZeros(groups)
  const hex = groups.map((g) => g.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function isMappedOrCompatible(groups: readonly number[]): boolean {
  if (groups.slice(0, 5).some((g) => g !== 0)) return false
  if (groups[5] === 0xffff) return true
  return groups[5] === 0 && groups[6] !== 0
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let i = 0; i < groups.length;) {
    let end = i
    while (end < groups.length && groups[end] === 0) end++
    if (end - i > best.length) best = { start: i, length: end - i }
    i = Math.max(end, i + 1)
  }
  return best
}
