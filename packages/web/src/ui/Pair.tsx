import type { ReactNode } from 'react'

/** A name and its value in a list of facts (dl). */
export function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="dim">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
