/** What must be equal to the kernel's answer, whatever was done in the session. */
import { expect, it } from 'vitest'
import type { Connection, Transition } from '../../../src/api/rest.ts'
import type { KernelEvent } from '../conntrack-text.ts'
import type { CountedStates } from '../router-rules.ts'
import {
  connectionWords,
  expectationWords,
  kernelEntryWords,
  kernelEventText,
  kernelExpectationEventText,
  kernelExpectationWords,
  transitionText,
  tupleText,
  type EntryWords,
} from './same-words.ts'
import type { Session } from './session.ts'

/** Defines the tests; `read` gives the session once it has run. */
export function itEqualsTheKernel(read: () => Session): void {
  it('count the same packets by ct state', () => {
    const session = read()
    // Multicast reports are sent now and then without being asked for: untracked, and perhaps before the capture began.
    const tracked = ({ NEW, ESTABLISHED, RELATED, INVALID }: CountedStates) => ({ NEW, ESTABLISHED, RELATED, INVALID })
    expect(tracked(session.stats.states)).toEqual(tracked(session.kernel.states))
    expect(session.stats.dropped).toEqual({ ring: 0, interface: 0, engine: 0 })
  })

  it('tell the same transitions of connections in the same order', () => {
    const session = read()
    const kernel = session.kernel.events.filter(({ kind }) => kind !== 'DESTROY').map(kernelEventText)
    const ours = ofConnections(session.transitions).filter(({ event }) => event !== 'DESTROY')
    expect(ours.map(transitionText)).toEqual(kernel)
  })

  it('set the same timeouts with them', () => {
    const session = read()
    const kernel = session.kernel.events.filter(({ kind }) => kind !== 'DESTROY')
    const ours = ofConnections(session.transitions).filter(({ event }) => event !== 'DESTROY')
    const differing = kernel.filter(({ entry }, at) => Math.abs((entry.timeoutS ?? 0) - (ours[at]?.timeout ?? 0)) > 1)
    expect(differing.map(kernelEventText)).toEqual([])
  })

  it('tell the same ends of connections', () => {
    const session = read()
    // As a set: of an entry that ran out the kernel tells when its collector comes by.
    const kernel = session.kernel.events.filter(({ kind }) => kind === 'DESTROY').map(kernelEventText)
    const ours = ofConnections(session.transitions).filter(({ event }) => event === 'DESTROY')
    expect(ours.map(transitionText).sort()).toEqual(kernel.sort())
  })

  it('tell each connection from birth to end in the same order', () => {
    const session = read()
    const kernel = groupBy(session.kernel.events, tupleOfEvent, kernelEventText)
    const ours = groupBy(ofConnections(session.transitions), ({ l4, original }) => tupleText(l4, original), transitionText)
    expect(ours).toEqual(kernel)
  })

  it('raise and end the same expectations in the same order', () => {
    const session = read()
    const kernel = session.kernel.expectationEvents.map(kernelExpectationEventText)
    const ours = session.transitions
      .filter(({ event }) => event.startsWith('EXP_'))
      .map(({ event, l4, original, connection }) => {
        const master = connectionOf(session, connection)
        return `${event} ${tupleText(l4, original)} of ${tupleText(master.l4, master.original)}`
      })
    expect(ours).toEqual(kernel)
  })

  it('hold the same entries in the end', () => {
    const session = read()
    const { entries, expected } = session.kernel
    const kernel = entries.map((entry) => kernelEntryWords(entry, expected.has(entry.id)))
    const ours = session.connections.filter(({ ended }) => ended === null).map(connectionWords)
    expect(texts(ours)).toEqual(texts(kernel))
    expect(timeoutsApart(ours, kernel)).toEqual([])
  })

  it('hold the same expectations in the end', () => {
    const session = read()
    const kernel = session.kernel.expectations.map(kernelExpectationWords)
    const ours = session.expectations
      .filter(({ ended }) => ended === null)
      .map((expectation) => expectationWords(expectation, connectionOf(session, expectation.master)))
    expect(texts(ours)).toEqual(texts(kernel))
  })

  it('missed no transition on the stream', () => {
    const session = read()
    expect(session.complaints).toEqual([])
    const numbers = session.transitions.map(({ seq }) => seq)
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    expect(session.stats.transitions).toBe(numbers.length)
  })
}
function ofConnections(transitions: readonly Transition[]): Transition[] {
  return transitions.filter(({ event }) => !event.startsWith('EXP_'))
}

function connectionOf(session: Session, id: number): Connection {
  const found = session.connections.find((connection) => connection.id === id)
  if (!found) throw new Error(`no connection ${id}`)
  return found
}

function tupleOfEvent({ entry }: KernelEvent): string {
  return tupleText(entry.l4, entry.original)
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string, text: (item: Item) => string): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const item of items) (groups[key(item)] ??= []).push(text(item))
  return groups
}

function texts(words: readonly EntryWords[]): string[] {
  return words.map(({ text }) => text).sort()
}

/** Those of ours whose time left is not within a second of the kernel's. */
function timeoutsApart(ours: readonly EntryWords[], kernel: readonly EntryWords[]): string[] {
  const kernelTimeouts = new Map(kernel.map(({ text, timeoutS }) => [text, timeoutS]))
  return ours
    .filter(({ text, timeoutS }) => Math.abs(timeoutS - (kernelTimeouts.get(text) ?? -Infinity)) > 1)
    .map(({ text, timeoutS }) => `${text}: ${timeoutS} s, the kernel's ${kernelTimeouts.get(text)} s`)
}
