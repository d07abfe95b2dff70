import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import SummaryReporter from './reporter.mjs'

let folder

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ctscope-reporter-'))
  process.env.CTSCOPE_TEST_REPORT = path.join(folder, 'report.json')
})
afterEach(() => {
  delete process.env.CTSCOPE_TEST_REPORT
  rmSync(folder, { recursive: true })
})

const test = (state, note, mode = state === 'skipped' ? 'skip' : 'run') => ({
  fullName: `a test that ${state}`,
  result: () => ({ state, note }),
  options: { mode },
})
const module = (state, ...tests) => ({ state: () => state, children: { allTests: () => tests } })

function summary(modules, unhandledErrors = []) {
  new SummaryReporter().onTestRunEnd(modules, unhandledErrors)
  return JSON.parse(readFileSync(process.env.CTSCOPE_TEST_REPORT, 'utf8'))
}

describe('the summary of a run', () => {
  it('counts tests by how they ended, and names the skipped ones with their reason', () => {
    const modules = [module('failed', test('passed'), test('failed'), test('skipped', 'needs root')), module('passed', test('passed'))]
    expect(summary(modules)).toEqual({ passed: 2, failed: 1, skipped: ['a test that skipped (skipped: needs root)'] })
  })

  it('counts a test that never finished as failed', () => {
    expect(summary([module('passed', test('pending'))])).toMatchObject({ failed: 1 })
  })

  it('counts a test as failed that was not run because a hook before it failed', () => {
    expect(summary([module('failed', test('skipped', undefined, 'run'))])).toEqual({ passed: 0, failed: 1, skipped: [] })
  })

  it('counts a file that breaks outside of its tests as one failure', () => {
    expect(summary([module('failed'), module('failed', test('passed'))])).toMatchObject({ passed: 1, failed: 2 })
  })

  it('counts errors that belong to no test', () => {
    expect(summary([module('passed', test('passed'))], [new Error('late')])).toMatchObject({ passed: 1, failed: 1 })
  })
})
