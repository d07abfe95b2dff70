/** Moves through views and keeps the address, the browser's history and the store at one. */
import { useStore } from '../store/index.ts'
import { formatRoute, parseRoute, type Route, type ViewId } from './route.ts'

/** A view's own part of the address, to come back to when it is chosen again. */
const left = new Map<ViewId, Route>()

/** `replace`: no step of its own in the browser's history, for what changes while typing. */
export function navigate(change: Partial<Route>, how: 'push' | 'replace' = 'push'): void {
  const { route, setRoute } = useStore.getState()
  const next = { ...route, ...change }
  const address = formatRoute(next)
  if (address === location.pathname + location.search) return
  if (how === 'push') history.pushState(null, '', address)
  else history.replaceState(null, '', address)
  setRoute(next)
}

/** To another view, as it was left. */
export function goTo(view: ViewId): void {
  const { route } = useStore.getState()
  if (route.view === view) return
  left.set(route.view, route)
  navigate(left.get(view) ?? { view, filter: '', session: null, connection: null, tab: 'ladder' })
}

/** The table with one connection open, wherever one was before. */
export function showConnections(filter: string): void {
  navigate({ view: 'connections', filter, connection: null })
}

/** The address of one connection, for links that can be opened elsewhere too. */
export function connectionHref(id: number): string {
  return formatRoute({ ...useStore.getState().route, connection: id })
}

export function followHistory(): void {
  const read = () => useStore.getState().setRoute(parseRoute(location.pathname, location.search))
  window.addEventListener('popstate', read)
  read()
}
