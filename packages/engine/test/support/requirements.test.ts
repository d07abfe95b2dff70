import { describe, expect, it } from 'vitest'
import { findCommand, missing } from './requirements.ts'

describe('missing', () => {
  it('is undefined when everything is there', () => {
    expect(missing({ command: 'sh', file: '/proc/self/status' })).toBeUndefined()
  })

  it.each([
    [{ command: ['sh', 'no-such-command'] }, 'needs the command no-such-command'],
    [{ shared: 'no/such/folder' }, 'needs the shared data no/such/folder'],
    [{ file: '/no/such/file' }, 'needs /no/such/file'],
    [{ kernel: 'no_such_module' }, 'needs the kernel module no_such_module'],
  ])('names what is not there: %j', (needs, reason) => {
    expect(missing(needs)).toBe(reason)
  })
})

describe('findCommand', () => {
  it('finds a command by name', () => {
    expect(findCommand('sh')).toMatch(/^\/.*\/sh$/)
  })
})
