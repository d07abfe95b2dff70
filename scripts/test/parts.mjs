// The parts of `npm test`, in order. The first holds whatever is beside the code; each other is a folder test/<name> of
// a package or of scripts, whose files start processes, namespaces or browsers, and so run one at a time.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { root } from '../setup/paths.mjs'

const folders = [
  { name: 'parity', minutes: 12 },
  { name: 'live', minutes: 4 },
  { name: 'processes', minutes: 5 },
  { name: 'lab', minutes: 8 },
  { name: 'browser', minutes: 6 },
  { name: 'setup', minutes: 5 },
  { name: 'container', minutes: 8 },
]

/** @typedef {{ name: string, minutes: number, args: string[] }} Part `minutes`: stopped and failed after as many */

/** @returns {Part[]} those that there are files for */
export function testParts() {
  const apart = folders.map(({ name }) => name).join(',')
  const beside = { name: 'unit', minutes: 6, args: ['--exclude', `**/test/{${apart}}/**`] }
  const present = folders.filter(({ name }) => hasTests(name))
  return [beside, ...present.map(({ name, minutes }) => ({ name, minutes, args: [`test/${name}/`, '--no-file-parallelism'] }))]
}

function hasTests(name) {
  const places = [...readdirSync(path.join(root, 'packages')).map((folder) => `packages/${folder}`), 'scripts']
  return places
    .map((place) => path.join(root, place, 'test', name))
    .filter((folder) => existsSync(folder))
    .some((folder) => readdirSync(folder, { recursive: true }).some((file) => /\.test\.(ts|mjs)$/.test(file)))
}
