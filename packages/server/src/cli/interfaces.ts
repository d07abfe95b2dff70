/** `ctscope interfaces`: what can be captured, and if not, why not and what to do. */
import { listInterfaces } from '../engines/interfaces.ts'
import { engineRight, ownRights } from '../launcher/rights.ts'
import { type CommandLine, noMore } from './options.ts'

export function run({ command, files }: CommandLine): Promise<number> {
  noMore(command, files)
  const rows = listInterfaces().map(({ name, up, loopback, isDefault, addresses }) => {
    const facts = [
      up ? 'up' : `down (ip link set ${name} up)`,
      ...(loopback ? ['loopback'] : []),
      ...(isDefault ? ['default route'] : []),
    ].join(', ')
    return [name, facts, addresses.join(' ')] as const
  })
  rows.push(['any', 'all of them, a zone each', ''])
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const [name, facts, addresses] of rows) {
    process.stdout.write(`${name.padEnd(widths[0]!)}  ${facts.padEnd(widths[1]!)}  ${addresses}`.trimEnd() + '\n')
  }
  const hasRight = engineRight(ownRights(), process.env.CTSCOPE_SETPRIV) !== null
  process.stdout.write(
    hasRight
      ? 'This user may capture on each of them.\n'
      : 'This user may not capture (CAP_NET_RAW is missing): run ctscope with sudo, or a container with --cap-add=NET_RAW.\n',
  )
  return Promise.resolve(0)
}
