import { describe, expect, it } from 'vitest'
import {
  childEnvironment,
  engineCommand,
  engineRight,
  findUser,
  identities,
  NOBODY,
  type OwnRights,
  ownRights,
  serverCommand,
} from './rights.ts'

const ALL = 0x1ff_ffff_ffffn
const NET_RAW = 1n << 13n
const NOTHING: OwnRights = { uid: 1000, effective: 0n, ambient: 0n, bounding: ALL, noNewPrivs: false }
const ROOT: OwnRights = { ...NOTHING, uid: 0, effective: ALL }
const AMBIENT: OwnRights = { ...NOTHING, effective: NET_RAW, ambient: NET_RAW }

it('reads what the kernel says of a process', () => {
  const status = `Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nCapInh:\t0000000000002000\nCapPrm:\t0000000000002000
CapEff:\t0000000000002000\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000002000\nNoNewPrivs:\t1\n`
  expect(ownRights(status)).toEqual({ uid: 1000, effective: NET_RAW, ambient: NET_RAW, bounding: 0xa80425fbn, noNewPrivs: true })
})

describe('an engine’s right comes', () => {
  const copy = '/bin/sh' // any file that is there
  it.each<[string, OwnRights, string | undefined, string | null]>([
    ['from root', ROOT, undefined, 'root'],
    ['from nowhere where root has no NET_RAW', { ...ROOT, effective: ALL ^ NET_RAW }, undefined, null],
    ['from nowhere where root cannot become another', { ...ROOT, effective: NET_RAW }, undefined, null],
    ['from the ambient set', AMBIENT, undefined, 'ambient'],
    ['from the ambient set also under no-new-privileges', { ...AMBIENT, noNewPrivs: true }, undefined, 'ambient'],
    ['from nowhere where it is effective but not handed on', { ...AMBIENT, ambient: 0n }, undefined, null],
    ['from a copy of setpriv', NOTHING, copy, 'file'],
    ['from no copy that is not there', NOTHING, '/nowhere/setpriv', null],
    ['from no copy under no-new-privileges', { ...NOTHING, noNewPrivs: true }, copy, null],
    ['from no copy where the container lacks it', { ...NOTHING, bounding: ALL ^ NET_RAW }, copy, null],
    ['from nowhere', NOTHING, undefined, null],
  ])('%s', (_, rights, setpriv, right) => {
    expect(engineRight(rights, setpriv)).toBe(right)
  })
})

describe('from root', () => {
  it('the server becomes sudo’s user, and the engine nobody', () => {
    expect(identities(undefined, { SUDO_UID: '1000', SUDO_GID: '1001' })).toEqual({ server: { uid: 1000, gid: 1001 }, engine: NOBODY })
  })

  it.each([{}, { SUDO_UID: '0', SUDO_GID: '0' }, { SUDO_UID: 'x', SUDO_GID: '1' }, { SUDO_UID: '1000' }])(
    'else nobody: %j',
    (environment) => {
      const { server, engine } = identities(undefined, environment)
      expect(server).toEqual(NOBODY)
      expect(engine.uid).not.toBe(server.uid)
      expect(engine.uid).not.toBe(0)
    },
  )

  it('whom --user names goes before sudo’s user', () => {
    expect(identities({ uid: 33, gid: 33 }, { SUDO_UID: '1000', SUDO_GID: '1000' }).server.uid).toBe(33)
  })

  it('nothing that is not needed can be had back', () => {
    expect(serverCommand(ROOT)).toContain('--bounding-set=-all,+net_raw,+setuid,+setgid,+dac_read_search')
    expect(engineCommand(ROOT, 'root', undefined)).toEqual(serverCommand(ROOT))
  })
})

it('without root the server gets nothing and the engine the one right', () => {
  expect(serverCommand(AMBIENT).join(' ')).toMatch(/setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all$/)
  expect(engineCommand(AMBIENT, 'ambient', undefined).join(' ')).toMatch(/setpriv --no-new-privs .*--ambient-caps=-all,\+net_raw$/)
  expect(engineCommand(NOTHING, 'file', '/opt/setpriv')).toContain('/opt/setpriv')
  expect(engineCommand(NOTHING, null, undefined)).toEqual(serverCommand(NOTHING))
})

it('finds users by name and by number', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1001::/home/alice:/bin/sh\n'
  expect(findUser('alice', passwd)).toEqual({ uid: 1000, gid: 1001 })
  expect(findUser('1000', passwd)).toEqual({ uid: 1000, gid: 1001 })
  expect(findUser('bob', passwd)).toBeUndefined()
})

it('children see neither tokens nor what would change Node', () => {
  const seen = childEnvironment({ PATH: '/bin', NODE_OPTIONS: '--inspect', CTSCOPE_TOKEN: 'x', LD_PRELOAD: 'y', HOME: '/root' })
  expect(seen).toEqual({ PATH: '/bin' })
})
