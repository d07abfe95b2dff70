/**
 * The session token: it comes in the link's fragment, which browsers send to no server, and leaves the address bar
 * at once for this origin's own storage. Reloads and further tabs find it there; a refused one is thrown away.
 */
const KEY = 'ctscope.token'

type TokenPlace = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The token of the link, or the one kept from it; null when there is neither. */
export function takeToken(location: Location, history: History, storage: TokenPlace): string | null {
  const fromLink = new URLSearchParams(location.hash.slice(1)).get('token')
  if (fromLink === null) return storage.getItem(KEY)
  storage.setItem(KEY, fromLink)
  history.replaceState(history.state, '', location.pathname + location.search)
  return fromLink
}

/** Throws a refused token away, but not the newer one that another tab may have kept meanwhile. */
export function forgetToken(storage: TokenPlace, refused: string): void {
  if (storage.getItem(KEY) === refused) storage.removeItem(KEY)
}
