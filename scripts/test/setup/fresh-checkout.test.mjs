// Set-up in a checkout that has never seen one, as `sudo npm start` does it: root, in the checkout of another user.
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNeeding } from '../../../packages/engine/test/support/index.ts'
import { root } from '../../setup/paths.mjs'

/** Has no account and no home: caches must go somewhere else. */
const owner = 42_424

describeNeeding({ root: true, command: ['git', 'tar', 'setpriv'] }, 'a fresh checkout of another user, set up by root', () => {
  let checkout
  let first

  beforeAll(() => {
    checkout = mkdtempSync(path.join(os.tmpdir(), 'ctscope-checkout-'))
    const files = execFileSync('git', ['-c', `safe.directory=${root}`, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
    })
    const archive = execFileSync('tar', ['-c', '--null', '--ignore-failed-read', '--files-from=-'], {
      cwd: root,
      input: files,
      maxBuffer: 2 ** 28,
    })
    execFileSync('tar', ['-x', `--owner=${owner}`, '--no-same-owner'], { cwd: checkout, input: archive })
    for (const file of everything(checkout)) chownSync(file, owner, owner)
    first = ctscope(['--version'])
  }, 240_000)
  afterAll(() => rmSync(checkout, { recursive: true, force: true }), 60_000)

  const ctscope = (args, as = []) => {
    const [program, ...before] = [...as, process.execPath, 'scripts/start.mjs']
    return spawnSync(program, [...before, ...args], { cwd: checkout, encoding: 'utf8' })
  }

  it('ends with ctscope running, and has said what it did', () => {
    expect(first.stdout).toMatch(/^ctscope \d+\.\d+\.\d+\n$/)
    expect(first.stderr.trim().split('\n')).toEqual([
      'set-up: installing npm packages and compiling the capture addon',
      expect.stringMatching(/^set-up: getting pnpm /),
      'set-up: building',
    ])
    expect(first.status).toBe(0)
  })

  it('leaves nothing of root in it', { timeout: 60_000 }, () => {
    const files = everything(checkout)
    expect(files.length).toBeGreaterThan(1000)
    expect(files.filter((file) => lstatSync(file).uid !== owner)).toEqual([])
  })

  it.each([
    ['root', []],
    ['its owner', ['setpriv', `--reuid=${owner}`, `--regid=${owner}`, '--clear-groups']],
  ])('has nothing left to do when %s starts again', { timeout: 30_000 }, (_, as) => {
    const began = performance.now()
    const again = ctscope(['--version'], as)
    expect(again).toMatchObject({ status: 0, stderr: '', stdout: first.stdout })
    expect(performance.now() - began).toBeLessThan(3000)
  })
})

/** Every file and folder in it, itself too. */
const everything = (folder) => [folder, ...readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name))]
