import { useLayoutEffect, useState, type RefObject } from 'react'

/**
 * Rows to be drawn, `last` not among them: those in view and a few beyond, in steps, so that scrolling by a row draws
 * nothing anew. `slots` is at least their number and changes with the scroller's height only: elements are used again
 * in turn, row `n` in element `n % slots`.
 */
export type VisibleRows = { first: number; last: number; slots: number; atTop: boolean }

/** Rows of a step, and of the margin beyond each edge. */
const STEP = 4
const MARGIN = 2

/** What of a scroller's fixed-height rows is to be drawn at a scroll position (px). */
export function visibleRows(scrollTop: number, height: number, rowHeight: number): VisibleRows {
  const first = Math.floor(scrollTop / rowHeight) - MARGIN
  const last = Math.ceil((scrollTop + height) / rowHeight) + MARGIN
  return {
    first: Math.max(0, Math.floor(first / STEP) * STEP),
    last: Math.ceil(last / STEP) * STEP,
    slots: Math.ceil(height / rowHeight) + 1 + 2 * (MARGIN + STEP),
    atTop: scrollTop < 1,
  }
}

/** Which rows of a fixed height a scroller shows. */
export function useVisibleRows(scroller: RefObject<HTMLElement | null>, rowHeight: number): VisibleRows {
  const [visible, setVisible] = useState<VisibleRows>({ first: 0, last: 0, slots: 1, atTop: true })
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => {
      const now = visibleRows(element.scrollTop, element.clientHeight, rowHeight)
      setVisible((old) => (isSame(old, now) ? old : now))
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

function isSame(a: VisibleRows, b: VisibleRows): boolean {
  return a.first === b.first && a.last === b.last && a.slots === b.slots && a.atTop === b.atTop
}

/** The first row that is wholly in view: where the keyboard begins. */
export function firstWholeRow(scroller: HTMLElement | null, rowHeight: number): number {
  return Math.ceil((scroller?.scrollTop ?? 0) / rowHeight)
}

/** How far a page goes by keyboard: what is in view but for one row, which stays to hold on to. */
export function rowsOfPage(scroller: HTMLElement | null, rowHeight: number): number {
  return Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / rowHeight) - 1)
}
