/** What is wrong gives one clear line on stderr, nothing on stdout, and the right exit code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeNeeding } from '@ctscope/engine/testing'
import { runCtscope } from './running-ctscope.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctscope-input-'))
  writeFileSync(join(folder, 'text.pcap'), 'this is no capture file, whatever it is called')
  writeFileSync(join(folder, 'empty.pcap'), '')
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** In `%` stands the folder. */
async function complaint(args: readonly string[], through: readonly string[] = []): Promise<{ exitCode: number | null; line: string }> {
  const { exitCode, stdout, stderr } = await runCtscope(
    args.map((arg) => arg.replace('%', folder)),
    through,
  )
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^ctscope: [^\n]+\n$/)
  return { exitCode, line: stderr }
}

describe('a wrong command line', { timeout: 30_000 }, () => {
  it.each<[string[], RegExp]>([
    [['frob'], /there is no command "frob"; there are: live, replay/],
    [['--frob'], /unknown option '--frob'/],
    [['stats'], /stats needs a capture file/],
    [['stats', 'a', 'b'], /stats does not take "b"/],
    [['verdicts', 'a', '--clock', 'sundial'], /--clock is frozen or capture/],
    [['live', '--port', '70000'], /--port takes a whole number from 0 to 65535/],
    [['live', '--set', 'frob=1'], /no setting "frob"/],
    [['live', '--helper', 'frob=1'], /no helper "frob"/],
    [['live', '--host', '0.0.0.0'], /--allow-host/],
    [['live', '--host', '127.0.0.1.example.com'], /--allow-host/],
    [['replay', 'a', '--speed', 'fast'], /--speed takes max or a number|no such file/],
    [['list', '--url', 'nonsense'], /--url takes a link/],
    [['live', '-i', 'lo', '--token-file', '/nowhere/token'], /--token-file: cannot read "\/nowhere\/token"/],
  ])('%j', async (args, line) => {
    const told = await complaint(args)
    expect(told.line).toMatch(line)
    expect(told.exitCode).toBe(/no such file/.test(told.line) ? 1 : 2)
  })
})

describe('what cannot be done', { timeout: 30_000 }, () => {
  it.each<[string[], RegExp]>([
    [['live', '-i', 'nope0'], /there is no interface "nope0"\. There are: .*lo.*any/],
    [['stats', '/nowhere.pcap'], /cannot open \/nowhere\.pcap: there is no such file/],
    [['replay', '/nowhere.pcap'], /cannot open \/nowhere\.pcap: there is no such file/],
    [['stats', '/'], /it is a directory/],
    [['stats', '%/text.pcap'], /not a capture file/],
    [['replay', '%/text.pcap', '--port', '0'], /not a capture file/],
    [['verdicts', '%/empty.pcap'], /not a capture file: it is empty/],
    [['list', '--url', 'http://127.0.0.1:1/#token=x'], /ctscope does not answer at http:\/\/127\.0\.0\.1:1/],
  ])('%j', async (args, line) => {
    const told = await complaint(args)
    expect(told.line).toMatch(line)
    expect(told.exitCode).toBe(1)
  })
})

describeNeeding({ root: true, command: 'setpriv' }, 'a capture', () => {
  it.each<[string, string[], RegExp]>([
    ['with bad BPF says what libpcap says', ['-f', 'tcp port ('], /filter is not valid: .*syntax error/],
    ['with a host name in its filter', ['-f', 'host example.com'], /looks like a host name \(column 6\)/],
  ])('%s', { timeout: 30_000 }, async (_, args, line) => {
    const told = await complaint(['live', '-i', 'lo', '--port', '0', ...args])
    expect(told).toMatchObject({ exitCode: 1, line: expect.stringMatching(line) as string })
  })

  it('without the right says what to do, and never to give it to node', { timeout: 30_000 }, async () => {
    const nobody = ['setpriv', '--reuid', '64010', '--regid', '64010', '--clear-groups', '--inh-caps=-all']
    const told = await complaint(['live', '-i', 'lo'], nobody)
    expect(told.exitCode).toBe(1)
    expect(told.line).toMatch(/may not capture \(CAP_NET_RAW is missing\).*sudo.*replay FILE/)
    expect(told.line).not.toContain('setcap')
  })

  it.each(['127.0.0.1', '::1'])('refuses a port that is taken on %s', { timeout: 30_000 }, async (host) => {
    const other = createServer().listen({ host, port: 0 })
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const told = await complaint(['live', '-i', 'lo', '--port', String(port)])
    expect(told).toEqual({ exitCode: 1, line: `ctscope: port ${port} is in use on ${host}. Choose another one with --port.\n` })
    other.close()
  })
})
