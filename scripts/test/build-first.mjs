// vitest's global set-up: whatever a test starts as a process of its own runs today's sources. A file that does not
// parse fails the tests that need it; the others need not wait for it.
import { buildProcesses } from '../build/processes.mjs'

export default async function buildFirst() {
  const { errors } = await buildProcesses()
  for (const error of errors) console.error(error)
}
