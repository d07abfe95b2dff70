/**
 * The router's rules: they assign the FTP helper as ctscope assumes it (a kernel assigns none by itself, CONNTRACK.md
 * 7.1), and count what crosses the watched interface by ct state, at the two points where a capture there sees it too.
 * Loopback is not tracked: the test's own requests to ctscope must not be in the kernel's answer.
 */
import { CT_STATE_NAMES, type CtStateName } from '@ctscope/engine/model'
import type { Namespace } from './namespace.ts'

/** The interface that ctscope captures. */
export const WATCHED = 'client'

/** NONE has no rule: such a packet never gets to conntrack. */
const COUNTED = CT_STATE_NAMES.filter((name) => name !== 'NONE')
export type CountedStates = Record<Exclude<CtStateName, 'NONE'>, number>

const counter = (state: string) => state.toLowerCase()
const counters = COUNTED.map((state) => `  counter ${counter(state)} { }`).join('\n')
const counting = COUNTED.map((state) => `    ct state ${counter(state)} counter name ${counter(state)}`).join('\n')

const RULES = `
table inet lab {
${counters}
  ct helper ftp { type "ftp" protocol tcp; }
  chain loopback-in { type filter hook prerouting priority raw; iif lo notrack; }
  chain loopback-out { type filter hook output priority raw; oif lo notrack; }
  chain assign {
    type filter hook prerouting priority filter;
    tcp dport 21 ct helper set "ftp"
  }
  chain count {
${counting}
  }
  chain arriving { type filter hook prerouting priority mangle; iifname ${WATCHED} jump count; }
  chain leaving { type filter hook postrouting priority 300; oifname ${WATCHED} jump count; }
}
`

/** What the kernel's defaults lack: see DESIGN.md on `nf_conntrack_acct` and `nf_conntrack_checksum`. */
const SYSCTLS = {
  'net.netfilter.nf_conntrack_acct': 1,
  'net.netfilter.nf_conntrack_checksum': 0,
} as const

export async function setRouterRules(router: Namespace): Promise<void> {
  await router.runOk(['nft', '-f', '-'], { input: RULES })
  await router.sysctl(SYSCTLS)
}

/** Packets by ct state that crossed the watched interface since the last `resetCounts`. */
export async function readCounts(router: Namespace): Promise<CountedStates> {
  return countsOf(await router.runOk(['nft', '--json', 'list', 'counters', 'table', 'inet', 'lab']))
}

export async function resetCounts(router: Namespace): Promise<void> {
  await router.runOk(['nft', 'reset', 'counters', 'table', 'inet', 'lab'])
}

type NftListing = { nftables: { counter?: { name: string; packets: number } }[] }

function countsOf(json: string): CountedStates {
  const listing = JSON.parse(json) as NftListing
  const packets = (state: string) => {
    const found = listing.nftables.find((item) => item.counter?.name === counter(state))?.counter
    if (!found) throw new Error(`nft lists no counter for ${state}`)
    return found.packets
  }
  return Object.fromEntries(COUNTED.map((state) => [state, packets(state)])) as CountedStates
}
