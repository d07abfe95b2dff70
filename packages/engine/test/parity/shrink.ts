/** The fewest packets of a capture that still differ, by delta debugging: chunks are left out, then smaller ones. */
import { readFileSync, writeFileSync } from 'node:fs'
import { askBoth } from './both.ts'
import { type Comparison, isWhole } from './compare.ts'
import type { Kernel, Question } from './kernel.ts'
import { CaptureSlices } from './slice-capture.ts'

export type Shrunk = {
  /** The small capture. */
  file: string
  /** Which frames of the whole are left. */
  frames: number[]
  comparison: Comparison
}

/**
 * Writes the small capture to `out`. Null: asked alone, on this kernel, the whole capture does not differ.
 */
export async function shrink(kernel: Kernel, capture: string, out: string, question: Question = {}): Promise<Shrunk | null> {
  const slices = new CaptureSlices(readFileSync(capture))
  const ask = async (frames: readonly number[]): Promise<Comparison> => {
    writeFileSync(out, slices.keep(frames))
    return (await askBoth(kernel, out, question)).comparison
  }
  let frames = Array.from({ length: slices.count }, (_, frame) => frame)
  const whole = await ask(frames)
  if (isWhole(whole)) return null

  // What comes after the first packet that differs has no part in it.
  const first = whole.differences.find(({ frame }) => frame >= 0)?.frame
  if (first !== undefined) frames = frames.slice(0, first + 1)
  if (isWhole(await ask(frames))) frames = Array.from({ length: slices.count }, (_, frame) => frame)

  frames = await fewest(frames, async (some) => !isWhole(await ask(some)))
  return { file: out, frames, comparison: await ask(frames) }
}

/** A subset that still `differs` and of which no single element can be left out. */
export async function fewest<T>(all: readonly T[], differs: (some: readonly T[]) => Promise<boolean>): Promise<T[]> {
  let left = [...all]
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0, hasChanged = true; hasChanged; at = 0) {
      hasChanged = false
      while (at < left.length && left.length > 1) {
        const some = [...left.slice(0, at), ...left.slice(at + size)]
        if (some.length > 0 && (await differs(some))) {
          left = some
          hasChanged = true
        } else at += size
      }
      if (size > 1) break
    }
  }
  return left
}
