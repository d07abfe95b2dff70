/** Chromium inside the router's namespace, where ctscope's page is. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findCommand } from '@ctscope/engine/testing'
import { chromium, type Browser } from 'playwright-core'
import type { Lab } from '../lab.ts'

export const BROWSER_COMMAND = 'chromium'

export async function openBrowser(lab: Lab): Promise<Browser> {
  const program = findCommand(BROWSER_COMMAND)
  if (program === undefined) throw new Error('no Chromium')
  const wrapper = join(lab.dir, 'chromium')
  await writeFile(wrapper, `#!/bin/sh\nexec ${lab.router.argv([program]).join(' ')} "$@"\n`)
  await chmod(wrapper, 0o755)
  // Chromium refuses its sandbox to root.
  return chromium.launch({ executablePath: wrapper, chromiumSandbox: false })
}
