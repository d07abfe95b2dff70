/** Timeouts against the wall clock: a flow in each state, the kernel's table looked at four times a second. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DEFAULT_SETTINGS, type SettingName, type Settings } from '../../../src/model/index.ts'
import { Kernel } from '../kernel.ts'
import { everyState } from './every-state.ts'
import { apart, kernelTimeline, ourTimeline } from './timeline.ts'

const LOOK_EVERY_S = 0.25
/** The longest of the defaults that is waited for, and what it takes beyond. */
const LONGEST_S = 120
const BEYOND_S = 6
const SHORTEST_S = 2
const SHORT_STEPS = 4

export type PaceRun = {
  title: string
  settings: Partial<Settings>
  untilS: number
  fragments: { ipv4: readonly number[]; ipv6: readonly number[] }
}

const timeouts = (Object.keys(DEFAULT_SETTINGS) as SettingName[]).filter(
  (name) => /timeout/.test(name) && name !== 'nf_conntrack_frag6_timeout',
)

/** Every timeout set to 2 … 5 s, neighbours differently. SYN_SENT2 has no sysctl and stays. */
export const SHORT: PaceRun = {
  title: 'every timeout set to 2 to 5 s',
  settings: Object.fromEntries(timeouts.map((name, i) => [name, SHORTEST_S + (i % SHORT_STEPS)])),
  untilS: SHORTEST_S + SHORT_STEPS + BEYOND_S,
  fragments: { ipv4: [1], ipv6: [1] },
}

/** As they are; the long ones outlast the watch, in the kernel and here. */
export const DEFAULTS: PaceRun = {
  title: 'the defaults',
  settings: {},
  untilS: LONGEST_S + BEYOND_S,
  fragments: { ipv4: [27, 33], ipv6: [57, 63] },
}

export type PaceResult = {
  /** Entries that came and went in time. */
  ended: number
  /** Entries in all. */
  watched: number
  differences: string[]
}

export async function pace({ settings, untilS, fragments }: PaceRun): Promise<PaceResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ctscope-pace-'))
  const kernel = new Kernel()
  try {
    const capture = path.join(folder, 'every-state.pcap')
    const { file, names } = everyState(fragments)
    writeFileSync(capture, file)
    const theirs = kernelTimeline(await kernel.watch(capture, LOOK_EVERY_S, untilS, { settings }))
    const ours = await ourTimeline(capture, settings, untilS)
    const named = (text: string) => {
      const port = [...names].find(([port]) => text.includes(`,${port},`))
      return port === undefined ? text : `${port[1]}: ${text}`
    }
    return {
      watched: theirs.size,
      ended: [...theirs.values()].flat().filter(({ end }) => end !== Infinity).length,
      differences: apart(theirs, ours, untilS).map(named),
    }
  } finally {
    await kernel.close()
    rmSync(folder, { recursive: true })
  }
}
