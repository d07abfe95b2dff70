import type { ExpectPolicy } from '../conntrack/expectations.ts'
import { type HelperAssignment, L4 } from '../model/index.ts'
import { AmandaHelper } from './amanda.ts'
import { FtpHelper } from './ftp/ftp-helper.ts'
import { H245Helper } from './h323/h245.ts'
import { Q931Helper } from './h323/q931.ts'
import { RasHelper } from './h323/ras.ts'
import type { Helper } from './helper.ts'
import { IrcHelper } from './irc.ts'
import { PptpHelper } from './pptp.ts'
import { SaneHelper } from './sane.ts'
import { SipHelper } from './sip/sip-helper.ts'
import { TftpHelper } from './tftp.ts'

/**
 * Helpers that are attached and shown, but raise no expectation: they do so only for broadcasts that the machine itself
 * sends, by its own addresses (CONNTRACK.md 8.5), of which a capture knows nothing.
 */
const NAMED_ONLY: readonly Helper[] = [named('netbios-ns'), named('snmp')]

function named(name: string): Helper {
  return { name, l3: [4], l4: L4.Udp, policies: [] }
}

/** The helpers of one tracker, numbered from 1, and which port gets which (CONNTRACK.md 7.1). */
export class HelperRegistry {
  private readonly helpers: readonly Helper[] = [
    new FtpHelper(),
    new TftpHelper(),
    new IrcHelper(),
    new SaneHelper(),
    new AmandaHelper(),
    new SipHelper(L4.Udp),
    new SipHelper(L4.Tcp),
    new PptpHelper(),
    new Q931Helper(),
    new H245Helper(),
    new RasHelper(),
    ...NAMED_ONLY,
  ]
  /** By l4 << 16 | port. */
  private readonly byPort = new Map<number, number[]>()

  /** @throws Error when an assignment names a helper that there is not: callers check what a person typed. */
  constructor(assignments: readonly HelperAssignment[]) {
    for (const { helper, l4, port } of assignments) {
      const protocol = l4 === 'tcp' ? L4.Tcp : L4.Udp
      const number = this.numberOf(helper, protocol)
      const key = (protocol << 16) | port
      this.byPort.set(key, [...(this.byPort.get(key) ?? []), number])
    }
  }

  get(number: number): Helper {
    return this.helpers[number - 1]!
  }

  /** Number of the helper of that name and protocol. @throws Error when there is none */
  numberOf(name: string, l4: number): number {
    const number = this.helpers.findIndex((h) => h.name === name && h.l4 === l4) + 1
    if (number === 0) throw new Error(`no helper ${name} for protocol ${l4}`)
    return number
  }

  /** '' for 0. */
  name(number: number): string {
    return number === 0 ? '' : this.get(number).name
  }

  policy(number: number, expectClass: number): ExpectPolicy {
    return this.get(number).policies[expectClass]!
  }

  /** The helper of a new connection to this port, 0: none. Of several the first for its IP version. */
  assigned(l3: 4 | 6, l4: number, port: number): number {
    const candidates = this.byPort.get((l4 << 16) | port)
    return candidates?.find((number) => this.get(number).l3.includes(l3)) ?? 0
  }
}
