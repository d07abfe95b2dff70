import { accessSync, constants, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { EngineError } from '@ctscope/engine'
import { DEFAULT_SETTINGS } from '@ctscope/engine/model'
import { runDashboard } from './dashboard.ts'
import { type CommandLine, oneFile } from './options.ts'
import { applySettings, assignHelpers } from './tracking-options.ts'
import { UsageError } from './usage-error.ts'

const MAX_SPEED = 1000

export function run({ command, options, files }: CommandLine): Promise<number> {
  const file = oneFile(command, files)
  checkReadable(file)
  return runDashboard({
    options,
    capture: { kind: 'file', name: basename(file), speed: speed(options.speed) },
    file: resolve(file),
    settings: applySettings(DEFAULT_SETTINGS, options.set),
    helpers: assignHelpers(options.helper),
  })
}

function speed(text: string | undefined): number {
  if (text === undefined) return 1
  if (text === 'max') return 0
  const number = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && number > 0 && number <= MAX_SPEED) return number
  throw new UsageError(`--speed takes max or a number up to ${MAX_SPEED}, not ${JSON.stringify(text)}`)
}

/** Before anything is started; what is in it only the engine looks at. */
function checkReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new EngineError(
      'ERR_CAPTURE_FILE_OPEN',
      `cannot open ${file}: ${isMissing ? 'there is no such file' : 'permission denied'}`,
      isMissing ? 'Check the path.' : 'Make it readable for the user that runs ctscope.',
    )
  }
  if (statSync(file).isDirectory()) {
    throw new EngineError('ERR_CAPTURE_FILE_OPEN', `cannot open ${file}: it is a directory`, 'Give the path of one capture file.')
  }
}
