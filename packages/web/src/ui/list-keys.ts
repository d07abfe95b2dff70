/** j and k, arrows, g and G, Enter: handed to the list that is in view. */
import { useEffect, useRef } from 'react'

type ListKeys = (event: KeyboardEvent) => boolean
let active: ListKeys | null = null

/** Whether the list in view had a use for the key. */
export function pressInList(event: KeyboardEvent): boolean {
  return active?.(event) ?? false
}

/** What a list does on keys; `move` gets steps, or ±Infinity for an end. */
export type ListActions = {
  move: (steps: number) => void
  open: () => void
  /** Whether there was something to leave. */
  leave: () => boolean
  menu?: () => void
  pageRows: () => number
}

/** Makes the component's list the one that takes keys, for as long as it is shown. */
export function useListKeys(actions: ListActions): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    const press: ListKeys = (event) => pressKey(event.key, latest.current)
    active = press
    return () => {
      if (active === press) active = null
    }
  }, [])
}

function pressKey(key: string, actions: ListActions): boolean {
  const steps = stepsOf(key, actions.pageRows())
  if (steps !== null) actions.move(steps)
  else if (key === 'Enter') actions.open()
  else if (key === 'Escape') return actions.leave()
  else if (key === 'f' && actions.menu !== undefined) actions.menu()
  else return false
  return true
}

export function stepsOf(key: string, pageRows: number): number | null {
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return 1
    case 'k':
    case 'ArrowUp':
      return -1
    case 'PageDown':
      return pageRows
    case 'PageUp':
      return -pageRows
    case 'g':
    case 'Home':
      return -Infinity
    case 'G':
    case 'End':
      return Infinity
    default:
      return null
  }
}
