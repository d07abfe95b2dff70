/**
 * Why a packet got its verdict: a code with its numbers. The catalogue is data; a reason on the wire is its
 * index and up to four 32-bit numbers, the sentence is made where it is shown.
 */
export type ReasonInfo = {
  readonly code: string
  /** The sentence; {0}…{3} stand for the numbers. */
  readonly text: string
  /** The rule of CONNTRACK.md. */
  readonly rule: string
}

/** A reason's numbers, unsigned 32 bit. */
export type ReasonArgs = readonly [number, number, number, number]

/** Index 0 is "nothing to say": an ordinary packet of its state. Append only: the index goes over the wire. */
export const REASONS = [
  { code: 'NONE', text: '', rule: '' },
] as const satisfies readonly ReasonInfo[]

export type ReasonCode = (typeof REASONS)[number]['code']

/** The sentence of a reason with its numbers filled in. */
export function reasonText(reason: number, args: ReasonArgs): string {
  const info: ReasonInfo | undefined = REASONS[reason]
  if (info === undefined) return ''
  return info.text.replace(/\{([0-3])\}/g, (_, i: string) => String(args[Number(i)]))
}
