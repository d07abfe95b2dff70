/** Names of network interfaces by index, from sysfs: what a zone of a capture on `any` is. */
import { readdirSync, readFileSync } from 'node:fs'

const NET = '/sys/class/net'
const READ_AGAIN_AFTER_MS = 5000

export class InterfaceNames {
  readonly #names = new Map<number, string>()
  #readAtMs = -Infinity

  /** Null when there is (or lately was) no interface of that index. */
  nameOf(index: number, nowMs: number): string | null {
    const known = this.#names.get(index)
    if (known !== undefined) return known
    if (nowMs - this.#readAtMs >= READ_AGAIN_AFTER_MS) {
      this.#readAtMs = nowMs
      this.#read()
    }
    return this.#names.get(index) ?? null
  }

  #read(): void {
    try {
      for (const name of readdirSync(NET)) {
        const index = Number(readFileSync(`${NET}/${name}/ifindex`, 'utf8'))
        if (index > 0) this.#names.set(index, name)
      }
    } catch {
      // No sysfs here, or an interface went away meanwhile: numbers stay numbers.
    }
  }
}
