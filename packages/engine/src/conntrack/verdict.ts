import { CtState, Dir, DropCause } from '../model/index.ts'

/**
 * What tracking said of the packet tracked last. One reused object of the Tracker: valid until the next `track()`.
 */
export class Verdict {
  state: CtState = CtState.None
  /** Meaningful for New, Established and Related only. */
  dir: Dir = Dir.Original
  /** The entry attached to the packet when conntrack was done; -1: none. */
  slot = -1
  /**
   * Id of the connection that the packet is about, 0: none. Unlike `slot` also that of an entry which an INVALID packet
   * met and was detached from, and of one that ended through this packet.
   */
  connection = 0
  /** Slot of `connection` while it is in the table, else -1. */
  touchedSlot = -1
  /** Number of the packet before this one of a `connection` that ended through it, -1: none. */
  endedAfter = -1
  /** Index into REASONS; 0: nothing to say. */
  reason = 0
  /** Its numbers. */
  readonly args = new Uint32Array(4)
  wouldDrop: DropCause = DropCause.None
  /** TCP or SCTP state of `connection` after the packet. */
  protoStateAfter = 0

  reset(): void {
    this.state = CtState.None
    this.dir = Dir.Original
    this.slot = -1
    this.connection = 0
    this.touchedSlot = -1
    this.endedAfter = -1
    this.clearReason()
    this.wouldDrop = DropCause.None
    this.protoStateAfter = 0
  }

  clearReason(): void {
    if (this.reason !== 0) this.because(0)
  }

  because(reason: number, a = 0, b = 0, c = 0, d = 0): void {
    this.reason = reason
    const args = this.args
    args[0] = a
    args[1] = b
    args[2] = c
    args[3] = d
  }
}
