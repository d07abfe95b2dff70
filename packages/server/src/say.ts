import { EngineError } from '@ctscope/engine'
import { UsageError } from './cli/usage-error.ts'

/** One line on stderr, whatever a file or a packet put into it. */
export function say(line: string): void {
  process.stderr.write(`ctscope: ${escaped(line)}\n`)
}

/** What went wrong and what to do, in one line. Our own bugs are thrown on. @returns the exit code */
export function sayError(error: unknown): number {
  if (error instanceof UsageError) {
    say(error.message)
    return 2
  }
  if (!(error instanceof EngineError)) throw error
  say(errorLine(error))
  return 1
}

/** Message and hint as one line of sentences. */
export function errorLine({ message, hint }: { message: string; hint: string }): string {
  return hint === '' ? message : `${message.replace(/\.$/, '')}. ${hint}`
}

/** Control characters, and those that turn the direction of text, as \\u…. */
export function escaped(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
