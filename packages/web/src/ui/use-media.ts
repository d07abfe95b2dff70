import { useSyncExternalStore } from 'react'

/** Below this the rail lies below, rows have two lines and the panel is a page of its own (styles/narrow.css). */
export const NARROW = '(max-width: 899px)'

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}
