import { describe, expect, it } from 'vitest'
import { helpText } from './help.ts'
import { COMMANDS, environmentName, noMore, oneFile, type OptionName, OPTIONS, parseCommandLine, wholeNumber } from './options.ts'
import { UsageError } from './usage-error.ts'

describe('a command line', () => {
  it('means live where no command is named', () => {
    expect(parseCommandLine(['-i', 'eth0', '-i', 'lo', '-f', 'tcp port 21'], {})).toMatchObject({
      command: 'live',
      options: { interface: ['eth0', 'lo'], filter: 'tcp port 21', promiscuous: false, port: undefined },
      files: [],
    })
    expect(parseCommandLine([], {}).command).toBe('live')
  })

  it('takes options before and after the file', () => {
    const line = parseCommandLine(['verdicts', '--set', 'a=1', 'x.pcap', '--clock', 'frozen', '--set=b=2'], {})
    expect(line).toMatchObject({ command: 'verdicts', files: ['x.pcap'], options: { set: ['a=1', 'b=2'], clock: 'frozen' } })
  })

  it('goes before the environment, which goes before the default', () => {
    const environment = { CTSCOPE_PORT: '5000', CTSCOPE_INTERFACE: 'eth0,lo', CTSCOPE_OWN: '1', CTSCOPE_FILTER: '' }
    expect(parseCommandLine(['live', '--port', '6000'], environment).options).toMatchObject({
      port: '6000',
      interface: ['eth0', 'lo'],
      own: true,
      filter: undefined,
    })
    expect(parseCommandLine(['-i', 'eth1'], environment).options.interface).toEqual(['eth1'])
  })

  it('leaves the environment of other commands alone', () => {
    expect(parseCommandLine(['stats', 'x'], { CTSCOPE_PORT: 'nonsense', CTSCOPE_OWN: 'maybe' }).options.port).toBeUndefined()
  })

  it.each([
    ['an unknown command', ['frob'], /no command "frob".*live/],
    ['an unknown option', ['live', '--frob'], /unknown option '--frob'/],
    ['another command’s option', ['stats', 'x', '--port', '1'], /stats has no option --port/],
    ['an option without its value', ['live', '--port'], /--port/],
    ['a flag with a value', ['live', '--own=yes'], /--own/],
  ])('is refused with %s', (_, argv, message) => {
    expect(() => parseCommandLine(argv, {})).toThrow(UsageError)
    expect(() => parseCommandLine(argv, {})).toThrow(message)
  })

  it('refuses a flag in the environment that is neither 1 nor 0', () => {
    expect(() => parseCommandLine([], { CTSCOPE_OWN: 'yes' })).toThrow(/CTSCOPE_OWN is 1 or 0/)
  })
})

it.each([
  ['4040', 4040],
  ['0', 0],
  [undefined, 7],
])('a whole number: %s', (text, number) => {
  expect(wholeNumber('port', text, 7, 0, 65_535)).toBe(number)
})

it.each(['65536', '-1', '1.5', '4e3', '0x10', '', ' 1', 'http'])('no whole number in its range: %j', (text) => {
  expect(() => wholeNumber('port', text, 7, 0, 65_535)).toThrow(/--port takes a whole number from 0 to 65535/)
})

it('commands take one file, or none', () => {
  expect(oneFile('stats', ['a'])).toBe('a')
  expect(() => oneFile('stats', [])).toThrow(/stats needs a capture file/)
  expect(() => oneFile('stats', ['a', 'b'])).toThrow(/does not take "b"/)
  expect(() => { noMore('live', ['a']) }).toThrow(/does not take "a"/) // prettier-ignore
})

describe('the help', () => {
  it('names every command and every option', () => {
    const text = helpText(null)
    for (const command of COMMANDS) expect(text).toContain(`ctscope ${command === 'live' ? '[live]' : command}`)
    for (const option of Object.keys(OPTIONS)) expect(text).toContain(`--${option}`)
  })

  it('of one command names its options only', () => {
    expect(helpText('stats')).not.toContain('--port')
    expect(helpText('stats')).toContain('--helper')
  })
})

it('an option’s variable is its name', () => {
  expect(environmentName('allow-host' satisfies OptionName)).toBe('CTSCOPE_ALLOW_HOST')
})
