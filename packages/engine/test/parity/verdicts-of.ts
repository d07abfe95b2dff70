import { readCaptureFile, openCaptureFile } from '../../src/capture/file.ts'
import { Engine, type EngineOptions } from '../../src/engine.ts'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS } from '../../src/model/index.ts'
import { VerdictWriter } from '../../src/verdicts.ts'

/** Our lines on a capture file, in the form of the kernel's answers, with a clock that stands still. */
export async function verdictsOf(path: string, options: Partial<EngineOptions> = {}): Promise<string[]> {
  const engine = new Engine({ settings: DEFAULT_SETTINGS, helpers: DEFAULT_HELPERS, ...options })
  const writer = new VerdictWriter(engine)
  const lines: string[] = []
  const source = await readCaptureFile(await openCaptureFile(path), path)
  await new Promise<void>((resolve) => {
    source.start({
      onBatch(batch) {
        for (let at = 0, i = 0; i < batch.count; i++) {
          at = engine.record(batch, at, 0)
          lines.push(writer.packetLine())
        }
      },
      // A cut last record is an error here; what came before it counts.
      onEnd: () => {
        resolve()
      },
    })
  })
  source.close()
  lines.push(...writer.tableLines(0))
  return lines
}
