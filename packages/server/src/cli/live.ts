import { EngineError } from '@ctscope/engine'
import { defaultInterface, interfaceNames } from '../engines/interfaces.ts'
import { type CaptureOptions, isInterface } from '../launcher/requests.ts'
import { runDashboard } from './dashboard.ts'
import { type CommandLine, noMore, type Options, wholeNumber } from './options.ts'
import { applySettings, assignHelpers, settingsOfThisHost } from './tracking-options.ts'
import { UsageError } from './usage-error.ts'

/** The default holds some 0.2 s of the smallest frames at a million a second. */
const BUFFER_MIB = { min: 1, max: 2047, fallback: 32 } as const
/** The default: whole frames of any interface. */
const SNAPLEN_BYTES = { min: 128, max: 262_144, fallback: 262_144 } as const
const MAX_FILTER_BYTES = 4096

export function run({ command, options, files }: CommandLine): Promise<number> {
  noMore(command, files)
  const filter = options.filter ?? ''
  if (Buffer.byteLength(filter) > MAX_FILTER_BYTES) throw new UsageError(`a capture filter has at most ${MAX_FILTER_BYTES} bytes`)
  return runDashboard({
    options,
    capture: { kind: 'live', groups: interfaceGroups(options.interface), options: captureOptions(options), filter },
    file: null,
    settings: applySettings(settingsOfThisHost(), options.set),
    helpers: assignHelpers(options.helper),
  })
}

export function captureOptions(options: Options): CaptureOptions {
  const { buffer, snaplen, promiscuous } = options
  return {
    snaplenBytes: wholeNumber('snaplen', snaplen, SNAPLEN_BYTES.fallback, SNAPLEN_BYTES.min, SNAPLEN_BYTES.max),
    bufferBytes: wholeNumber('buffer', buffer, BUFFER_MIB.fallback, BUFFER_MIB.min, BUFFER_MIB.max) * 1024 * 1024,
    promiscuous,
  }
}

/** @throws UsageError, EngineError ERR_NO_SUCH_DEVICE */
function interfaceGroups(named: readonly string[]): string[][] {
  const wanted = named.length > 0 ? named : [defaultInterface()]
  const groups = [...new Set(wanted)].map((group) => group?.split('+') ?? [])
  if (groups.some((group) => group.length === 0)) {
    throw new UsageError(`there is no default route to choose an interface by; choose with -i: ${known()}`)
  }
  const names = groups.flat()
  const missing = names.find((name) => !isInterface(name))
  if (missing !== undefined) {
    throw new EngineError('ERR_NO_SUCH_DEVICE', `there is no interface ${JSON.stringify(missing)}`, `There are: ${known()}.`)
  }
  if (new Set(names).size < names.length) throw new UsageError('-i names an interface twice')
  if (names.includes('any') && names.length > 1) throw new UsageError('-i any is all interfaces already')
  return groups
}

const known = () => [...interfaceNames(), 'any'].join(', ')
