import { useLayoutEffect, useState, type RefObject } from 'react'

/** Rows that are in view, `last` not among them, and what is needed to know it anew. */
export type VisibleRows = { first: number; last: number; atTop: boolean }

/** Which rows of a fixed height a scroller shows. Draws again only when a row comes or goes, not with every pixel. */
export function useVisibleRows(scroller: RefObject<HTMLElement | null>, rowHeight: number): VisibleRows {
  const [visible, setVisible] = useState<VisibleRows>({ first: 0, last: 0, atTop: true })
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => {
      const first = Math.floor(element.scrollTop / rowHeight)
      const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight)
      const atTop = element.scrollTop < 1
      setVisible((old) => (old.first === first && old.last === last && old.atTop === atTop ? old : { first, last, atTop }))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [scroller, rowHeight])
  return visible
}
