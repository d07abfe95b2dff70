/** What the reader chose: where they are, how it looks, what is held still. */
import type { StateCreator } from 'zustand'
import { parseRoute, type Route } from '../route/route.ts'
import type { Store } from './index.ts'

export type Theme = 'system' | 'light' | 'dark'

export type UiSlice = {
  route: Route
  /** What stands in the filter box: ahead of the route while it is typed or wrong. */
  filterDraft: string
  theme: Theme
  /** When the page was frozen (ms since 1970), or null. */
  frozenAt: number | null
  isHelpOpen: boolean
  setRoute: (route: Route) => void
  setFilterDraft: (filterDraft: string) => void
  setTheme: (theme: Theme) => void
  setFrozen: (frozenAt: number | null) => void
  setHelp: (isHelpOpen: boolean) => void
}

export const createUiSlice: StateCreator<Store, [], [], UiSlice> = (set) => ({
  route: parseRoute('/', ''),
  filterDraft: '',
  theme: 'system',
  frozenAt: null,
  isHelpOpen: false,
  setRoute: (route) =>
    set((state) => ({
      route,
      // Typing leads the route by a moment; only another filter from elsewhere replaces what is being typed.
      filterDraft: keepsDraft(state, route) ? state.filterDraft : route.filter,
    })),
  setFilterDraft: (filterDraft) => set({ filterDraft }),
  setTheme: (theme) => set({ theme }),
  setFrozen: (frozenAt) => set({ frozenAt }),
  setHelp: (isHelpOpen) => set({ isHelpOpen }),
})

function keepsDraft({ route, filterDraft }: UiSlice, next: Route): boolean {
  return next.view === route.view && (next.filter === route.filter || next.filter === filterDraft.trim())
}
