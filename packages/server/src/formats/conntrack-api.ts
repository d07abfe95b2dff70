/** What the API gives, as conntrack's text. Browser-safe. */
import type { Connection, Expectation, Transition } from '../api/rest.ts'
import { eventLine, expectationEventLine, expectationLine, listLine, type TextEntry, type TextExpectation } from './conntrack-text.ts'
import { escapeControls } from './escape.ts'

export function textEntryOf(connection: Connection): TextEntry {
  return {
    l3: connection.l3,
    l4: connection.l4,
    timeout: connection.timeout ?? 0,
    state: connection.tcp ?? connection.sctp,
    original: connection.original,
    reply: connection.reply,
    counters: [connection.original, connection.reply],
    isReplied: connection.status.includes('SEEN_REPLY'),
    isAssured: connection.status.includes('ASSURED'),
    zone: connection.zone,
    helper: connection.helper,
  }
}

/** `conntrack -L -o extended`. */
export function connectionLine(connection: Connection): string {
  return escapeControls(listLine(textEntryOf(connection)))
}

/** `conntrack -L expect`. */
export function expectationListLine(expectation: Expectation, master: Connection | null): string {
  return escapeControls(expectationLine(textExpectationOf(expectation, master)))
}

/**
 * `conntrack -E`. What a transition does not hold itself is taken from its connection, where that is still kept.
 * As the kernel's messages: protocol state with PROTOINFO, counters in a DESTROY alone.
 */
export function transitionLine(transition: Transition, connection: Connection | null, expectation: Expectation | null): string {
  if (transition.event === 'EXP_NEW' || transition.event === 'EXP_DESTROY') {
    if (expectation === null) return ''
    const event = transition.event === 'EXP_NEW' ? 'NEW' : 'DESTROY'
    return escapeControls(expectationEventLine(event, textExpectationOf(expectation, connection)))
  }
  const { event, original } = transition
  const isDestroy = event === 'DESTROY'
  const state = isDestroy || transition.bits.includes('PROTOINFO') ? transition.to.tcp : null
  const entry: TextEntry = {
    l3: original.src.includes(':') ? 'ipv6' : 'ipv4',
    l4: transition.l4,
    timeout: transition.timeout,
    state,
    original,
    reply: connection?.reply ?? { src: original.dst, dst: original.src, sport: original.dport, dport: original.sport },
    counters: isDestroy && connection !== null ? [connection.original, connection.reply] : null,
    isReplied: transition.status.includes('SEEN_REPLY'),
    isAssured: transition.status.includes('ASSURED'),
    zone: connection?.zone ?? 0,
    helper: isDestroy ? null : (connection?.helper ?? null),
  }
  return escapeControls(eventLine(event, entry))
}

function textExpectationOf(expectation: Expectation, master: Connection | null): TextExpectation {
  return {
    timeout: expectation.timeout ?? expectation.timeoutFull,
    l4: expectation.l4,
    tuple: expectation.tuple,
    mask: expectation.mask,
    master: master?.original ?? { src: '', dst: '', sport: 0, dport: 0 },
    flags: expectation.flags,
    class: expectation.class,
    helper: expectation.helper,
    zone: expectation.zone,
  }
}
