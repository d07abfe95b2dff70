import type { CommandLine } from './options.ts'
import { printText } from './print-text.ts'
import { entryLines } from './tracked-text.ts'

/** `ctscope list`: conntrack -L -o extended. */
export function run(line: CommandLine): Promise<number> {
  return printText(line, 'connections?format=conntrack', entryLines)
}
