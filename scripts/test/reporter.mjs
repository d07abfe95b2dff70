// A vitest reporter that writes what `npm test` sums up to the file named by CTSCOPE_TEST_REPORT:
// { passed, failed, skipped: [full name of each] }. A file or a hook that breaks outside of any test counts as failed.
import { writeFileSync } from 'node:fs'

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) {
      const failedBefore = report.failed
      for (const test of module.children.allTests()) count(test, report)
      const isBroken = module.state() === 'failed' && report.failed === failedBefore
      if (isBroken) report.failed += 1
    }
    writeFileSync(process.env.CTSCOPE_TEST_REPORT, JSON.stringify(report))
  }
}

function count(test, report) {
  const { state, note } = test.result()
  // Vitest calls skipped also what was left out because a hook before it failed: without a mode or a note that says so.
  const isAskedFor = test.options.mode === 'skip' || test.options.mode === 'todo' || note !== undefined
  if (state === 'passed') report.passed += 1
  else if (state === 'skipped' && isAskedFor)
    report.skipped.push(note === undefined ? test.fullName : `${test.fullName} (skipped: ${note})`)
  else report.failed += 1 // failed, never finished, or left out
}
