import { CT_STATE_NAMES, DECODE_STATUS_NAMES, REASONS } from '@ctscope/engine/model'
import { type CommandLine, oneFile } from './options.ts'
import { Output } from './output.ts'
import { engineFor, readCapture } from './read-capture.ts'

export async function run({ command, options, files }: CommandLine): Promise<number> {
  const file = oneFile(command, files)
  const engine = engineFor(options)
  const startedMs = performance.now()
  const { exitCode } = await readCapture(file, engine, 'capture', { afterFrame: () => undefined })
  const { counters, tracker } = engine
  const output = new Output()
  output.text(
    `${JSON.stringify(
      {
        packets: counters.packets,
        bytes: counters.bytes,
        states: named(CT_STATE_NAMES, counters.states),
        entries: tracker.table.count,
        limit: tracker.table.capacity,
        expectations: tracker.expecting.expectations.size,
        earlyDrops: tracker.earlyDrops,
        tableFull: tracker.tableFullDrops,
        reasons: present(named(REASONS.map(({ code }) => code), counters.reasons)), // prettier-ignore
        decode: present(named(DECODE_STATUS_NAMES, counters.decode)),
        seconds: Math.round(performance.now() - startedMs) / 1000,
      },
      null,
      2,
    )}\n`,
  )
  await output.end()
  return exitCode
}

function named(names: readonly string[], counts: Float64Array): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, counts[i] ?? 0]))
}

/** Without those that did not happen, and without packets that had no reason to give. */
function present(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([name, count]) => count > 0 && name !== 'NONE'))
}
