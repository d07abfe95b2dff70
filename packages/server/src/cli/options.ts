/** Every option once: what it is called, which commands take it, and what --help says. */
import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

export const COMMANDS = ['live', 'replay', 'demo', 'verdicts', 'stats', 'list', 'events', 'expect', 'interfaces'] as const
export type Command = (typeof COMMANDS)[number]

type OptionInfo = {
  short?: string
  /** What stands for its value; none: it has no value. */
  value?: string
  /** May be given several times. */
  isList?: true
  commands: readonly Command[]
  help: string
}

const CAPTURE: readonly Command[] = ['live', 'demo']
const SERVE: readonly Command[] = ['live', 'replay', 'demo']
const FILE: readonly Command[] = ['verdicts', 'stats', 'list', 'events', 'expect']
const RUNNING: readonly Command[] = ['list', 'events', 'expect']
const TRACK: readonly Command[] = [...SERVE, ...FILE]

export const OPTIONS = {
  interface: { short: 'i', value: 'NAME', isList: true, commands: ['live'], help: 'capture here; several times for several; eth0+eth1: both in one zone; any: all. Default: that of the default route' },
  filter: { short: 'f', value: 'BPF', commands: ['live'], help: "capture filter, as tcpdump's; for list and events: none" },
  snaplen: { value: 'BYTES', commands: CAPTURE, help: 'most bytes of a frame that are captured (262144)' },
  buffer: { value: 'MIB', commands: CAPTURE, help: "the kernel's ring for each interface (32)" },
  promiscuous: { commands: CAPTURE, help: "also frames for other machines' addresses" },
  own: { commands: CAPTURE, help: "keep the dashboard's own connections when lo or any is captured" },
  speed: { value: 'N', commands: ['replay'], help: "times the file's own pace, or max (1)" },
  port: { short: 'p', value: 'N', commands: SERVE, help: 'port of the page (4040); 0: any that is free' },
  host: { value: 'ADDRESS', commands: SERVE, help: 'listen here instead of 127.0.0.1 and ::1; beyond loopback only with --allow-host' },
  'allow-host': { value: 'NAME', isList: true, commands: SERVE, help: 'a host name under which the page may be opened besides localhost' },
  'token-file': { value: 'FILE', commands: SERVE, help: 'a fixed token for scripts, besides the one of the link (or CTSCOPE_TOKEN)' },
  user: { value: 'NAME', commands: SERVE, help: "started as root: whom the server becomes (sudo's user, else nobody)" },
  set: { value: 'NAME=VALUE', isList: true, commands: TRACK, help: 'a sysctl of net.netfilter, for instance nf_conntrack_tcp_loose=0' },
  helper: { value: 'NAME=PORT', isList: true, commands: TRACK, help: 'assign a helper to one more port, for instance ftp=2121; none: assign none' },
  clock: { value: 'frozen|capture', commands: ['verdicts'], help: 'stand still, or follow the packets (capture)' },
  url: { value: 'LINK', commands: RUNNING, help: 'ask this running ctscope instead of the one of this user; FILE may then be left out' },
  help: { short: 'h', commands: COMMANDS, help: 'this text' },
  version: { short: 'V', commands: COMMANDS, help: 'the version' },
} as const satisfies Record<string, OptionInfo> // prettier-ignore

export type OptionName = keyof typeof OPTIONS
type IsList<N extends OptionName> = (typeof OPTIONS)[N] extends { isList: true } ? true : false
type HasValue<N extends OptionName> = (typeof OPTIONS)[N] extends { value: string } ? true : false

/** As given on the command line, else in the environment, else undefined. */
export type Options = {
  [N in OptionName]: HasValue<N> extends false ? boolean : IsList<N> extends true ? string[] : string | undefined
}

export type CommandLine = { command: Command; options: Options; files: string[] }

/** @throws UsageError */
export function parseCommandLine(argv: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const [first] = argv
  const isNamed = first !== undefined && !first.startsWith('-')
  if (isNamed && !COMMANDS.includes(first as Command)) {
    throw new UsageError(`there is no command ${JSON.stringify(first)}; there are: ${COMMANDS.join(', ')}`)
  }
  const command = isNamed ? (first as Command) : 'live'
  const { values, positionals } = parse(isNamed ? argv.slice(1) : argv)
  const isHelp = values.help === true || values.version === true
  for (const name of Object.keys(values) as OptionName[]) {
    if (!isHelp && !(OPTIONS[name] as OptionInfo).commands.includes(command)) {
      throw new UsageError(`${command} has no option --${name}; see ctscope ${command} --help`)
    }
  }
  return { command, options: withEnvironment(values, environment, command), files: positionals }
}

type Values = { [N in OptionName]?: string | boolean | (string | boolean)[] | undefined }

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(OPTIONS).map(([name, info]: [string, OptionInfo]) => [
      name,
      {
        type: info.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(info.short === undefined ? {} : { short: info.short }),
        ...(info.isList === undefined ? {} : { multiple: true }),
      },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { values, positionals }
  } catch (error) {
    // Node's own sentence, without its advice on how to pass such a value all the same.
    const [sentence = ''] = (error as Error).message.split(/\. To specify|\.\s|\n/)
    throw new UsageError(`${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}; see ctscope --help`)
  }
}

/** Of an option: CTSCOPE_ and its name in capitals. Lists are separated by commas, flags are 1 or 0. */
export function environmentName(option: OptionName): string {
  return `CTSCOPE_${option.toUpperCase().replaceAll('-', '_')}`
}

function withEnvironment(values: Values, environment: NodeJS.ProcessEnv, command: Command): Options {
  const entries = Object.entries(OPTIONS).map(([key, info]: [string, OptionInfo]) => {
    const name = key as OptionName
    const isMeant = name !== 'help' && name !== 'version' && info.commands.includes(command)
    const text = isMeant ? environment[environmentName(name)] : undefined
    const given = values[name]
    if (info.value === undefined) return [name, given ?? isOn(name, text)]
    if (info.isList) return [name, given ?? text?.split(',').filter((part) => part !== '') ?? []]
    return [name, given ?? (text === '' ? undefined : text)]
  })
  return Object.fromEntries(entries) as Options
}

function isOn(name: OptionName, text: string | undefined): boolean {
  if (text === undefined || text === '' || text === '0') return false
  if (text === '1') return true
  throw new UsageError(`${environmentName(name)} is 1 or 0, not ${JSON.stringify(text)}`)
}

/** A whole number of an option within its range. @throws UsageError */
export function wholeNumber(option: OptionName, text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined) return fallback
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  throw new UsageError(`--${option} takes a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`)
}

/** The one file that a command takes. @throws UsageError */
export function oneFile(command: Command, files: readonly string[]): string {
  const [file, ...more] = files
  if (file === undefined) throw new UsageError(`${command} needs a capture file: ctscope ${command} FILE`)
  noMore(command, more)
  return file
}

/** @throws UsageError when anything is left on the command line */
export function noMore(command: Command, rest: readonly string[]): void {
  if (rest.length > 0) throw new UsageError(`${command} does not take ${rest.map((word) => JSON.stringify(word)).join(' ')}`)
}
