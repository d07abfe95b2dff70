// Leaves in node_modules only what running ctscope needs; for an image, whose layers count. A checkout where it ran is
// brought back by `npm run setup`.
import { rmSync } from 'node:fs'
import { SetupFailure, orOneLine } from './setup/failure.mjs'
import { installedNote } from './setup/paths.mjs'
import { pnpm } from './setup/pnpm.mjs'

await orOneLine(() => {
  rmSync(installedNote, { force: true })
  // pnpm keeps what it takes away for a week unless told otherwise.
  const settings = { pnpm_config_modules_cache_max_age: '0' }
  const { status, stdout, stderr } = pnpm(['install', '--prod', '--frozen-lockfile', '--offline'], settings, console.error)
  if (status !== 0) throw new SetupFailure(`taking the packages for development away failed: ${stdout}${stderr}`)
})
