/** The whole view is in the address: which view, its filter and order, what is chosen. */
import { CONNECTION_SORTS, type ConnectionSort } from '@ctscope/server/api/live'

/** In the order of the rail; their place is their key. */
export const VIEWS = ['connections', 'ftp', 'expectations', 'packets', 'transitions', 'health'] as const
export type ViewId = (typeof VIEWS)[number]

export const PANEL_TABS = ['ladder', 'transitions', 'facts'] as const
export type PanelTab = (typeof PANEL_TABS)[number]

export type Sort = { key: ConnectionSort; order: 'asc' | 'desc' }

export type Route = {
  view: ViewId
  filter: string
  sort: Sort
  /** Ended connections stay in the table for a while. */
  ended: boolean
  /** The connection in the panel. */
  connection: number | null
  tab: PanelTab
  /** The FTP session that is read. */
  session: number | null
}

/** The newest connections first: an order that nothing but arrivals changes. */
export const DEFAULT_SORT: Sort = { key: 'born', order: 'desc' }

const HOME: Route = {
  view: 'connections',
  filter: '',
  sort: DEFAULT_SORT,
  ended: true,
  connection: null,
  tab: 'ladder',
  session: null,
}

export function parseRoute(path: string, search: string): Route {
  const query = new URLSearchParams(search)
  return {
    view: VIEWS.find((view) => path === `/${view}`) ?? HOME.view,
    filter: query.get('filter') ?? '',
    sort: parseSort(query.get('sort')),
    ended: query.get('ended') !== 'no',
    connection: parseId(query.get('connection')),
    tab: PANEL_TABS.find((tab) => tab === query.get('tab')) ?? HOME.tab,
    session: parseId(query.get('session')),
  }
}

/** Path and query; what is as it is from the start is left out. */
export function formatRoute(route: Route): string {
  const query = new URLSearchParams()
  if (route.filter !== '') query.set('filter', route.filter)
  if (route.sort.key !== DEFAULT_SORT.key || route.sort.order !== DEFAULT_SORT.order) {
    query.set('sort', `${route.sort.order === 'desc' ? '-' : ''}${route.sort.key}`)
  }
  if (!route.ended) query.set('ended', 'no')
  if (route.session !== null) query.set('session', String(route.session))
  if (route.connection !== null) query.set('connection', String(route.connection))
  if (route.connection !== null && route.tab !== HOME.tab) query.set('tab', route.tab)
  const text = query.toString()
  return `/${route.view}${text === '' ? '' : `?${text}`}`
}

function parseSort(text: string | null): Sort {
  const key = CONNECTION_SORTS.find((each) => text === each || text === `-${each}`)
  return key === undefined ? DEFAULT_SORT : { key, order: text === key ? 'asc' : 'desc' }
}

function parseId(text: string | null): number | null {
  return text !== null && /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null
}
