/** Lines to stdout in blocks, and whether anybody takes them. */
const BLOCK_CHARS = 64 * 1024

export class Output {
  private block = ''

  text(text: string): void {
    this.block += text
    if (this.block.length >= BLOCK_CHARS) this.flush()
  }

  flush(): void {
    if (this.block !== '') process.stdout.write(this.block)
    this.block = ''
  }

  /** Resolves when more may be written; null: now. */
  busy(): Promise<void> | null {
    if (!process.stdout.writableNeedDrain) return null
    return new Promise((resolve) => process.stdout.once('drain', resolve))
  }

  /** All of it is handed to the system: nothing is lost when the process ends. */
  end(): Promise<void> {
    this.flush()
    return new Promise((resolve) => process.stdout.write('', () => { resolve() })) // prettier-ignore
  }
}
