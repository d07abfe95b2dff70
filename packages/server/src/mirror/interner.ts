/** Numbers for strings that repeat: names of helpers and interfaces. Number 0 is ''. */
export class Interner {
  readonly #numbers = new Map<string, number>([['', 0]])
  readonly #texts: string[] = ['']
  readonly #limit: number

  /** Texts beyond `limit` become number 0. */
  constructor(limit = 65_535) {
    this.#limit = limit
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    if (this.#texts.length > this.#limit) return 0
    this.#texts.push(text)
    this.#numbers.set(text, this.#texts.length - 1)
    return this.#texts.length - 1
  }

  textOf(number: number): string {
    return this.#texts[number] ?? ''
  }
}
