import type { Connection } from '../../../src/api/rest.ts'
import type { FtpScenario } from '../scenarios/ftp-scenarios.ts'
import type { Session } from './session.ts'

const FTP_PORT = 21
/** Between the test's clock and the packets' own. */
const TOLERANCE_US = 1000

/** The one control connection that a scenario opened. Throws when there is not exactly one. */
export function controlOf({ runs, connections }: Session, { title }: FtpScenario): Connection {
  const run = runs.get(title)
  if (run === undefined) throw new Error(`${title} was not run`)
  const found = connections.filter(({ original, firstSeen }) => {
    const atUs = Date.parse(firstSeen) * 1000
    return original.dport === FTP_PORT && atUs >= run.fromUs - TOLERANCE_US && atUs <= run.toUs + TOLERANCE_US
  })
  const [control] = found
  if (control === undefined || found.length > 1) throw new Error(`${found.length} control connections in ${title}`)
  return control
}
