/**
 * A lookup key: one tuple and its zone, in the form that entries are stored in (CONNTRACK.md 1.3, 2.5). A reused
 * object: whoever needs it longer copies the words.
 */
export class TupleKey {
  zone = 0
  l3: 4 | 6 = 4
  l4 = 0
  /** As `Packet.address`: IPv4 at words 0 and 4, IPv6 all eight; source first. */
  readonly address = new Uint32Array(8)
  /** Source and destination identifier: ports; ICMP id and type << 8 | code; GRE keys; 0. */
  sport = 0
  dport = 0

  set(other: TupleKey): void {
    this.zone = other.zone
    this.l3 = other.l3
    this.l4 = other.l4
    this.address.set(other.address)
    this.sport = other.sport
    this.dport = other.dport
  }

  /** Takes `other` with its ends swapped; identifiers too (where the protocol's inverse is a swap). */
  setSwapped(other: TupleKey): void {
    this.zone = other.zone
    this.l3 = other.l3
    this.l4 = other.l4
    const from = other.address
    const to = this.address
    for (let i = 0; i < 4; i++) {
      to[i] = from[i + 4]!
      to[i + 4] = from[i]!
    }
    this.sport = other.dport
    this.dport = other.sport
  }

  equals(other: TupleKey): boolean {
    if (
      this.sport !== other.sport ||
      this.dport !== other.dport ||
      this.l4 !== other.l4 ||
      this.l3 !== other.l3 ||
      this.zone !== other.zone
    )
      return false
    return this.sameAddress(0, other, 0) && this.sameAddress(4, other, 4)
  }

  /** `at` and `otherAt`: 0 for the source, 4 for the destination. */
  sameAddress(at: 0 | 4, other: TupleKey, otherAt: 0 | 4): boolean {
    const words = this.l3 === 4 ? 1 : 4
    for (let i = 0; i < words; i++) if (this.address[at + i] !== other.address[otherAt + i]) return false
    return true
  }
}

/** 32-bit hash of a key. `seed` keeps a sender from choosing its bucket. */
export function hashKey(key: TupleKey, seed: number): number {
  const a = key.address
  let h = mix(seed, (key.zone << 16) | (key.l4 << 8) | key.l3)
  h = mix(h, (key.sport << 16) | key.dport)
  h = mix(h, a[0]!)
  h = mix(h, a[4]!)
  if (key.l3 === 6) {
    h = mix(h, a[1]!)
    h = mix(h, a[2]!)
    h = mix(h, a[3]!)
    h = mix(h, a[5]!)
    h = mix(h, a[6]!)
    h = mix(h, a[7]!)
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function mix(h: number, word: number): number {
  h = Math.imul(h ^ word, 0x9e3779b1)
  return (h << 13) | (h >>> 19)
}
