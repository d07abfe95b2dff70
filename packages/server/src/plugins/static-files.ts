/** The built page in memory: read before rights are dropped, since afterwards the checkout may be unreadable. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, extname } from 'node:path'

export type StaticFile = {
  readonly body: Buffer
  readonly contentType: string
  /** Its name holds a hash of its content: it may be cached for good. */
  readonly immutable: boolean
}

/** By URL path, e.g. `/index.html`. */
export type StaticFiles = ReadonlyMap<string, StaticFile>

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Vite's form: `name-HASH8.ext` under assets/. */
const HASHED = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

/**
 * Reads every file below `dist`; symbolic links are not followed.
 * @throws when `dist` cannot be read.
 */
export function loadStaticFiles(dist: string): StaticFiles {
  const files = new Map<string, StaticFile>()
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const url = `/${path.slice(dist.length).replace(/^\/+/, '')}`
    files.set(url, {
      body: readFileSync(path),
      contentType: CONTENT_TYPES[extname(entry.name)] ?? 'application/octet-stream',
      immutable: HASHED.test(url),
    })
  }
  return files
}
