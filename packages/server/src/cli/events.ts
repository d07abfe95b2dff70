import { setTimeout as delay } from 'node:timers/promises'
import type { Transition } from '../api/rest.ts'
import { findRunning, getJson, getText, type Running } from './client.ts'
import { type CommandLine, oneFile } from './options.ts'
import { Output } from './output.ts'
import { engineFor, readCapture } from './read-capture.ts'
import { entryEventLine } from './tracked-text.ts'

const POLL_MS = 300
const PAGE = 1000
/** Of expectations: conntrack -E does not tell of them. */
const EXPECTATION_LINE = /^ *\[\w+\] \d+ proto=/

/** `ctscope events`: conntrack -E. From a file its events; from a running ctscope those that it holds, then as they come. */
export async function run({ command, options, files }: CommandLine): Promise<number> {
  if (files.length === 0) return follow(findRunning(options.url))
  const file = oneFile(command, files)
  const engine = engineFor(options)
  const output = new Output()
  engine.listen({
    onEvent: (event) => {
      output.text(`${entryEventLine(engine, event)}\n`)
    },
    onExpectation: () => undefined,
    onFtp: () => undefined,
    onFtpLine: () => undefined,
  })
  const { exitCode } = await readCapture(file, engine, 'capture', { afterFrame: () => undefined, busy: () => output.busy() })
  await output.end()
  return exitCode
}

async function follow(running: Running): Promise<number> {
  const output = new Output()
  for (let since = 0; ;) {
    const { items } = await getJson<{ items: Transition[] }>(running, `transitions?since=${since}&limit=${PAGE}`)
    if (items.length > 0) {
      // The same ones, in the server's words.
      let text = ''
      for await (const piece of getText(running, `transitions?format=conntrack&since=${since}&limit=${items.length}`)) text += piece
      for (const line of text.split('\n')) if (line !== '' && !EXPECTATION_LINE.test(line)) output.text(`${line}\n`)
      await output.end()
      since = items.at(-1)!.seq
    }
    if (items.length < PAGE) await delay(POLL_MS)
  }
}
