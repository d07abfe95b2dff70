import { L4, SctpState, Status, TcpState } from '../model/index.ts'
import type { ConnTable } from './conn-table.ts'

/** Buckets inspected for one new entry (CONNTRACK.md 3.8). */
const BUCKETS = 8
/** Most references in one bucket of the index. */
const BUCKET_REFERENCES = 4
/** Part of the table above which the sweep evicts. */
const PRESSURE = 0.95

const TCP_CLOSING = new Set<number>([TcpState.FinWait, TcpState.CloseWait, TcpState.LastAck, TcpState.TimeWait, TcpState.Close])
const SCTP_CLOSING = new Set<number>([SctpState.ShutdownSent, SctpState.ShutdownRecd, SctpState.ShutdownAckSent])

/** Who has to go when the table is full (CONNTRACK.md 3.8). The kernel's victims depend on a random hash; the rules are kept. */
export class EarlyDrop {
  private readonly table: ConnTable
  private readonly $slots = new Int32Array(BUCKET_REFERENCES)
  /** Asked for when no bucket held a victim. */
  private isSweeping = false
  private sweepAt = 0

  constructor(table: ConnTable) {
    this.table = table
  }

  /** Evicts all killable entries of the first of eight buckets from the hash on that has any. */
  makeRoom(hash: number, evict: (slot: number) => void): boolean {
    const { table, $slots } = this
    for (let n = 0; n < BUCKETS; n++) {
      const count = table.index.bucket(hash, n, $slots)
      let evicted = false
      for (let i = 0; i < count; i++) {
        const slot = $slots[i]!
        // Both tuples of an entry may be in one bucket.
        if (table.id(slot) === 0 || table.status(slot) & (Status.Assured | Status.Dying)) continue
        evict(slot)
        evicted = true
      }
      if (evicted) return true
    }
    this.isSweeping = true
    this.sweepAt = 0
    return false
  }

  /** While the table is nearly full after a packet found no room: evicts what is not ASSURED or is closing. */
  sweep(budget: number, evict: (slot: number) => void): void {
    if (!this.isSweeping) return
    const { table } = this
    for (let left = budget; left > 0 && this.isSweeping; left--) {
      if (this.sweepAt >= table.highWater || table.count < table.capacity * PRESSURE) {
        this.isSweeping = false
        return
      }
      const slot = this.sweepAt++
      if (table.id(slot) !== 0 && this.isExpendable(slot)) evict(slot)
    }
  }

  private isExpendable(slot: number): boolean {
    const { table } = this
    if (!(table.status(slot) & Status.Assured)) return true
    const l4 = table.l4(slot)
    if (l4 === L4.Tcp) return TCP_CLOSING.has(table.protoState(slot))
    return l4 === L4.Sctp && SCTP_CLOSING.has(table.protoState(slot))
  }
}
