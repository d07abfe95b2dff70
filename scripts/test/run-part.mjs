import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from '../setup/paths.mjs'

/**
 * Runs one part and waits for it. A part that ends without a report, or not in time, is one failure.
 * @param {import('./parts.mjs').Part} part
 * @returns {Promise<{ passed: number, failed: number, skipped: string[] }>}
 */
export async function runPart(part) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ctscope-test-'))
  const file = path.join(folder, 'report.json')
  const code = await runVitest(part, file)
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0, skipped: [] }
  rmSync(folder, { recursive: true })

  if (code !== 0 && report.failed === 0) {
    console.error(`test: the part ${part.name} ended with ${code} and told of no failure`)
    report.failed = 1
  }
  return report
}

function runVitest({ name, minutes, args }, reportFile) {
  console.error(`\ntest: ${name}`)
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', `--reporter=${path.join(root, 'scripts/test/reporter.mjs')}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // a process group of its own, to be ended as a whole
    env: { ...process.env, CTSCOPE_TEST_REPORT: reportFile },
  })
  const limit = setTimeout(() => {
    console.error(`test: the part ${name} is stopped after ${minutes} minutes`)
    endGroup(child.pid)
  }, minutes * 60_000)
  const onSignal = () => {
    endGroup(child.pid)
    process.exit(130)
  }
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => {
      clearTimeout(limit)
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
      resolve(signal ?? code)
    })
  })
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // already gone
  }
}
