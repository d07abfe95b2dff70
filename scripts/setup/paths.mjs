import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** What set-up keeps for itself: pnpm and the note of what was installed. Never committed. */
export const toolsDir = path.join(root, '.tools')

/** Says what was installed last, and for which Node. */
export const installedNote = path.join(toolsDir, 'installed.json')
