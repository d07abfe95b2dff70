/** Keys of the whole page; a list in view takes those that move in it. */
import { useEffect } from 'react'
import { setFrozen } from '../../live/client.ts'
import { goTo, navigate } from '../../route/navigate.ts'
import { VIEWS } from '../../route/route.ts'
import { useStore } from '../../store/index.ts'
import { pressInList } from '../../ui/list-keys.ts'

export const FILTER_INPUT_ID = 'filter-input'

export function usePageKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  const { isHelpOpen, setHelp, route } = useStore.getState()
  if (event.key === 'Escape') {
    if (isHelpOpen) setHelp(false)
    else if (isTyping(event.target)) (event.target as HTMLElement).blur()
    else if (!pressInList(event) && route.connection !== null) navigate({ connection: null, tab: 'ladder' })
    return
  }
  if (isTyping(event.target) || isHelpOpen) return
  if (pressPageKey(event.key) || (!isPressable(event.target, event.key) && pressInList(event))) event.preventDefault()
}

function pressPageKey(key: string): boolean {
  const { frozenAt, setHelp } = useStore.getState()
  const view = /^[1-9]$/.test(key) ? VIEWS[Number(key) - 1] : undefined
  if (view !== undefined) goTo(view)
  else if (key === '/') document.getElementById(FILTER_INPUT_ID)?.focus()
  else if (key === '?') setHelp(true)
  else if (key === 'p') setFrozen(frozenAt === null)
  else return false
  return true
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select')
}

/** Enter and space on a button or link are that button's. */
function isPressable(target: EventTarget | null, key: string): boolean {
  return (key === 'Enter' || key === ' ') && target instanceof HTMLElement && target.matches('button, a, [role=tab]')
}
