/** Everything but FTP that the lab does: what each must leave in the kernel's table is stated beside it. */
import { SERVER, urlHost, type L3 } from '../addresses.ts'
import type { Lab } from '../lab.ts'
import { scriptArgv } from '../script.ts'
import { PORTS } from '../services.ts'

export type OtherScenario = {
  title: string
  l3: L3
  /** IP protocol number of what it makes. */
  l4: number
  argv: (lab: Lab) => string[]
  /** Its entry's events in order: kind, and the state where the message shows one. */
  events: readonly string[]
  /** Whether packets of it are RELATED: an ICMP error is. */
  isRelated?: true
  /** curl fails where the port is closed. */
  exitCode?: number
}

const CLOSED_EXIT_CODE = 7
const TCP_LIFE = [
  'NEW SYN_SENT',
  'UPDATE SYN_RECV',
  'UPDATE ESTABLISHED',
  'UPDATE FIN_WAIT',
  'UPDATE LAST_ACK',
  'UPDATE TIME_WAIT',
] as const

export const OTHER_SCENARIOS: readonly OtherScenario[] = (['ipv4', 'ipv6'] as const).flatMap((l3) => [
  {
    title: `HTTP over ${l3}`,
    l3,
    l4: 6,
    argv: () => ['curl', '--silent', '--globoff', `http://${urlHost(SERVER[l3])}:${PORTS.http}/`],
    events: TCP_LIFE,
  },
  {
    title: `a closed TCP port over ${l3}`,
    l3,
    l4: 6,
    argv: () => ['curl', '--silent', '--globoff', `http://${urlHost(SERVER[l3])}:${PORTS.closedTcp}/`],
    events: ['NEW SYN_SENT', 'DESTROY CLOSE'],
    exitCode: CLOSED_EXIT_CODE,
  },
  {
    title: `ping over ${l3}`,
    l3,
    l4: l3 === 'ipv4' ? 1 : 58,
    argv: () => ['ping', '-c', '2', '-i', '0.1', SERVER[l3]],
    events: ['NEW', 'UPDATE'],
  },
  {
    title: `an answered UDP query over ${l3}`,
    l3,
    l4: 17,
    argv: (lab) => udp(lab, l3, PORTS.answeringUdp, { count: 1, gapMs: 0 }),
    events: ['NEW', 'UPDATE'],
  },
  {
    // The third comes when the two seconds are over in which an exchange is not yet a stream (CONNTRACK.md 5.1).
    title: `a UDP stream over ${l3}`,
    l3,
    l4: 17,
    argv: (lab) => udp(lab, l3, PORTS.answeringUdp, { count: 3, gapMs: 1_200 }),
    events: ['NEW', 'UPDATE', 'UPDATE'],
  },
  {
    title: `an unanswered UDP port over ${l3}`,
    l3,
    l4: 17,
    argv: (lab) => udp(lab, l3, PORTS.silentUdp, { count: 2, gapMs: 50 }),
    events: ['NEW'],
  },
  {
    title: `a refused UDP port over ${l3}`,
    l3,
    l4: 17,
    argv: (lab) => udp(lab, l3, PORTS.closedUdp, { count: 1, gapMs: 0 }),
    events: ['NEW'],
    isRelated: true,
  },
])

const WAIT_MS = 500

function udp(lab: Lab, l3: L3, port: number, { count, gapMs }: { count: number; gapMs: number }): string[] {
  return scriptArgv(lab.dir, 'udp-main', SERVER[l3], String(port), String(count), String(WAIT_MS), String(gapMs))
}
