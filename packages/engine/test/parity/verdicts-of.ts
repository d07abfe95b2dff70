import { openCaptureFile, readCaptureFile } from '../../src/capture/file.ts'
import { Engine, type EngineOptions, RECORDED_LONGEST_FRAME } from '../../src/engine.ts'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS, l4Name, type ReasonCode, REASONS, type Settings } from '../../src/model/index.ts'
import { VerdictWriter } from '../../src/verdicts.ts'

/** A packet's reason with its numbers. */
export type ToldReason = { code: ReasonCode; args: readonly number[] }

export type Verdicts = {
  /** In the form of the kernel's answers. */
  lines: string[]
  /** By frame: the L4 protocol's name, "IP" where it has none, "not IP". */
  protocols: string[]
  /** By frame. */
  reasons: ToldReason[]
}

export type AskOptions = Partial<Omit<EngineOptions, 'settings'>> & { settings?: Partial<Settings> }

/** Our answer on a capture file, with a clock that stands still. */
export async function verdictsOf(path: string, options: AskOptions = {}): Promise<Verdicts> {
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const engine = new Engine({ helpers: DEFAULT_HELPERS, longestFrame: RECORDED_LONGEST_FRAME, ...options, settings })
  const writer = new VerdictWriter(engine)
  const verdicts: Verdicts = { lines: [], protocols: [], reasons: [] }
  const source = await readCaptureFile(await openCaptureFile(path), path)
  await new Promise<void>((resolve) => {
    source.start({
      onBatch(batch) {
        for (let at = 0; at < batch.length;) {
          at = engine.record(batch, at, 0)
          verdicts.lines.push(writer.packetLine())
          const { l3, l4 } = engine.packet
          verdicts.protocols.push(l3 === 0 ? 'not IP' : l4 < 0 ? 'IP' : l4Name(l4))
          const { reason, args } = engine.verdict
          verdicts.reasons.push({ code: REASONS[reason]!.code, args: [...args] })
        }
      },
      // A cut last record is an error here; what came before it counts.
      onEnd: () => {
        resolve()
      },
    })
  })
  source.close()
  verdicts.lines.push(...writer.tableLines(0))
  return verdicts
}
