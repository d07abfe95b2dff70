/** The lab's other servers (scripts/services-main.ts). */
import { once } from 'node:events'
import type { Lab } from './lab.ts'
import { scriptArgv } from './script.ts'

export const PORTS = { http: 80, answeringUdp: 53, silentUdp: 9, closedUdp: 33434, closedTcp: 81 } as const

export async function startServices(lab: Lab): Promise<void> {
  const child = lab.server.start(scriptArgv(lab.dir, 'services-main'))
  let errors = ''
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()))
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the services ended: ${errors}`)
  })
  const [said] = (await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, 'data'), ended])) as [Buffer]
  if (said.toString() !== 'ready\n') throw new Error(`the services said ${said.toString()}`)
  // Ended with the lab: that is no error.
  ended.catch(() => undefined)
}
