// `npm test [-- PART…]`: set-up with what the tests need, then every part, closed by one line of counts.
import { orOneLine } from './setup/failure.mjs'
import { setUp } from './setup/set-up.mjs'
import { allowedSkips } from './test/allowed-skips.mjs'
import { testParts } from './test/parts.mjs'
import { runPart } from './test/run-part.mjs'

await orOneLine(() => setUp({ forTests: true }))

const chosen = process.argv.slice(2)
const total = { passed: 0, failed: 0, skipped: [] }
for (const part of testParts().filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
  const { passed, failed, skipped } = await runPart(part)
  total.passed += passed
  total.failed += failed
  total.skipped.push(...skipped)
}

console.log()
for (const name of total.skipped) console.log(`skipped: ${name}`)
if (process.env.CI === 'true') {
  const unexpected = total.skipped.filter((skip) => !allowedSkips.some(({ name }) => name.test(skip)))
  if (unexpected.length > 0) console.log(`In CI nothing may be skipped: ${unexpected.length} of these count as failed.`)
  total.failed += unexpected.length
  total.skipped = total.skipped.filter((skip) => !unexpected.includes(skip))
}
if (total.passed + total.failed === 0) {
  console.log('No test was run.')
  total.failed = 1
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`)
process.exitCode = total.failed === 0 ? 0 : 1
