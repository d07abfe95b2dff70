import type { Capture } from '@ctscope/server/api/rest'
import { describe, expect, it } from 'vitest'
import { troubleOf } from './trouble.ts'

const CAPTURE: Capture = {
  kind: 'live',
  interfaces: ['eth0'],
  file: null,
  filter: '',
  running: true,
  state: 'running',
  note: '',
  viewpoint: '',
  replay: null,
}
const WELL = { socket: 'live', lostAt: null, capture: CAPTURE, stats: null } as const

describe('troubleOf', () => {
  it('is silent when all is well', () => {
    expect(troubleOf(WELL)).toBeNull()
  })

  it.each([
    ['restarting', /started again/],
    ['failed', /no capture/],
    ['down', /eth0 is down/],
    ['paused', /paused/],
    ['ended', /end of/],
  ])('says what %s means', (state, title) => {
    const trouble = troubleOf({ ...WELL, capture: { ...CAPTURE, state } })
    expect(trouble?.title).toMatch(title)
    expect(trouble?.text).not.toBe('')
  })

  it('makes a sentence of the note', () => {
    expect(troubleOf({ ...WELL, capture: { ...CAPTURE, state: 'down', note: 'the link is down' } })?.text).toMatch(/^The link is down\. /)
  })

  it('puts a lost connection before all else, and offers to try now', () => {
    expect(troubleOf({ ...WELL, socket: 'stale', capture: { ...CAPTURE, state: 'failed' } })).toMatchObject({ retry: true, tone: 'bad' })
  })
})
