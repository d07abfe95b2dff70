/** Views shared by all subscriptions that ask for the same. */
import type { ConnectionsQuery } from '../api/live.ts'
import { compileFilter, parseFilter } from '../filter/index.ts'
import type { Term } from '../filter/ast.ts'
import { CLOCK_FIELDS, connectionOrder } from '../mirror/connection-fields.ts'
import { ConnectionView } from '../mirror/connection-view.ts'
import type { Mirror } from '../mirror/mirror.ts'

type Entry = { view: ConnectionView; users: number }
export type ViewRequest = Omit<ConnectionsQuery, 'window'>
export type ViewLease = { readonly view: ConnectionView; release(): void }

export class ViewPool {
  readonly #mirror: Mirror
  readonly #entries = new Map<string, Entry>()

  constructor(mirror: Mirror) {
    this.#mirror = mirror
  }

  /** @throws FilterError */
  lease(request: ViewRequest): ViewLease {
    const { filter, sort, order, ended, tree } = request
    const key = JSON.stringify([filter, sort, order, ended, tree])
    const entry = this.#entries.get(key) ?? { view: this.#build(request), users: 0 }
    this.#entries.set(key, entry)
    entry.users++
    let isReleased = false
    return {
      view: entry.view,
      release: () => {
        if (isReleased) return
        isReleased = true
        if (--entry.users === 0) this.#entries.delete(key)
      },
    }
  }

  update(nowMs: number): void {
    for (const { view } of this.#entries.values()) view.update(nowMs)
  }

  #build({ filter, sort, order, ended, tree }: ViewRequest): ConnectionView {
    const mirror = this.#mirror
    const parsed = parseFilter(filter, 'connections')
    return new ConnectionView(
      mirror.connections,
      {
        predicate: compileFilter(parsed, mirror.connectionAccessor),
        order: connectionOrder(mirror.connections, sort, (slot) => mirror.clockOf(slot)),
        isDescending: order === 'desc',
        withEnded: ended,
        isTree: tree,
        dependsOnClock: parsed.term !== null && dependsOnClock(parsed.term),
      },
      mirror.nowMs(),
    )
  }
}

function dependsOnClock(term: Term): boolean {
  switch (term.kind) {
    case 'and':
    case 'or':
      return term.terms.some(dependsOnClock)
    case 'not':
      return dependsOnClock(term.term)
    case 'free':
      return false
    default:
      return CLOCK_FIELDS.has(term.field.name)
  }
}
