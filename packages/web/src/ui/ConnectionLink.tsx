import type { ReactNode } from 'react'
import { connectionHref, navigate } from '../route/navigate.ts'

/** Opens a connection in the panel, in whatever view; with Ctrl in a tab of its own. */
export function ConnectionLink({ id, related = false, children }: { id: number; related?: boolean; children?: ReactNode }) {
  return (
    <a
      className={related ? 'link related' : 'link'}
      href={connectionHref(id)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        event.stopPropagation()
        navigate({ connection: id, tab: 'ladder' })
      }}
    >
      {children ?? `#${id}`}
    </a>
  )
}
