/** The door's key: comparison in constant time, and a wait for those who try wrong ones. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'

/** 192 bits, in characters that need no escape in a URL's fragment or a subprotocol. */
export function makeToken(): string {
  return randomBytes(24).toString('base64url')
}

/** Characters that may stand in a WebSocket subprotocol (RFC 9110 token), enough of them for 128 bits. */
const TOKEN_FORM = /^[A-Za-z0-9._~+/=!#$%&'*^`|-]{22,256}$/

/** Whether a token that a user fixed is long enough and fits into a header. */
export function isUsableToken(token: string): boolean {
  return TOKEN_FORM.test(token)
}

/** Wrong tries of one address: the wait doubles from the first to the last of these, in milliseconds. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5000
/** Tries after which an address is forgotten, when none came for so long. */
const FORGET_AFTER_MS = 60_000
/** Addresses that are remembered, and answers that wait, at most. */
const MAX_ADDRESSES = 1000
const MAX_WAITING = 100

type Tries = { count: number; lastMs: number }

export class TokenGate {
  readonly #digests: readonly Buffer[]
  readonly #wrong = new Map<string, Tries>()
  #waiting = 0
  /** Wrong tokens seen. */
  refused = 0

  /** @throws when there is no token, or one that is too short. */
  constructor(tokens: readonly string[]) {
    if (tokens.length === 0) throw new Error('the app needs a token')
    for (const token of tokens) if (!isUsableToken(token)) throw new Error('a token needs 22 to 256 characters without spaces')
    this.#digests = tokens.map(digest)
  }

  /** Takes the same time for every wrong token. A right one never waits. */
  isRight(token: string): boolean {
    const given = digest(token)
    let right = false
    for (const known of this.#digests) right = timingSafeEqual(known, given) || right
    return right
  }

  /** Holds back the answer to a wrong token; false: too many wait already, answer at once that it is too much. */
  async slowDown(address: string): Promise<boolean> {
    this.refused++
    if (this.#waiting >= MAX_WAITING) return false
    this.#waiting++
    try {
      await wait(this.#waitFor(address))
    } finally {
      this.#waiting--
    }
    return true
  }

  #waitFor(address: string): number {
    const nowMs = performance.now()
    const before = this.#wrong.get(address)
    const count = before === undefined || nowMs - before.lastMs > FORGET_AFTER_MS ? 1 : before.count + 1
    this.#wrong.delete(address)
    this.#wrong.set(address, { count, lastMs: nowMs })
    if (this.#wrong.size > MAX_ADDRESSES) {
      const [oldest] = this.#wrong.keys()
      if (oldest !== undefined) this.#wrong.delete(oldest)
    }
    return Math.min(FIRST_WAIT_MS * 2 ** (count - 1), LONGEST_WAIT_MS)
  }
}

/** Digests are of one length, so that comparing them says nothing of the token's. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
