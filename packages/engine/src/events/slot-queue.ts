/** Slots in the order in which they came, each at most once at a time. */
export class SlotQueue {
  private readonly slots: Int32Array
  private readonly isIn: Uint8Array
  private head = 0
  length = 0

  /** @param capacity slots are 0 … capacity - 1 */
  constructor(capacity: number) {
    this.slots = new Int32Array(capacity)
    this.isIn = new Uint8Array(capacity)
  }

  /** Does nothing when it is in already: it keeps its place. */
  push(slot: number): void {
    if (this.isIn[slot] === 1) return
    this.isIn[slot] = 1
    this.slots[(this.head + this.length++) % this.slots.length] = slot
  }

  /** The one that waits longest, -1: none. */
  shift(): number {
    if (this.length === 0) return -1
    const slot = this.slots[this.head]!
    this.head = (this.head + 1) % this.slots.length
    this.length--
    this.isIn[slot] = 0
    return slot
  }
}
