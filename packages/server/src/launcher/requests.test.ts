import { describe, expect, it } from 'vitest'
import { LIVE_LIMITS } from '@ctscope/engine'
import { BUFFER_BYTES, isInterface, parseRequest, SNAPLEN_BYTES } from './requests.ts'

const LIVE = { kind: 'live', interfaces: ['lo'], snaplenBytes: 1500, bufferBytes: 1 << 20, promiscuous: false }
const OPEN = { type: 'open', engine: 3, source: LIVE }
const live = (change: object) => ({ ...OPEN, source: { ...LIVE, ...change } })

describe('a request of the server', () => {
  it.each([
    ['open lo', OPEN],
    ['open any', live({ interfaces: ['any'] })],
    ['stop', { type: 'stop', engine: 3 }],
    ['listening', { type: 'listening', port: 4040 }],
    ['bye', { type: 'bye', exitCode: 1 }],
  ])('of the list is taken as it is: %s', (_, request) => {
    expect(parseRequest(request, 'live')).toEqual(request)
  })

  it('loses whatever else is in it', () => {
    const told = parseRequest({ ...live({ path: '/etc/shadow', execArgv: ['--inspect'] }), uid: 0 }, 'live')
    expect(told).toEqual(OPEN)
  })

  it('opens the one file, whatever path it names', () => {
    expect(parseRequest({ ...OPEN, source: { kind: 'file', path: '/etc/shadow' } }, 'file')).toEqual({ ...OPEN, source: { kind: 'file' } })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'open'],
    ['a list', [OPEN]],
    ['an unknown type', { type: 'exec', command: 'id' }],
    ['a type of Object’s own', { type: 'constructor' }],
    ['no engine', { type: 'open', source: LIVE }],
    ['engine 0', { ...OPEN, engine: 0 }],
    ['half an engine', { ...OPEN, engine: 1.5 }],
    ['an engine as text', { ...OPEN, engine: '3' }],
    ['an engine beyond all', { ...OPEN, engine: 2 ** 40 }],
    ['no source', { type: 'open', engine: 3 }],
    ['a file where an interface was named', { ...OPEN, source: { kind: 'file' } }],
    ['no interfaces', live({ interfaces: [] })],
    ['interfaces as text', live({ interfaces: 'lo' })],
    ['an interface that is not there', live({ interfaces: ['nope0'] })],
    ['one that is not there beside one that is', live({ interfaces: ['lo', 'nope0'] })],
    ['a path', live({ interfaces: ['../../etc'] })],
    ['a file of /sys/class/net that is no interface', live({ interfaces: ['bonding_masters'] })],
    ['an empty name', live({ interfaces: [''] })],
    ['a dot', live({ interfaces: ['.'] })],
    ['an option in the place of a name', live({ interfaces: ['--help'] })],
    ['a name with a NUL', live({ interfaces: ['lo\0'] })],
    ['a number for a name', live({ interfaces: [1] })],
    ['too many interfaces', live({ interfaces: new Array(17).fill('lo') })],
    ['a snap length of nothing', live({ snaplenBytes: 0 })],
    ['a snap length beyond all', live({ snaplenBytes: 1 << 30 })],
    ['a snap length as text', live({ snaplenBytes: '1500' })],
    ['no number for a buffer', live({ bufferBytes: NaN })],
    ['a buffer of the machine’s size', live({ bufferBytes: 2 ** 40 })],
    ['a maybe', live({ promiscuous: 1 })],
    ['port 0', { type: 'listening', port: 0 }],
    ['a port beyond all', { type: 'listening', port: 70_000 }],
    ['no exit code', { type: 'bye' }],
  ])('that is not on the list is refused: %s', (_, request) => {
    expect(parseRequest(request, 'live')).toEqual(expect.any(String))
  })

  it('for an interface is refused where a file was named', () => {
    expect(parseRequest(OPEN, 'file')).toEqual(expect.any(String))
  })
})

it('the ranges are those of the engine', () => {
  expect(SNAPLEN_BYTES).toEqual({ min: LIVE_LIMITS.snapLength.min, max: LIVE_LIMITS.snapLength.max })
  expect(BUFFER_BYTES).toEqual({ min: LIVE_LIMITS.bufferBytes.min, max: LIVE_LIMITS.bufferBytes.max })
})

it('knows the interfaces of this machine', () => {
  expect(['lo', 'any', 'nope0'].map(isInterface)).toEqual([true, true, false])
})
