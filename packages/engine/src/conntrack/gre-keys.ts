import { TupleKey } from './tuple-key.ts'

/** A call in one direction, and whose it is. */
type Call = { readonly master: number; readonly direction: number; readonly tuple: TupleKey }

/**
 * PPTP's key map: a GRE packet carries only its receiver's call id; the sender's is known from the control connection
 * (CONNTRACK.md 5.6, 8.6).
 */
export class GreKeys {
  /** In the order of their making. */
  private readonly calls: Call[] = []

  /** The source key of a GRE tuple that is whole but for it; 0: none is known. */
  readonly sourceOf = (key: TupleKey): number => {
    for (const { tuple } of this.calls) if (isSameCall(tuple, key)) return tuple.sport
    return 0
  }

  /** Adds a call of a master in one direction. False: it has another one there. */
  add(master: number, direction: number, tuple: TupleKey): boolean {
    const known = this.calls.find((call) => call.master === master && call.direction === direction)
    if (known !== undefined) return isSameCall(known.tuple, tuple)
    const copy = new TupleKey()
    copy.set(tuple)
    this.calls.push({ master, direction, tuple: copy })
    return true
  }

  /** Removes a master's calls. */
  forget(master: number): void {
    for (let i = this.calls.length - 1; i >= 0; i--) if (this.calls[i]!.master === master) this.calls.splice(i, 1)
  }
}

function isSameCall(a: TupleKey, b: TupleKey): boolean {
  return a.dport === b.dport && a.l3 === b.l3 && a.l4 === b.l4 && a.sameAddress(0, b, 0) && a.sameAddress(4, b, 4)
}
