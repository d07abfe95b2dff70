/**
 * Who has what while it captures (RIGHTS.md): no thread of an engine or of the server holds a capability or uid 0,
 * however ctscope was started. Read from /proc, not from what ctscope says of itself.
 */
import { chmod, chown, mkdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describeNeeding, repositoryDir } from '@ctscope/engine/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startServices } from '../services.ts'
import { createLab, type Lab } from '../lab.ts'
import { LAB_REQUIREMENTS } from '../requirements.ts'
import { byTitle } from '../scenarios/by-title.ts'
import { OTHER_SCENARIOS } from '../scenarios/other-scenarios.ts'
import { Ctscope, type StartOptions } from './ctscope.ts'
import { processesOf, rightsOf, type Processes } from './processes.ts'

const SET_UP_MS = 60_000
/** Nobody's here; no process of the machine has it. */
const USER = 64_003
const NO_CAPABILITIES = '0000000000000000'

type Start = {
  title: string
  /** Of the directory above the checkout. */
  home: { mode: number; owner: number }
  through: string[]
  env?: NodeJS.ProcessEnv
  /** Whom the server becomes. */
  serverUid: number
}

const STARTS: readonly Start[] = [
  {
    title: 'by sudo',
    home: { mode: 0o755, owner: USER },
    through: [],
    env: { SUDO_UID: String(USER), SUDO_GID: String(USER), SUDO_USER: 'someone' },
    serverUid: USER,
  },
  { title: 'as plain root from a checkout under a home of mode 0700', home: { mode: 0o700, owner: USER }, through: [], serverUid: 65534 },
  {
    title: 'without root, with ambient NET_RAW',
    home: { mode: 0o755, owner: USER },
    through: [
      ...['setpriv', '--reuid', String(USER), '--regid', String(USER), '--clear-groups'],
      ...['--inh-caps=-all,+net_raw', '--ambient-caps=-all,+net_raw', '--bounding-set=-all,+net_raw'],
    ],
    serverUid: USER,
  },
]

// Processes start and stop in these, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

describeNeeding(LAB_REQUIREMENTS, 'rights while capturing', () => {
  describe.each(byTitle(STARTS))('started %s', (_, start) => {
    let lab: Lab
    let ctscope: Ctscope
    let processes: Processes

    beforeAll(async () => {
      lab = await createLab()
      await startServices(lab)
      ctscope = await Ctscope.start(lab, await optionsFor(lab, start))
      await ctscope.capturing()
      processes = await processesOf(lab, ctscope)
    }, SET_UP_MS)
    afterAll(async () => {
      await ctscope?.stop().finally(() => lab.close())
      // Where the user that only this test has would leave its port for other commands.
      await rm(join(tmpdir(), `ctscope-${USER}`), { recursive: true, force: true })
    })

    it('sees packets', async () => {
      const [http] = OTHER_SCENARIOS
      await lab.client.run(http!.argv(lab))
      await expect
        .poll(() => ctscope.list('connections?ended=true&filter=dport==80'), { timeout: 5_000 })
        .toMatchObject([{ l4: 'tcp', original: { dport: 80 } }])
    })

    it('no thread of server or engine has a right', async () => {
      const { server, engines } = processes
      expect(engines.length).toBeGreaterThan(0)
      for (const pid of [server, ...engines]) {
        const threads = await rightsOf(pid)
        // Node has more than its main thread: all of them count.
        expect(threads.length).toBeGreaterThan(1)
        for (const { uids, gids, groups, capabilities, noNewPrivileges } of threads) {
          expect(uids).not.toContain(0)
          expect(gids).not.toContain(0)
          expect(groups).toEqual([])
          expect(new Set(Object.values(capabilities))).toEqual(new Set([NO_CAPABILITIES]))
          expect(noNewPrivileges).toBe(true)
        }
      }
    })

    it('the server is the one who started it, the engine somebody else where it can be', async () => {
      const [serverThread] = await rightsOf(processes.server)
      expect(serverThread?.uids).toEqual(Array(4).fill(start.serverUid))
      const [engineThread] = await rightsOf(processes.engines[0]!)
      const isFromRoot = start.through.length === 0
      expect(engineThread?.uids[0] === start.serverUid).toBe(!isFromRoot)
    })

    it('nobody of the same user can trace the engine, nor a server that was root', async () => {
      // The files in /proc of a process that is not dumpable belong to root. A server that never had a right gives none away.
      const isFromRoot = start.through.length === 0
      for (const pid of [...processes.engines, ...(isFromRoot ? [processes.server] : [])]) {
        expect((await stat(`/proc/${pid}/mem`)).uid).toBe(0)
      }
    })

    it('the launcher listens on nothing', async () => {
      const sockets = await lab.router.runOk(['ss', '-H', '-a', '-t', '-u', '-w', '-0', '-n', '-p'])
      expect(sockets).toContain(`pid=${processes.server},`)
      expect(sockets).not.toContain(`pid=${processes.launcher},`)
    })
  })
})

/** The checkout appears in a directory of the given mode and owner, in ctscope's mount namespace only. */
async function optionsFor(lab: Lab, { home, through, env = {} }: Start): Promise<StartOptions> {
  const checkout = join(lab.dir, 'home', 'checkout')
  await mkdir(checkout, { recursive: true })
  await chmod(dirname(checkout), home.mode)
  await chown(dirname(checkout), home.owner, home.owner)
  const bind = ['sh', '-c', 'mount --bind "$1" "$2" && shift 2 && exec "$@"', 'sh', repositoryDir, checkout]
  return { checkout, through: [...bind, ...through], env: { SUDO_UID: undefined, SUDO_GID: undefined, SUDO_USER: undefined, ...env } }
}
