import { bundleServer, isServerBundled } from './bundle-server.mjs'
import { isTranspiled, transpilePackages } from './transpile.mjs'

/**
 * Brings what the processes run up to date: engine and server as JavaScript, and the server's bundle.
 * @returns {Promise<{ isChanged: boolean, errors: string[] }>}
 */
export async function buildProcesses() {
  const { written, errors } = await transpilePackages()
  const isStale = errors.length === 0 && !isServerBundled()
  if (isStale) errors.push(...(await bundleServer()))
  return { isChanged: written > 0 || isStale, errors }
}

/** Whether buildProcesses() would do nothing. */
export const areProcessesBuilt = () => isTranspiled() && isServerBundled()
