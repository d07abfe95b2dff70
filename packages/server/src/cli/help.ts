import { type Command, COMMANDS, environmentName, type OptionName, OPTIONS } from './options.ts'

const ABOUT: Record<Command, { usage: string; does: string }> = {
  live: { usage: "[live] [-i eth0] [-f 'tcp port 21']", does: 'capture, and serve the dashboard' },
  replay: { usage: 'replay FILE [--speed 1|max]', does: 'the same dashboard on a capture file' },
  demo: { usage: 'demo', does: 'make traffic on loopback and show it' },
  verdicts: { usage: 'verdicts FILE', does: 'one JSON line a packet, then the table' },
  stats: { usage: 'stats FILE', does: 'only the counts' },
  list: { usage: 'list [FILE]', does: "the connections in conntrack's text (conntrack -L -o extended)" },
  events: { usage: 'events [FILE]', does: 'the events, likewise (conntrack -E)' },
  expect: { usage: 'expect [FILE]', does: 'the expectations, likewise (conntrack -L expect)' },
  interfaces: { usage: 'interfaces', does: 'what can be captured, and if not, why not and what to do' },
}

/** @param command null: of all */
export function helpText(command: Command | null): string {
  const commands = command === null ? COMMANDS : [command]
  const usage = commands.map((name) => `  ${`ctscope ${ABOUT[name].usage}`.padEnd(46)}  ${ABOUT[name].does}`)
  const names = (Object.keys(OPTIONS) as OptionName[]).filter(
    (name) => command === null || (OPTIONS[name].commands as readonly Command[]).includes(command),
  )
  return `ctscope shows what a stateful Linux firewall would make of every packet.

${usage.join('\n')}

Options
${names.map(optionLine).join('\n')}

Environment: each option by its name in capitals, for instance ${environmentName('port')}=4041; lists with commas.
             A flag goes before the environment, the environment before the default.
list, events and expect without FILE ask a running ctscope of the same user.
Capturing needs the right CAP_NET_RAW: run ctscope by sudo, or where it is ambient. Files need no right.

Exit codes: 0 it went well (a file with a cut last record too); 1 it could not be done, or a file breaks off; 2 the command line is wrong.
`
}

function optionLine(name: OptionName): string {
  const info: { short?: string; value?: string; help: string } = OPTIONS[name]
  const left = `  ${info.short === undefined ? '   ' : `-${info.short},`} --${name}${info.value === undefined ? '' : ` ${info.value}`}`
  return `${left.padEnd(32)}  ${info.help}`
}
