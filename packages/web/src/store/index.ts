import { create } from 'zustand'
import { createConnectionsSlice, type ConnectionsSlice } from './connections.ts'
import { createLiveSlice, type LiveSlice } from './live.ts'
import { createTopicsSlice, type TopicsSlice } from './topics.ts'
import { createUiSlice, type UiSlice } from './ui.ts'

export type Store = LiveSlice & ConnectionsSlice & TopicsSlice & UiSlice

/** The page's one store: a slice for each domain. Components read single values of it through selectors. */
export const useStore = create<Store>()((...args) => ({
  ...createLiveSlice(...args),
  ...createConnectionsSlice(...args),
  ...createTopicsSlice(...args),
  ...createUiSlice(...args),
}))
