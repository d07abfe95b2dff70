/** ctscope's text beside conntrack(8)'s, line by line, asked in the same namespace one after the other. */
import { join } from 'node:path'
import { repositoryDir } from '@ctscope/engine/testing'
import { expect, it } from 'vitest'
import type { Session } from './session.ts'

/** Defines the tests; `read` gives the session once it has run. */
export function itPrintsTheSameText(read: () => Session): void {
  const command = (name: string) => [
    ...[process.execPath, join(repositoryDir, 'packages/server/bin/ctscope.js'), name],
    ...['--url', read().ctscope.link],
  ]
  const ctscope = (name: string) => read().lab.router.runOk(command(name))
  const conntrack = (...args: string[]) => read().lab.router.runOk(['conntrack', ...args])

  it('ctscope list is conntrack -L -o extended', async () => {
    const ours = await ctscope('list')
    const kernel = await conntrack('-L', '-o', 'extended')
    expect(sorted(ours)).toEqual(sorted(kernel))
  })

  it('ctscope expect is conntrack -L expect', async () => {
    const ours = await ctscope('expect')
    const kernel = [await conntrack('-L', 'expect', '-f', 'ipv4'), await conntrack('-L', 'expect', '-f', 'ipv6')].join('')
    expect(sorted(ours)).toEqual(sorted(kernel))
  })

  it('ctscope events is conntrack -E', async () => {
    const births = (lines: readonly string[]) => lines.filter((line) => !line.includes('[DESTROY]')).map(comparable)
    const kernel = births(read().kernel.eventLines.map(plainEvent))
    // It follows until it is ended.
    const following = read().lab.router.start(command('events'))
    let text = ''
    following.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await expect.poll(() => births(text.split('\n').slice(0, -1)).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(kernel.length)
    following.kill('SIGTERM')
    expect(births(text.split('\n').slice(0, -1))).toEqual(kernel)
  })
}

function sorted(text: string): string[] {
  return text.split('\n').filter(Boolean).map(comparable).sort()
}

/**
 * Without what differs by the moment of asking (seconds left), by the kernel's own bookkeeping (use count), and by
 * ctscope's taking each interface for a zone of its own.
 */
function comparable(line: string): string {
  return line
    .replace(/^(.*?(?:tcp|udp|icmp|icmpv6) +\d+ )\d+ /, '$1')
    .replace(/^\d+ (?=proto=)/, '')
    .replace(/ use=\d+| zone=1/g, '')
    .trimEnd()
}

/** As without `-o timestamp,extended,id`. */
function plainEvent(line: string): string {
  return line
    .replace(/^\[[^\]]*\]\t/, '')
    .replace(/ipv[46] +\d+ /, '')
    .replace(/ id=\d+$/, '')
}
