import { runFtp } from '../scenarios/ftp-run.ts'
import { FTP_SCENARIOS, UNMET_FTP_SCENARIOS } from '../scenarios/ftp-scenarios.ts'
import { OTHER_SCENARIOS } from '../scenarios/other-scenarios.ts'
import type { Doing } from './session.ts'

/** FTP first: what it leaves for a few seconds only has ended when the others are done. */
export async function runEveryScenario({ lab, localFile, step }: Doing): Promise<void> {
  for (const scenario of [...FTP_SCENARIOS, ...UNMET_FTP_SCENARIOS]) await step(scenario.title, () => runFtp(lab, scenario, localFile))
  for (const scenario of OTHER_SCENARIOS) await step(scenario.title, () => lab.client.run(scenario.argv(lab)))
}
