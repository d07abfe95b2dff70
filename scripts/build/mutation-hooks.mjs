// Module hooks for breaking the engine: what is imported as `x.ts?break=N` comes with all that it imports as a copy of its
// own, and in that copy the N-th break of source-breaks.ts is made.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../setup/paths.mjs'
import { resolve as resolveSource, transpiled } from './typescript-hooks.mjs'

const list = path.join(root, 'packages/engine/test/parity/mutate/source-breaks.ts')
const source = await transpiled(readFileSync(list, 'utf8'))
const { SOURCE_BREAKS } = await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`)

export async function resolve(specifier, context, next) {
  const resolved = await resolveSource(specifier, context, next)
  const query = context.parentURL === undefined ? '' : new URL(context.parentURL).search
  if (query === '' || !resolved.url.startsWith('file:') || !resolved.url.endsWith('.ts')) return resolved
  return { ...resolved, url: `${resolved.url}${query}` }
}

export async function load(url, context, next) {
  const { pathname, searchParams } = new URL(url)
  if (!pathname.endsWith('.ts')) return next(url, context)
  let text = readFileSync(decodeURIComponent(pathname), 'utf8')
  const number = searchParams.get('break')
  if (number !== null) text = broken(text, url, SOURCE_BREAKS[Number(number)])
  return { format: 'module', source: await transpiled(text), shortCircuit: true }
}

function broken(text, url, { file, from, to }) {
  if (!url.startsWith(pathToFileURL(path.join(root, 'packages/engine/src', file)).href)) return text
  if (text.split(from).length !== 2) throw new Error(`${file}: not once in it: ${from}`)
  return text.replace(from, () => to)
}
