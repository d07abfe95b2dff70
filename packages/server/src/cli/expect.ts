import type { CommandLine } from './options.ts'
import { printText } from './print-text.ts'
import { expectationLines } from './tracked-text.ts'

/** `ctscope expect`: conntrack -L expect. */
export function run(line: CommandLine): Promise<number> {
  return printText(line, 'expectations?format=conntrack', expectationLines)
}
