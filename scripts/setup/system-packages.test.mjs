import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installSystemPackages } from './apt.mjs'
import { missingSystemPackages } from './system-packages.mjs'

describe('system packages', () => {
  let searchPath
  beforeEach(() => (searchPath = process.env.PATH))
  afterEach(() => (process.env.PATH = searchPath))

  it('are missing when their commands are on no PATH', () => {
    process.env.PATH = '/nonexistent'
    const missing = missingSystemPackages({ forTests: true })
    expect(missing).toEqual(expect.arrayContaining(['g++', 'make', 'python3', 'curl']))
  })

  it('for tests are not asked for when only running', () => {
    process.env.PATH = '/nonexistent'
    expect(missingSystemPackages({ forTests: false })).not.toContain('curl')
  })

  it('are not touched when none is missing', () => {
    const said = []
    installSystemPackages([], (line) => said.push(line))
    expect(said).toEqual([])
  })
})
