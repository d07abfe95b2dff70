import type { ReactNode } from 'react'
import type { ApiError } from '@ctscope/server/api/rest'

/** What an empty or broken view says: what is so, and what to do. */
export function Notice({ title, children, tone = 'plain' }: { title: string; children?: ReactNode; tone?: 'plain' | 'bad' }) {
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <h2>{title}</h2>
      {children !== undefined && <div className="notice-text">{children}</div>}
    </div>
  )
}

/** The server's own words on what it could not do. */
export function ErrorNotice({ error }: { error: ApiError }) {
  return (
    <Notice title={error.message} tone="bad">
      <p>{error.hint}</p>
    </Notice>
  )
}
