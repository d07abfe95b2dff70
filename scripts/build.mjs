// `npm run build`: engine and server to dist, then the page. Only what changed.
import { transpilePackages } from './build/transpile.mjs'
import { buildWeb, isWebBuilt } from './build/web.mjs'

const { errors } = await transpilePackages()
if (errors.length === 0 && !isWebBuilt()) {
  const failure = buildWeb()
  if (failure !== undefined) errors.push(failure)
}
for (const error of errors) console.error(error)
process.exitCode = errors.length === 0 ? 0 : 1
