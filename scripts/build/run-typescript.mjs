// Runs TypeScript of the packages' tests as it stands: for commands that share their code with tests and are in no dist.
import { register } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../setup/paths.mjs'

/**
 * @param {string} file path in the repository of a module to import
 * @param {{ hooks?: string }} [options] other module hooks
 */
export async function runTypeScript(file, { hooks = './typescript-hooks.mjs' } = {}) {
  register(hooks, import.meta.url)
  await import(pathToFileURL(path.join(root, file)).href)
}
