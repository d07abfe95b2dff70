import { areProcessesBuilt } from '../build/processes.mjs'
import { isWebBuilt } from '../build/web.mjs'
import { SetupFailure } from './failure.mjs'
import { runAsOwner } from './owner.mjs'

/** Builds what is older than its sources, as the owner of the checkout. */
export function buildIfChanged(say) {
  if (areProcessesBuilt() && isWebBuilt()) return
  say('building')
  const { status, error, stdout, stderr } = runAsOwner(process.execPath, ['scripts/build.mjs'])
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
  throw new SetupFailure(`the build failed${error === undefined ? '' : `: ${error.message}`}`)
}
