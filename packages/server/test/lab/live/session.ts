/**
 * One capture beside the kernel: the lab with its servers, the kernel's record, ctscope on the router, a stream; then
 * what a test does. What both sides said is read once, at the end, when nothing is about to expire.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, Expectation, Stats, Transition } from '../../../src/api/rest.ts'
import { FTP_FILES, startFtpServer } from '../ftp-server.ts'
import { KernelRecord, type KernelAnswer } from '../kernel-record.ts'
import { createLab, settled, type Lab } from '../lab.ts'
import type { CountedStates } from '../router-rules.ts'
import { startServices } from '../services.ts'
import { Ctscope } from './ctscope.ts'
import { type Part, Stream } from './stream.ts'

/** When a scenario ran, µs since 1970. */
export type Run = { fromUs: number; toUs: number }

/** What a test does while both sides watch. */
export type Doing = {
  lab: Lab
  /** What an upload may send. */
  localFile: string
  /** Carries out a step, waits until its connections are closed, and notes when it ran. */
  step: (title: string, carryOut: () => Promise<unknown>) => Promise<void>
}

export type Session = {
  lab: Lab
  ctscope: Ctscope
  kernel: KernelAnswer
  /** By step's title. */
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
const SAFE_TIMEOUT_S = 10
const CATCH_UP_MS = 10_000
export const SESSION_MS = 180_000

/** `sysctls` are the router's, set before ctscope starts. */
export async function runSession(act: (doing: Doing) => Promise<void>, sysctls: Readonly<Record<string, number>> = {}): Promise<Session> {
  const lab = await createLab()
  try {
    await lab.router.sysctl(sysctls)
    const [ftp] = await Promise.all([startFtpServer(lab), startServices(lab)])
    const record = await KernelRecord.start(lab.router)
    const ctscope = await Ctscope.start(lab)
    await ctscope.capturing()
    const stream = await Stream.open(ctscope)
    const transitions = stream.subscribe({ topic: 'transitions', filter: '', since: null })
    const expectations = stream.subscribe({ topic: 'expectations' })

    const runs = new Map<string, Run>()
    const step: Doing['step'] = async (title, carryOut) => {
      const fromUs = Date.now() * 1000
      await carryOut()
      await settled(lab)
      runs.set(title, { fromUs, toUs: Date.now() * 1000 })
    }
    await act({ lab, localFile: join(ftp.anonymousRoot, FTP_FILES.small.name), step })
    const kernel = await quietAnswer(record)
    const stats = await caughtUp(ctscope, kernel.states)
    await arrived(transitions, stats.transitions)
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

/** When nothing is about to end, and what has just ended has done so on both sides. */
async function quietAnswer(record: KernelRecord): Promise<KernelAnswer> {
  for (;;) {
    const { entries } = await record.answer()
    await delay(1000)
    if (entries.every(({ timeoutS }) => (timeoutS ?? 0) >= SAFE_TIMEOUT_S)) return record.answer()
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

/** Waits until the stream has brought as many transitions as were counted; a test tells when it never does. */
async function arrived(part: Part, count: number): Promise<void> {
  const deadline = Date.now() + CATCH_UP_MS
  while (part.transitions().length < count && Date.now() < deadline) await delay(50)
}

function latest(expectations: readonly Expectation[]): Expectation[] {
  return [...new Map(expectations.map((expectation) => [expectation.id, expectation])).values()]
}
