/**
 * Where lines begin in one direction of a control connection: up to two sequence numbers right after a line end
 * (CONNTRACK.md 7.3). A segment that begins elsewhere is not parsed.
 */
export class LineSeq {
  private readonly seqs = new Uint32Array(2)
  private count = 0

  isLineStart(seq: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.seqs[i] === seq) return true
    return false
  }

  /** A segment ended with a line end; `seq` is that of the byte after it. */
  add(seq: number): void {
    const { seqs } = this
    if (this.isLineStart(seq)) return
    if (this.count < 2) {
      seqs[this.count++] = seq
      return
    }
    const older = ((seqs[0]! - seqs[1]!) | 0) < 0 ? 0 : 1
    if (((seqs[older]! - seq) | 0) < 0) seqs[older] = seq
  }
}
