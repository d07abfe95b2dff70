/** Runs a command to its end and gives what it said. For tests only: arguments go to the program as they are, no shell. */
import { spawn } from 'node:child_process'

export type CommandOptions = {
  /** Written to the command's standard input, which is then closed. */
  input?: string
  env?: NodeJS.ProcessEnv
  /** It is killed with SIGKILL after this. */
  timeoutMs?: number
}

export type CommandResult = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

const TIMEOUT_MS = 30_000

/** Resolves however the command ended; rejects only when it could not be started. */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv
  if (program === undefined) throw new Error('an empty command')
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.env ?? process.env,
      timeout: options.timeoutMs ?? TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
    // A command may end without reading its input; its exit code tells.
    child.stdin.on('error', () => undefined).end(options.input)
  })
}

/** Like `run`, but a command that fails is an error that holds what it wrote. Gives its standard output. */
export async function runOk(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, signal, stdout, stderr } = await run(argv, options)
  if (code === 0) return stdout
  throw new Error(`${argv.join(' ')}: ${signal ?? `exit code ${code}`}\n${stderr}${stdout}`)
}
