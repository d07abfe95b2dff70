/**
 * Brings the kernel's answer and ctscope's to the same words, so that a test compares lists of lines. Nothing is
 * left out of either but what its function says.
 */
import type { Connection, Expectation, Transition } from '../../../src/api/rest.ts'
import type { KernelEntry, KernelEvent, KernelExpectation, KernelExpectationEvent, KernelTuple } from '../conntrack-text.ts'

const L4_NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 }

/** Names the entry for good: a tuple is used again at most after its entry has ended. */
export function tupleText(l4: number | string, { src, sport, dst, dport }: KernelTuple): string {
  return `${typeof l4 === 'string' ? (L4_NUMBERS[l4] ?? l4) : l4} ${src}#${sport} > ${dst}#${dport}`
}

export function kernelEventText({ kind, entry }: KernelEvent): string {
  const words = [kind, entry.state, tupleText(entry.l4, entry.original)]
  if (kind !== 'DESTROY') words.push(entry.seenReply ? '' : '[UNREPLIED]', entry.assured ? '[ASSURED]' : '', entry.helper)
  return words.filter(Boolean).join(' ')
}

/** Of an entry's event. A state is in the kernel's message only when it is what the message is about, and in DESTROY. */
export function transitionText({ event, bits, l4, original, to, status }: Transition): string {
  const isDestroy = event === 'DESTROY'
  const state = isDestroy || bits.includes('PROTOINFO') ? to.tcp : null
  const words = [event, state, tupleText(l4, original)]
  if (!isDestroy) {
    const has = (bit: string) => status.includes(bit)
    words.push(has('SEEN_REPLY') ? '' : '[UNREPLIED]', has('ASSURED') ? '[ASSURED]' : '', has('HELPER') ? 'ftp' : null)
  }
  return words.filter(Boolean).join(' ')
}

export function kernelExpectationEventText({ kind, expectation }: KernelExpectationEvent): string {
  return `EXP_${kind} ${tupleText(expectation.l4, expectation.tuple)} of ${tupleText(expectation.l4, expectation.master)}`
}

/** `timeoutS` apart, since it is compared with a tolerance. */
export type EntryWords = { text: string; timeoutS: number }

export function kernelEntryWords(entry: KernelEntry, isExpected: boolean): EntryWords {
  const { original, reply } = entry
  return {
    text: [
      `${entry.l3} ${tupleText(entry.l4, original)} packets=${original.packets} bytes=${original.bytes}`,
      `${tupleText(entry.l4, reply)} packets=${reply.packets} bytes=${reply.bytes}`,
      entry.state ?? '-',
      statusText(entry.seenReply, entry.assured, isExpected, entry.helper !== null),
      entry.helper ?? '-',
    ].join(' | '),
    timeoutS: entry.timeoutS ?? 0,
  }
}

export function connectionWords(connection: Connection): EntryWords {
  const { l3, l4, original, reply, tcp, status, helper, timeout } = connection
  const has = (bit: string) => status.includes(bit)
  return {
    text: [
      `${l3} ${tupleText(l4, original)} packets=${original.packets} bytes=${original.bytes}`,
      `${tupleText(l4, reply)} packets=${reply.packets} bytes=${reply.bytes}`,
      tcp ?? '-',
      statusText(has('SEEN_REPLY'), has('ASSURED'), has('EXPECTED'), has('HELPER')),
      helper ?? '-',
    ].join(' | '),
    timeoutS: Math.trunc(timeout ?? 0),
  }
}

export function kernelExpectationWords(expectation: KernelExpectation): EntryWords {
  const { l4, tuple, mask, master, helper, flags, timeoutS } = expectation
  return {
    text: [
      tupleText(l4, tuple),
      `mask ${mask.src}#${mask.sport}`,
      `of ${tupleText(l4, master)}`,
      expectation.class,
      flags.join(),
      helper,
    ].join(' | '),
    timeoutS,
  }
}

export function expectationWords(expectation: Expectation, master: Connection): EntryWords {
  const { l4, tuple, mask, helper, flags, timeout } = expectation
  return {
    text: [
      tupleText(l4, tuple),
      `mask ${mask.src}#${mask.sport}`,
      `of ${tupleText(l4, master.original)}`,
      expectation.class,
      flags.join(),
      helper,
    ].join(' | '),
    timeoutS: Math.trunc(timeout ?? 0),
  }
}

function statusText(seenReply: boolean, assured: boolean, expected: boolean, helper: boolean): string {
  const bits = { SEEN_REPLY: seenReply, ASSURED: assured, EXPECTED: expected, HELPER: helper }
  return Object.entries(bits)
    .filter(([, isSet]) => isSet)
    .map(([name]) => name)
    .join(',')
}
