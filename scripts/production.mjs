// Leaves in node_modules only what running ctscope needs; for an image, whose layers count. A checkout where it ran is
// brought back by `npm run setup`.
import { SetupFailure, orOneLine } from './setup/failure.mjs'
import { pnpm } from './setup/pnpm.mjs'

await orOneLine(() => {
  const { status, stdout, stderr } = pnpm(['install', '--prod', '--frozen-lockfile', '--offline'], {}, console.error)
  if (status !== 0) throw new SetupFailure(`taking the packages for development away failed: ${stdout}${stderr}`)
})
