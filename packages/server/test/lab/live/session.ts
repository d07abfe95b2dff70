/**
 * One capture beside the kernel: the lab with its servers, the kernel's record, ctscope on the router, a stream; then
 * every scenario in turn. What both sides said is read once, at the end, when nothing is about to expire.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, Expectation, Stats, Transition } from '../../../src/api/rest.ts'
import { FTP_FILES, startFtpServer } from '../ftp-server.ts'
import { KernelRecord, type KernelAnswer } from '../kernel-record.ts'
import { createLab, settled, type Lab } from '../lab.ts'
import type { CountedStates } from '../router-rules.ts'
import { runFtp } from '../scenarios/ftp-run.ts'
import { FTP_SCENARIOS, UNMET_FTP_SCENARIOS } from '../scenarios/ftp-scenarios.ts'
import { OTHER_SCENARIOS } from '../scenarios/other-scenarios.ts'
import { startServices } from '../services.ts'
import { Ctscope } from './ctscope.ts'
import { Stream } from './stream.ts'

/** When a scenario ran, µs since 1970. */
export type Run = { fromUs: number; toUs: number }

export type Session = {
  lab: Lab
  ctscope: Ctscope
  kernel: KernelAnswer
  /** By scenario's title. */
  runs: Map<string, Run>
  /** All of them, ended ones too. */
  connections: Connection[]
  /** As the stream brought them: waiting and ended ones, the latest form of each. */
  expectations: Expectation[]
  /** As the stream brought them. */
  transitions: Transition[]
  /** What was wrong with the stream's messages. */
  complaints: string[]
  stats: Stats
  close: () => Promise<void>
}

/** A kernel's entry with less left than this may end while the two sides are being read. */
const SAFE_TIMEOUT_S = 3
const CATCH_UP_MS = 10_000
export const SESSION_MS = 180_000

export async function runSession(): Promise<Session> {
  const lab = await createLab()
  try {
    const [ftp] = await Promise.all([startFtpServer(lab), startServices(lab)])
    const record = await KernelRecord.start(lab.router)
    const ctscope = await Ctscope.start(lab)
    await ctscope.capturing()
    const stream = await Stream.open(ctscope)
    const transitions = stream.subscribe({ topic: 'transitions', filter: '', since: null })
    const expectations = stream.subscribe({ topic: 'expectations' })

    const runs = await runAll(lab, join(ftp.anonymousRoot, FTP_FILES.small.name))
    await settled(lab)
    const kernel = await quietAnswer(record)
    const stats = await caughtUp(ctscope, kernel.states)
    const connections = await ctscope.list<Connection>('connections?ended=true')
    const close = async () => {
      stream.close()
      await ctscope.stop().finally(() => lab.close())
    }
    return {
      lab,
      ctscope,
      kernel,
      runs,
      connections,
      expectations: latest(expectations.expectations()),
      transitions: transitions.transitions(),
      complaints: stream.complaints,
      stats,
      close,
    }
  } catch (error) {
    await lab.close()
    throw error
  }
}

/** FTP first: what it leaves for a few seconds only has ended when the others are done. */
async function runAll(lab: Lab, localFile: string): Promise<Map<string, Run>> {
  const runs = new Map<string, Run>()
  const timed = async (title: string, carryOut: () => Promise<unknown>) => {
    const fromUs = Date.now() * 1000
    await carryOut()
    await settled(lab)
    runs.set(title, { fromUs, toUs: Date.now() * 1000 })
  }
  for (const scenario of [...FTP_SCENARIOS, ...UNMET_FTP_SCENARIOS]) await timed(scenario.title, () => runFtp(lab, scenario, localFile))
  for (const scenario of OTHER_SCENARIOS) await timed(scenario.title, () => lab.client.run(scenario.argv(lab)))
  return runs
}

async function quietAnswer(record: KernelRecord): Promise<KernelAnswer> {
  for (;;) {
    const answer = await record.answer()
    const soonest = Math.min(...answer.entries.map(({ timeoutS }) => timeoutS ?? 0))
    if (soonest >= SAFE_TIMEOUT_S) return answer
    await delay(1000)
  }
}

/** Waits until ctscope has counted as many packets as the kernel; a test tells when it never does. */
async function caughtUp(ctscope: Ctscope, states: CountedStates): Promise<Stats> {
  const deadline = Date.now() + CATCH_UP_MS
  for (;;) {
    const stats = await ctscope.get<Stats>('stats')
    if (stats.states.ESTABLISHED >= states.ESTABLISHED || Date.now() > deadline) return stats
    await delay(100)
  }
}

function latest(expectations: readonly Expectation[]): Expectation[] {
  return [...new Map(expectations.map((expectation) => [expectation.id, expectation])).values()]
}
