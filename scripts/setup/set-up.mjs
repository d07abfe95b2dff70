import { installSystemPackages } from './apt.mjs'
import { buildIfChanged } from './build.mjs'
import { installDependencies } from './dependencies.mjs'
import { checkNodeVersion } from './node-version.mjs'
import { missingSystemPackages } from './system-packages.mjs'

/**
 * Brings the checkout to where ctscope runs: system packages, npm packages, the addon, the build. Says one line for
 * each thing it does, on stderr; does and says nothing when nothing is to be done. `build: false` leaves out the build.
 */
export function setUp({ forTests = false, build = true } = {}) {
  checkNodeVersion()
  installSystemPackages(missingSystemPackages({ forTests }), say)
  installDependencies(say)
  if (build) buildIfChanged(say)
}

const say = (text) => console.error(`set-up: ${text}`)
