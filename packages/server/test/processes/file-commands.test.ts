/** The commands that read a file and end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BIN, ENVIRONMENT, runCtscope } from './running-ctscope.ts'
import { ftpCapture } from './ftp-capture.ts'

const START_S = 1_700_000_000

describe('of a capture file', { timeout: 30_000 }, () => {
  let folder: string
  let file: string
  const lines = async (...args: string[]): Promise<string[]> => {
    const { exitCode, stdout, stderr } = await runCtscope(args)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return stdout.split('\n').slice(0, -1)
  }
  const objects = async (...args: string[]) => (await lines(...args)).map((line) => JSON.parse(line) as Record<string, unknown>)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctscope-files-'))
    file = join(folder, 'ftp.pcap')
    writeFileSync(file, ftpCapture(START_S))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it('verdicts are one line a frame, then the table', async () => {
    const told = await objects('verdicts', file)
    expect(told.filter(({ kind }) => kind === 'packet').map(({ state }) => state)).toEqual(
      'NEW ESTABLISHED ESTABLISHED ESTABLISHED ESTABLISHED ESTABLISHED RELATED ESTABLISHED NEW'.split(' '),
    )
    expect(told.filter(({ kind }) => kind === 'entry')).toHaveLength(3)
  })

  it('verdicts with a frozen clock end nothing by time, with the capture’s they do', async () => {
    const late = join(folder, 'late.pcap')
    writeFileSync(late, ftpCapture(START_S, 600))
    const entries = async (clock: string) =>
      (await objects('verdicts', '--clock', clock, late)).filter(({ kind }) => kind === 'entry').length
    expect(await entries('frozen')).toBe(3)
    // An answer that nobody acknowledged, and a handshake that nobody finished, ran out before the last packet.
    expect(await entries('capture')).toBe(1)
  })

  it('a setting and a helper’s absence change the verdicts', async () => {
    const states = async (...args: string[]) => (await objects('verdicts', file, ...args)).map(({ state }) => state)
    expect((await states('--helper', 'none'))[6]).toBe('NEW')
    expect((await states('--helper', 'none', '--helper', 'ftp=21'))[6]).toBe('RELATED')
  })

  it('stats are the same counts', async () => {
    const { stdout } = await runCtscope(['stats', file])
    expect(JSON.parse(stdout)).toMatchObject({ packets: 9, states: { NEW: 2, ESTABLISHED: 6, RELATED: 1, INVALID: 0 }, entries: 3 })
  })

  it('list, events and expect are in conntrack’s words', async () => {
    expect((await lines('list', file))[0]).toMatch(
      /^ipv4 {5}2 tcp {6}6 \d+ ESTABLISHED src=10\.0\.0\.1 dst=10\.0\.0\.2 sport=4000 dport=21 packets=3 .* \[ASSURED\] mark=0 helper=ftp use=1$/,
    )
    const events = await lines('events', file)
    expect(events[0]).toBe(
      '    [NEW] tcp      6 120 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=4000 dport=21 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=21 dport=4000 helper=ftp',
    )
    expect(events.map((line) => /\[(\w+)\]/.exec(line)?.[1])).toContain('UPDATE')
    expect(await lines('expect', file)).toEqual([])
  })

  it('a cut last record is a line on stderr; what came before it counts', async () => {
    const cut = join(folder, 'cut.pcap')
    writeFileSync(cut, ftpCapture(START_S).subarray(0, -7))
    const { exitCode, stdout, stderr } = await runCtscope(['stats', cut])
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^ctscope: [^\n]*ends inside the record at byte \d+\n$/)
    expect(JSON.parse(stdout)).toMatchObject({ packets: 8 })
  })

  it.each(['verdicts', 'stats', 'list', 'events'])(
    '%s of a file that is broken in its middle tells what came before it',
    async (command) => {
      const broken = join(folder, 'broken.pcap')
      const whole = ftpCapture(START_S)
      writeFileSync(broken, Buffer.concat([whole, Buffer.alloc(16, 0xff), whole]))
      const [good, bad] = [await runCtscope([command, file]), await runCtscope([command, broken])]
      expect(bad.exitCode).toBe(1)
      expect(bad.stderr).toMatch(/^ctscope: the capture file is broken at byte \d+: [^\n]+\n$/)
      const timeless = (text: string) => text.replace(/"seconds": [\d.]+/, '')
      expect(timeless(bad.stdout)).toBe(timeless(good.stdout))
    },
  )

  it('a full disk is one line', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [BIN, 'verdicts', file], { env: ENVIRONMENT, stdio: ['ignore', full, 'pipe'] })
    closeSync(full)
    let stderr = ''
    child.stderr!.on('data', (data: Buffer) => (stderr += data.toString()))
    const [exitCode] = (await once(child, 'close')) as [number]
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^ctscope: cannot write: ENOSPC[^\n]+\n$/) as string,
    })
  })

  it('nobody who stops reading is told of it', async () => {
    const child = spawn(process.execPath, [BIN, 'verdicts', file], { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    const [exitCode] = (await once(child, 'close')) as [number]
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  it('help and version need nothing else', async () => {
    expect((await lines('--help')).join('\n')).toMatch(/Exit codes: 0/)
    expect(await lines('--version')).toEqual([expect.stringMatching(/^ctscope \d+\.\d+\.\d+$/)])
    expect((await lines('stats', '--help')).join('\n')).not.toContain('--port')
  })

  it('interfaces names lo, and says whether it may be captured', async () => {
    const told = await lines('interfaces')
    expect(told[0]).toBeDefined()
    expect(told.join('\n')).toMatch(/^lo +up, loopback +127\.0\.0\.1\/8/m)
    expect(told.at(-1)).toMatch(/^This user may /)
  })
})
