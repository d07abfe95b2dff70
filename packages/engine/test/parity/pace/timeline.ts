/** When entries and expectations began and ended, in s since the first packet: of the kernel, of us, and held together. */
import { openCaptureFile, readCaptureFile } from '../../../src/capture/file.ts'
import { Engine, RECORDED_LONGEST_FRAME } from '../../../src/engine.ts'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS, type Settings } from '../../../src/model/index.ts'
import { VerdictWriter } from '../../../src/verdicts.ts'
import type { Snapshot } from '../kernel.ts'

/** The kernel's end lies between `lastSeen` and `end`; ours is `end`. Infinity: it still stood when the watch was over. */
export type Life = { lastSeen: number; end: number }
/** By tuple, in order. */
export type Timeline = Map<string, Life[]>

/** s by which the two may differ. */
const TOLERANCE_S = 1
/** How finely our clock is advanced. */
const TICK_MS = 20
const EVERYTHING = 1_000_000

export function kernelTimeline(snapshots: readonly Snapshot[]): Timeline {
  const timeline: Timeline = new Map()
  for (const { at, entries, expects } of snapshots) {
    const present = new Set([...entries, ...expects].map(([tuple]) => JSON.stringify(tuple)))
    for (const key of present) {
      const lives = timeline.get(key) ?? []
      timeline.set(key, lives)
      const last = lives.at(-1)
      if (last?.end === Infinity) last.lastSeen = at
      else lives.push({ lastSeen: at, end: Infinity })
    }
    for (const [key, lives] of timeline) {
      const last = lives.at(-1)!
      if (last.end === Infinity && !present.has(key)) last.end = at
    }
  }
  return timeline
}

type Event = { event: string; orig?: unknown; tuple?: unknown }

/** The engine with its clock set to the packets' times, then advanced to `untilS`. */
export async function ourTimeline(capture: string, settings: Partial<Settings>, untilS: number): Promise<Timeline> {
  const engine = new Engine({
    settings: { ...DEFAULT_SETTINGS, ...settings },
    helpers: DEFAULT_HELPERS,
    longestFrame: RECORDED_LONGEST_FRAME,
  })
  const writer = new VerdictWriter(engine)
  const timeline: Timeline = new Map()
  let clockMs = 0
  const note = (line: string | null) => {
    if (line === null) return
    for (const { event, orig, tuple } of (JSON.parse(line) as { events?: Event[] }).events ?? []) {
      const key = JSON.stringify(orig ?? tuple)
      const lives = timeline.get(key) ?? []
      timeline.set(key, lives)
      const last = lives.at(-1)
      if (event === 'NEW' || event === 'EXP_NEW') lives.push({ lastSeen: Infinity, end: Infinity })
      else if (last !== undefined && event.endsWith('DESTROY')) last.lastSeen = last.end = clockMs / 1000
    }
  }
  const advance = (toMs: number) => {
    while (clockMs + TICK_MS <= toMs) {
      clockMs += TICK_MS
      engine.expire(clockMs, EVERYTHING)
      note(writer.timerLine(0))
    }
  }
  const source = await readCaptureFile(await openCaptureFile(capture), capture)
  let firstMs: number | undefined
  await new Promise<void>((resolve) => {
    source.start({
      onBatch(batch) {
        for (let at = 0; at < batch.length;) {
          const timeMs = batch.buffer.readUInt32LE(at) * 1000 + batch.buffer.readUInt32LE(at + 4) / 1e6
          firstMs ??= timeMs
          advance(timeMs - firstMs)
          at = engine.record(batch, at, Math.max(clockMs, timeMs - firstMs))
          note(writer.packetLine())
        }
      },
      onEnd: () => {
        resolve()
      },
    })
  })
  source.close()
  advance(untilS * 1000)
  return timeline
}

/** What differs, by tuple. A life that was too short for the kernel's table to be seen counts for nothing. */
export function apart(kernel: Timeline, ours: Timeline, untilS: number): string[] {
  return [...new Set([...kernel.keys(), ...ours.keys()])].flatMap((key) => {
    const theirs = kernel.get(key) ?? []
    const own = (ours.get(key) ?? []).filter(
      (life, i, all) => life.end - (all[i - 1]?.end ?? 0) > TOLERANCE_S || theirs.length === all.length,
    )
    if (theirs.length !== own.length) return [`${key}: the kernel had it ${theirs.length} times, we ${own.length} times`]
    return theirs.flatMap((life, i) => {
      const end = Math.min(own[i]!.end, untilS + TOLERANCE_S)
      if (life.end === Infinity && own[i]!.end > untilS - TOLERANCE_S) return []
      if (end >= life.lastSeen - TOLERANCE_S && end <= life.end + TOLERANCE_S) return []
      return [
        `${key}: the kernel ended it between ${life.lastSeen.toFixed(2)} and ${life.end.toFixed(2)} s, we at ${own[i]!.end.toFixed(2)} s`,
      ]
    })
  })
}
