// Puts the server process into one file with all it imports: it starts in a quarter of the time (Fastify and TypeBox
// are 900 files), and nothing is left to be read once its rights are gone. The launcher and the engines stay as they are.
import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../setup/paths.mjs'
import { newest } from './newest.mjs'

const server = path.join(root, 'packages/server')
const entry = path.join(server, 'dist/server.js')
const bundle = path.join(server, 'bundle/server.js')
const inputs = ['packages/server/dist', 'packages/engine/dist', 'pnpm-lock.yaml'].map((input) => path.join(root, input))

/** Whether the bundle is newer than all it is made of. */
export function isServerBundled() {
  const bundledAt = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs
  const isMade = statSync(entry, { throwIfNoEntry: false }) !== undefined
  return !isMade || (bundledAt !== undefined && inputs.every((input) => newest(input) <= bundledAt))
}

/**
 * Call after transpilePackages().
 * @returns {Promise<string[]>} what keeps it from being bundled, such as an import of a file that is not there
 */
export async function bundleServer() {
  const { rolldown } = await import('rolldown')
  const settings = {
    input: entry,
    cwd: server,
    platform: 'node',
    external: ['cap'], // the engine's; the server never loads it
    onLog: () => undefined,
  }
  try {
    const build = await rolldown(settings)
    const { output } = await build.generate({ format: 'esm', codeSplitting: false })
    await build.close()
    write(output[0].code)
    return []
  } catch (error) {
    return [error.message]
  }
}

function write(code) {
  mkdirSync(path.dirname(bundle), { recursive: true })
  const unfinished = `${bundle}.${process.pid}`
  writeFileSync(unfinished, code)
  renameSync(unfinished, bundle)
}
