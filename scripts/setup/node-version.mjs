import { SetupFailure } from './failure.mjs'

const oldest = [20, 19]

/** Refuses a Node that the dependencies do not run on. */
export function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  throw new SetupFailure(`Node ${oldest.join('.')} or newer is needed; this is ${process.version} (${process.execPath}).`)
}
