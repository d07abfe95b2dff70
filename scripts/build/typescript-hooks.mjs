// Module hooks (node:module `register`): our packages resolve to their sources, and TypeScript is transpiled as it is
// loaded. What was transpiled is kept until its source changes: loading takes half a second instead of ten.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../setup/paths.mjs'

const cache = path.join(root, 'node_modules/.cache/ctscope-typescript')

export function resolve(specifier, context, next) {
  return next(specifier, { ...context, conditions: [...context.conditions, '@ctscope/source'] })
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  return { format: 'module', source: await transpiled(readFileSync(new URL(url), 'utf8')), shortCircuit: true }
}

/** JavaScript of a TypeScript source. */
export async function transpiled(source) {
  const file = path.join(cache, `${createHash('sha256').update(source).digest('hex')}.js`)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const { default: ts } = await import('typescript')
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  })
  mkdirSync(cache, { recursive: true })
  writeFileSync(`${file}.${process.pid}`, outputText)
  renameSync(`${file}.${process.pid}`, file)
  return outputText
}
