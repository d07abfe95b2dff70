/** Our own bugs where they need not end the process: told on stderr with their trace, never to a caller. */
import { escapeControls } from './formats/escape.ts'

export function reportDefect(where: string, error: unknown): void {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`ctscope: a defect in ${where}:\n${trace.split('\n').map(escapeControls).join('\n')}\n`)
}
