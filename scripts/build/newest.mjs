import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** Latest change of a file or of anything in a folder (ms), tests aside; a folder's own time tells of files removed. 0: there is none. */
export function newest(input) {
  const stat = statSync(input, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return /\.test\.tsx?$/.test(input) ? 0 : stat.mtimeMs
  return readdirSync(input).reduce((latest, name) => Math.max(latest, newest(path.join(input, name))), stat.mtimeMs)
}
