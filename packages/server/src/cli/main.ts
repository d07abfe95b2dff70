/** The command `ctscope`. Says what is wrong in one line; exit codes are in help.ts. */
import '../no-inspector.ts'
import { helpText } from './help.ts'
import { type Command, type CommandLine, parseCommandLine } from './options.ts'
import { say, sayError } from '../say.ts'
import { UsageError } from './usage-error.ts'
import { VERSION } from './version.ts'

type Run = (line: CommandLine) => Promise<number>

/** Loaded when asked for: most need no more than their own. */
const COMMAND_MODULES: Record<Command, () => Promise<{ run: Run }>> = {
  live: () => import('./live.ts'),
  replay: () => import('./replay.ts'),
  demo: () => import('./demo.ts'),
  verdicts: () => import('./verdicts.ts'),
  stats: () => import('./stats.ts'),
  list: () => import('./list.ts'),
  events: () => import('./events.ts'),
  expect: () => import('./expect.ts'),
  interfaces: () => import('./interfaces.ts'),
}

// `ctscope events | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  say(`cannot write: ${error.message}`)
  process.exit(1)
})

async function main(argv: readonly string[]): Promise<number> {
  const asked = process.execArgv.concat(process.env.NODE_OPTIONS?.split(/\s+/) ?? []).find((option) => /^--inspect/.test(option))
  if (asked !== undefined && process.env.CTSCOPE_DEV === undefined) {
    throw new UsageError(`${asked} would let others run code here; npm run dev allows it`)
  }
  const line = parseCommandLine(argv, process.env)
  if (line.options.help) {
    process.stdout.write(helpText(argv[0]?.startsWith('-') === true ? null : line.command))
    return 0
  }
  if (line.options.version) {
    process.stdout.write(`ctscope ${VERSION}\n`)
    return 0
  }
  const { run } = await COMMAND_MODULES[line.command]()
  return run(line)
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode
  },
  (error: unknown) => {
    process.exitCode = sayError(error)
  },
)
