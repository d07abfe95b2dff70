import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeNeeding } from '@ctscope/engine/testing'
import { afterEach, expect, it } from 'vitest'
import { runOk } from './command.ts'
import { Namespace, ownedName, sweepDead } from './namespace.ts'
import { LAB_REQUIREMENTS } from './requirements.ts'

/** Above the kernel's greatest possible pid (2^22): nobody lives there. */
const DEAD_PID = 2 ** 22 + 1

describeNeeding(LAB_REQUIREMENTS, "the lab's namespaces", () => {
  const made: Namespace[] = []
  const create = async (name: string) => {
    const namespace = await Namespace.create(name)
    made.push(namespace)
    return namespace
  }
  afterEach(async () => {
    await Promise.all(made.splice(0).map((namespace) => namespace.remove()))
  })

  it('are swept with all that runs in them when their maker is dead, and others are left alone', async () => {
    const mine = await create(ownedName('sweep'))
    const orphan = await create(mine.name.replace(String(process.pid), String(DEAD_PID)))
    const child = orphan.start(['sh', '-c', 'sleep 600 & echo started; wait'])
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    const directory = join(tmpdir(), `${orphan.name}-dir`)
    await mkdir(directory)

    await sweepDead()

    expect(await ended).toBe('SIGKILL')
    const names = await runOk(['ip', 'netns', 'list'])
    expect(names).not.toContain(orphan.name)
    expect(names).toContain(mine.name)
    expect(existsSync(directory)).toBe(false)
  })

  it('see no interface of the machine', async () => {
    const namespace = await create(ownedName('empty'))
    const links = JSON.parse(await namespace.runOk(['ip', '-json', 'link', 'show'])) as { ifname: string }[]
    expect(links.map(({ ifname }) => ifname)).toEqual(['lo'])
  })
})
