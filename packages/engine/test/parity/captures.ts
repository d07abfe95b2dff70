/** The shared captures and the kernel's recorded answers. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sharedDir } from '../support/shared.ts'
import { compare, type Comparison } from './compare.ts'
import { type Verdicts, verdictsOf } from './verdicts-of.ts'

const FILES = path.join(sharedDir, 'captures/files')
const ANSWERS = path.join(sharedDir, 'captures/kernel')

export type CaptureResult = { name: string; file: string; verdicts: Verdicts; kernel: string[]; comparison: Comparison }

export function captureNames(): string[] {
  return readdirSync(FILES).sort()
}

export async function compareCapture(name: string): Promise<CaptureResult> {
  const file = path.join(FILES, name)
  const kernel = gunzipSync(readFileSync(path.join(ANSWERS, `${name}.jsonl.gz`)))
    .toString()
    .split('\n')
  const verdicts = await verdictsOf(file)
  return { name, file, verdicts, kernel, comparison: compare(kernel, verdicts) }
}
