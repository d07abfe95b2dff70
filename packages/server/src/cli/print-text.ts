/** What list and expect do alike: from a file, or from a running ctscope. */
import type { Engine } from '@ctscope/engine'
import { findRunning, getText } from './client.ts'
import { type CommandLine, oneFile } from './options.ts'
import { Output } from './output.ts'
import { engineFor, readCapture } from './read-capture.ts'

/** @param path under /api/v1 @param lines of an engine at the end of a file */
export async function printText(
  { command, options, files }: CommandLine,
  path: string,
  lines: (engine: Engine, nowMs: number) => Iterable<string>,
): Promise<number> {
  const output = new Output()
  let exitCode = 0
  if (files.length === 0) {
    for await (const piece of getText(findRunning(options.url), path)) {
      output.text(piece)
      await output.busy()
    }
  } else {
    const file = oneFile(command, files)
    const engine = engineFor(options)
    const read = await readCapture(file, engine, 'capture', { afterFrame: () => undefined })
    exitCode = read.exitCode
    for (const line of lines(engine, read.nowMs)) output.text(`${line}\n`)
  }
  await output.end()
  return exitCode
}
