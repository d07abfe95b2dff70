/** An open TCP connection of a scenario, over which both sides say things in order. */
import { addressText } from '../../src/conntrack/address-text.ts'
import { ExpectFlag, type Expectation } from '../../src/conntrack/expectation.ts'
import { type Bytes, bytes } from './packet-builder.ts'
import type { Scenario } from './scenario.ts'

export class Talk {
  readonly scenario: Scenario
  private readonly next = { A: 1001, B: 5001 }

  constructor(scenario: Scenario) {
    this.scenario = scenario
    scenario.established().takeEvents()
  }

  /** The letter of one segment with that payload. */
  say(side: 'A' | 'B', message: Bytes | string): string {
    const payload = bytes(message)
    const other = side === 'A' ? 'B' : 'A'
    const letter = this.scenario.tcp(`${side}:PA${this.next[side]}/${this.next[other]}`, { payload })
    this.next[side] += payload.length
    return letter
  }
}

/** The expectations that stand, newest first: "10.2.0.2:0>10.1.0.2:6000 class 1", with their flags. */
export function expectationsOf(scenario: Scenario): string[] {
  return [...scenario.engine.tracker.expecting.expectations].map(text).reverse()
}

function text({ tuple, class: expectClass, flags }: Expectation): string {
  const { address, l3, sport, dport } = tuple
  const ends = `${addressText(address, 0, l3)}:${sport}>${addressText(address, 4, l3)}:${dport}`
  const words = [flags & ExpectFlag.Permanent ? ' PERMANENT' : '', flags & ExpectFlag.Inactive ? ' INACTIVE' : '']
  return `${ends} class ${expectClass}${words.join('')}`
}
