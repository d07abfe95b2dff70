import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRunFiles, runFolder, writeRunFile } from './run-file.ts'

const CONTENT = { port: 4040, token: 'secret', pid: process.pid }
const me = process.getuid!()

describe('a run file', () => {
  let base: string
  let folder: string

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'ctscope-run-'))
    folder = join(base, 'ctscope')
  })
  afterEach(() => {
    rmSync(base, { recursive: true })
  })

  it('is for its user alone, and is found', () => {
    const path = writeRunFile(folder, CONTENT)!
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readRunFiles(folder, [me])).toEqual([CONTENT])
  })

  it('of a process that is gone is not believed', () => {
    writeRunFile(folder, { ...CONTENT, pid: 2 ** 22 + 1 })
    expect(readRunFiles(folder, [me])).toEqual([])
  })

  it('of a process that is gone is taken away by the next one', () => {
    writeRunFile(folder, { ...CONTENT, pid: 2 ** 22 + 1 })
    writeRunFile(folder, CONTENT)
    expect(readdirSync(folder)).toEqual([`${process.pid}.json`])
  })

  it('is not written into a folder that others may write', () => {
    writeRunFile(folder, CONTENT)
    chmodSync(folder, 0o777)
    expect(writeRunFile(folder, { ...CONTENT, pid: 1 })).toBeUndefined()
    expect(readRunFiles(folder, [me])).toEqual([])
  })

  it('replaces a link that stands in its place, and does not follow it', () => {
    writeRunFile(folder, CONTENT)
    const elsewhere = join(base, 'elsewhere')
    writeFileSync(elsewhere, 'as it was')
    rmSync(join(folder, `${process.pid}.json`))
    symlinkSync(elsewhere, join(folder, `${process.pid}.json`))
    writeRunFile(folder, CONTENT)
    expect(statSync(elsewhere).size).toBe('as it was'.length)
    expect(readRunFiles(folder, [me])).toEqual([CONTENT])
  })

  it('of another user’s folder is not believed', () => {
    writeRunFile(folder, CONTENT)
    expect(readRunFiles(folder, [me + 1])).toEqual([])
  })

  it('that holds something else is passed over', () => {
    writeRunFile(folder, CONTENT)
    writeFileSync(join(folder, '1.json'), '{"port":"x"}')
    writeFileSync(join(folder, '2.json'), 'no JSON')
    expect(readRunFiles(folder, [me])).toEqual([CONTENT])
    expect(readdirSync(folder)).toHaveLength(3)
  })
})

it('root’s is in /run, a user’s in the runtime folder that is his own', () => {
  expect(runFolder(0, { XDG_RUNTIME_DIR: '/run/user/0' })).toBe('/run/ctscope')
  expect(runFolder(2 ** 30, { XDG_RUNTIME_DIR: '/root' })).toBe(join(tmpdir(), `ctscope-${2 ** 30}`))
})
