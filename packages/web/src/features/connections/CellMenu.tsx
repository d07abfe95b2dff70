import { useEffect, useRef } from 'react'
import { withTerm, type CellTerm } from '../../filter/terms.ts'
import { navigate } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'

export type CellMenuState = { x: number; y: number; terms: readonly CellTerm[]; takesFocus: boolean }

/** Only this, not this, copy: beside the pointer, and gone with the next thing done. */
export function CellMenu({ menu, close }: { menu: CellMenuState; close: () => void }) {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement
    if (menu.takesFocus) root.current?.querySelector('button')?.focus()
    const onPointer = (event: Event) => !root.current?.contains(event.target as Node) && close()
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      close()
      if (menu.takesFocus && before instanceof HTMLElement) before.focus()
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('keydown', onKey, true)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('keydown', onKey, true)
    }
  }, [menu, close])
  const filter = (term: CellTerm, how: 'only' | 'not') => {
    navigate({ filter: withTerm(useStore.getState().route.filter, term, how) })
    close()
  }
  const copy = (text: string) => {
    void navigator.clipboard.writeText(text)
    close()
  }
  return (
    <div
      ref={root}
      className="popover cell-menu"
      role="group"
      aria-label="Filter by this value"
      style={{
        left: Math.max(8, Math.min(menu.x, innerWidth - 340)),
        top: Math.min(menu.y + 14, innerHeight - 40 - menu.terms.length * 30),
      }}
    >
      {menu.terms.map((term) => (
        <div key={term.field} className="cell-term">
          <span className="mono clip">
            <span className="dim">{term.field}</span> {term.value}
          </span>
          <button className="link" onClick={() => filter(term, 'only')} aria-label={`Only ${term.field} ${term.value}`}>
            Only
          </button>
          <button className="link" onClick={() => filter(term, 'not')} aria-label={`Not ${term.field} ${term.value}`}>
            Not
          </button>
          <button className="link" onClick={() => copy(term.value)} aria-label={`Copy ${term.value}`}>
            Copy
          </button>
        </div>
      ))}
    </div>
  )
}
