// `npm run check`: everything that can be known without running the product. Two checks at a time; what a failed one
// said is shown, in the order below.
import { spawn } from 'node:child_process'
import { orOneLine } from './setup/failure.mjs'
import { root } from './setup/paths.mjs'
import { setUp } from './setup/set-up.mjs'

const bin = (name) => `node_modules/.bin/${name}`

const checks = [
  { what: 'types of the engine', command: [bin('tsc'), '-p', 'packages/engine'] },
  { what: 'types of the server', command: [bin('tsc'), '-p', 'packages/server'] },
  { what: 'types of the page', command: [bin('tsc'), '-p', 'packages/web'] },
  { what: 'lint and import rules', command: [bin('eslint'), '.', '--max-warnings', '0'] },
  { what: 'formatting', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { what: 'dead code', command: [bin('knip'), '--no-progress'] },
]

function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code, output: output.trim() }))
  })
}

await orOneLine(() => setUp({ build: false }))

const waiting = [...checks]
async function worker() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { code, output } = await run(check.command)
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${check.what}`)
    if (code === 0) continue
    console.log(output)
    process.exitCode = 1
  }
}
await Promise.all([worker(), worker()])
