// `npm run parity [-- OPTIONS]`: our verdicts against the kernel's (packages/engine/test/parity). With --live the lab's
// traffic is recorded first, which is the server's part.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runTypeScript } from './build/run-typescript.mjs'
import { root } from './setup/paths.mjs'

if (process.argv.includes('--live')) recordLab()
await runTypeScript('packages/engine/test/parity/parity-main.ts')

function recordLab() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ctscope-lab-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'lab.pcap')
  spawnSync(process.execPath, [path.join(root, 'scripts/record-lab.mjs'), file], { stdio: 'inherit' })
  if (existsSync(file)) process.env.CTSCOPE_LAB_CAPTURE = file
}
