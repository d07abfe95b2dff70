import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeNeeding } from '../support/index.ts'

const SCRIPT = fileURLToPath(new URL('rings-child.mjs', import.meta.url))
const AMBIENT = ['setpriv', '--reuid', '1234', '--regid', '1234', '--clear-groups', '--inh-caps=-all,+net_raw', '--ambient-caps=+net_raw']

async function run(through: readonly string[], restart: 'yes' | 'no') {
  const [program = '', ...args] = [...through, process.execPath, '--stack-size=900', SCRIPT, 'a', 'b c']
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { PATH: process.env['PATH'], UV_USE_IO_URING: '1', RESTART: restart },
  })
  const [output, channel] = await Promise.all([text(child.stdout as Readable), text(child.stdio[3] as Readable)])
  const lines = output.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) // prettier-ignore
  return { pid: child.pid, lines, channel }
}

describeNeeding({ root: true, command: 'setpriv', file: '/proc/sys/kernel/io_uring_disabled' }, 'io_uring rings', () => {
  it.each([
    ['root', ['setpriv', '--no-new-privs']],
    ['ambient NET_RAW', AMBIENT],
  ] as const)('are left behind by starting anew in the same process: %s', async (_, through) => {
    const { pid, lines, channel } = await run(through, 'yes')
    const start = { pid, arguments: ['a', 'b c'], options: ['--stack-size=900'] }
    expect(lines).toEqual([
      { ...start, rings: expect.any(Number) as number },
      { ...start, rings: 0 },
      { refusal: null, link: 1 },
    ])
    expect(lines[0]?.['rings']).not.toBe(0)
    expect(channel).toBe('over the channel')
  })

  it('keep the fence from being relied on where they were not left behind', async () => {
    const { lines } = await run(['setpriv', '--no-new-privs'], 'no')
    expect(lines[1]?.['refusal']).toBe('Rights could not be given up: io_uring is in use, call restartWithoutRings first')
  })
})
