import { RECORDED_LONGEST_FRAME, VerdictWriter } from '@ctscope/engine'
import { type CommandLine, oneFile, type Options } from './options.ts'
import { Output } from './output.ts'
import { type Clock, engineFor, readCapture } from './read-capture.ts'
import { UsageError } from './usage-error.ts'

export async function run({ command, options, files }: CommandLine): Promise<number> {
  const file = oneFile(command, files)
  const clock = chosenClock(options)
  // The kernel's recorded answers passed a device that takes no longer frame.
  const engine = engineFor(options, { longestFrame: RECORDED_LONGEST_FRAME })
  const writer = new VerdictWriter(engine)
  const output = new Output()
  let frames = 0
  const { nowMs, exitCode } = await readCapture(file, engine, clock, {
    beforeFrame: () => {
      const line = writer.timerLine(frames - 1)
      if (line !== null) output.text(`${line}\n`)
    },
    afterFrame: () => {
      frames++
      output.text(`${writer.packetLine()}\n`)
    },
    busy: () => output.busy(),
  })
  for (const line of writer.tableLines(nowMs)) output.text(`${line}\n`)
  await output.end()
  return exitCode
}

function chosenClock({ clock = 'capture' }: Options): Clock {
  if (clock === 'frozen' || clock === 'capture') return clock
  throw new UsageError(`--clock is frozen or capture, not ${JSON.stringify(clock)}`)
}
