// The image as its users run it: whose processes hold which rights, and whether they capture. Podman stands in for
// Docker; it differs in what it grants by default, which each case makes explicit.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { describeNeeding } from '@ctscope/engine/testing'
import { buildImage, Container, type ContainerRun } from './container.ts'

const onlyNetRaw = ['--cap-drop=ALL', '--cap-add=NET_RAW']
const live = ['live', '-i', 'lo', '--port', '0']

describeNeeding({ root: true, shared: 'containers/container.sh', file: '/usr/bin/apt-get' }, 'the image', () => {
  let container: Container | undefined
  const run = (options: ContainerRun) => (container = new Container(options))

  beforeAll(buildImage, 7 * 60_000)
  afterEach(async () => {
    await container?.stop()
    container = undefined
  })

  describe('captures as a user that is not root', () => {
    const cases: [string, ContainerRun][] = [
      ['with NET_RAW alone, granted as ambient', { options: onlyNetRaw, args: live }],
      ['with NET_RAW alone, not ambient, as Docker runs it', { options: onlyNetRaw, isWithoutAmbient: true, args: live }],
      ['with the capabilities that Docker grants by default', { options: ['--cap-add=NET_RAW'], isWithoutAmbient: true, args: live }],
      ['with no-new-privileges where NET_RAW is ambient', { options: [...onlyNetRaw, '--security-opt=no-new-privileges'], args: live }],
      ['on a read-only root file system', { options: [...onlyNetRaw, '--read-only'], args: live }],
    ]
    it.each(cases)('%s', { timeout: 60_000 }, async (_, options) => {
      const started = run(options)
      const { origin, token } = await started.link()
      const packets = await capturedPackets(origin, token)
      expect(packets).toBeGreaterThanOrEqual(5)

      const processes = await rightsInside(started)
      expect(processes.map(({ name }) => name)).toEqual(expect.arrayContaining(['launcher', 'server', 'engine']))
      for (const { name, uids, capabilities, noNewPrivs } of processes) {
        expect(uids, name).toEqual(['10001', '10001', '10001', '10001'])
        if (name !== 'launcher') expect({ name, capabilities, noNewPrivs }).toEqual({ name, capabilities: [0, 0, 0, 0], noNewPrivs: 1 })
      }
      expect(await started.stop()).toBe(0)
    })
  })

  describe('says in one line that it may not capture, and ends with an error,', () => {
    const cases: [string, ContainerRun][] = [
      ['without NET_RAW', { options: ['--cap-drop=ALL'], args: live }],
      [
        'with no-new-privileges where NET_RAW is not ambient',
        { options: [...onlyNetRaw, '--security-opt=no-new-privileges'], isWithoutAmbient: true, args: live },
      ],
    ]
    it.each(cases)('%s', { timeout: 60_000 }, async (_, options) => {
      const started = run(options)
      expect(await started.ended()).not.toBe(0)
      expect(started.output.trim().split('\n')).toHaveLength(1)
      expect(started.output).toContain('--cap-add=NET_RAW')
    })
  })

  it('is healthy while it serves', { timeout: 60_000 }, async () => {
    const started = run({ options: [...onlyNetRaw, '--env', 'CTSCOPE_PORT=4759'], args: ['live', '-i', 'lo'] })
    await started.link()
    await expect(started.exec(['node', '/app/docker/healthcheck.mjs'])).resolves.toBe('')
  })
})

/** Sends datagrams over loopback until the dashboard has counted five packets, 10 s at most. @returns its count */
async function capturedPackets(origin: string, token: string): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  let packets = 0
  for (let attempt = 0; attempt < 100 && packets < 5; attempt++) {
    socket.send('x', socket.address().port, '127.0.0.1')
    await sleep(100)
    const response = await fetch(`${origin}/api/v1/stats`, { headers: { authorization: `Bearer ${token}` } })
    packets = ((await response.json()) as { packets: number }).packets
  }
  socket.close()
  return packets
}

type ProcessRights = { name: string; uids: string[]; capabilities: number[]; noNewPrivs: number }

/** Every thread of every process of ours in the container. Capabilities: inheritable, permitted, effective, ambient. */
async function rightsInside(container: Container): Promise<ProcessRights[]> {
  const list =
    'for task in /proc/[0-9]*/task/*; do tr "\\0" " " < ${task%/task/*}/cmdline; echo; cat $task/status; echo ----; done 2>/dev/null'
  const text = await container.exec(['sh', '-c', list])
  return text
    .split('----\n')
    .map((status) => ({ name: processName(status.split('\n')[0]!), status }))
    .filter(({ name }) => name !== undefined)
    .map(({ name, status }) => ({
      name: name!,
      uids: field(status, 'Uid').split('\t'),
      capabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map((set) => parseInt(field(status, set), 16)),
      noNewPrivs: Number(field(status, 'NoNewPrivs')),
    }))
}

function processName(command: string): string | undefined {
  if (command.includes('/engine/dist/process/child-main.js')) return 'engine'
  if (command.includes('/server/bundle/server.js')) return 'server'
  return command.includes('/bin/ctscope.js') ? 'launcher' : undefined
}

const field = (status: string, name: string) => new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1] ?? ''
