/** `--set` and `--helper`: how packets are tracked. */
import { readFileSync } from 'node:fs'
import { DEFAULT_HELPERS, DEFAULT_SETTINGS, type HelperAssignment, type SettingName, type Settings } from '@ctscope/engine/model'
import { UsageError } from './usage-error.ts'

const MAX_SETTING = 2 ** 31 - 1

/**
 * The defaults, changed by `name=value` each.
 * @throws UsageError
 */
export function applySettings(from: Readonly<Settings>, changes: readonly string[]): Settings {
  const settings: Settings = { ...from }
  for (const change of changes) {
    const [, name = change, value = ''] = /^([^=]*)=(.*)$/s.exec(change) ?? []
    const full = name.startsWith('nf_conntrack_') ? name : `nf_conntrack_${name}`
    if (!Object.hasOwn(DEFAULT_SETTINGS, full)) {
      throw new UsageError(`--set: there is no setting ${JSON.stringify(name)}; there are: ${Object.keys(DEFAULT_SETTINGS).join(', ')}`)
    }
    const number = Number(value)
    if (!/^\d+$/.test(value) || number > MAX_SETTING) {
      throw new UsageError(`--set ${name}=… takes a whole number from 0 to ${MAX_SETTING}, not ${JSON.stringify(value)}`)
    }
    settings[full as SettingName] = number
  }
  return settings
}

/** What this machine's own sysctls say, where they can be read; the two that differ on purpose stay as they are. */
export function settingsOfThisHost(folder = '/proc/sys/net/netfilter'): Settings {
  const settings: Settings = { ...DEFAULT_SETTINGS }
  const onPurpose: SettingName[] = ['nf_conntrack_checksum', 'nf_conntrack_acct']
  for (const name of Object.keys(settings) as SettingName[]) {
    if (onPurpose.includes(name)) continue
    const value = Number(readIfThere(`${folder}/${name}`))
    if (Number.isInteger(value) && value >= 0) settings[name] = value
  }
  return settings
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'NaN'
  } catch {
    return 'NaN' // conntrack is not loaded here
  }
}

/**
 * The default assignment with more ports, or with none.
 * @throws UsageError
 */
export function assignHelpers(assignments: readonly string[]): HelperAssignment[] {
  const isNone = assignments.includes('none')
  const helpers: HelperAssignment[] = isNone ? [] : [...DEFAULT_HELPERS]
  for (const assignment of assignments) {
    if (assignment === 'none') continue
    const [, name, port] = /^([^=]+)=(\d{1,5})$/.exec(assignment) ?? []
    if (name === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw new UsageError(`--helper takes NAME=PORT or none, not ${JSON.stringify(assignment)}`)
    }
    const known = DEFAULT_HELPERS.filter(({ helper }) => helper === name)
    if (known.length === 0) {
      const names = [...new Set(DEFAULT_HELPERS.map(({ helper }) => helper))].join(', ')
      throw new UsageError(`there is no helper ${JSON.stringify(name)}; there are: ${names}`)
    }
    for (const { l4 } of known) {
      if (!helpers.some((h) => h.helper === name && h.l4 === l4 && h.port === Number(port))) {
        helpers.push({ helper: name, l4, port: Number(port) })
      }
    }
  }
  return helpers
}
