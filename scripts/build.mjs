// `npm run build`: what the processes run, then the page. Only what changed.
import { buildProcesses } from './build/processes.mjs'
import { buildWeb, isWebBuilt } from './build/web.mjs'

const { errors } = await buildProcesses()
if (errors.length === 0 && !isWebBuilt()) {
  const failure = buildWeb()
  if (failure !== undefined) errors.push(failure)
}
for (const error of errors) console.error(error)
process.exitCode = errors.length === 0 ? 0 : 1
