import { expect, it } from 'vitest'
import { rightsLeft } from './drop-rights.ts'

const CLEAN: Record<string, string> = {
  Name: 'node',
  Uid: '1000\t1000\t1000\t1000',
  Gid: '1000\t1000\t1000\t1000',
  CapInh: '0000000000000000',
  CapPrm: '0000000000000000',
  CapEff: '0000000000000000',
  CapBnd: '000001ffffffffff',
  CapAmb: '0000000000000000',
  NoNewPrivs: '1',
}
const status = (change: Record<string, string> = {}) =>
  Object.entries({ ...CLEAN, ...change })
    .map(([name, value]) => `${name}:\t${value}\n`)
    .join('')

it('a thread without rights has none left, whatever its bounding set', () => {
  expect(rightsLeft(status())).toBeUndefined()
})

it.each([
  ['Uid', '1000\t1000\t0\t1000'],
  ['Uid', '0\t0\t0\t0'],
  ['Gid', '0\t1000\t1000\t1000'],
  ['CapInh', '0000000000002000'],
  ['CapPrm', '0000000000002000'],
  ['CapEff', '0000000000002000'],
  ['CapAmb', '0000000000002000'],
  ['NoNewPrivs', '0'],
])('%s %s is a right', (name, value) => {
  expect(rightsLeft(status({ [name]: value }))).toBeDefined()
})

it('what cannot be read is not taken for clean', () => {
  expect(rightsLeft('Name:\tnode\n')).toBeDefined()
})
