/** How the parts of an FTP session belong together. */
import type { FtpSessionDetail as Session } from '@ctscope/server/api/rest'

export type DialogueLine = Session['lines'][number]
export type Negotiation = NonNullable<DialogueLine['negotiation']>

/** The dialogue as it is read: what an announcement came to belongs to the line that made it, which the engine tells apart. */
export function joinLines(lines: readonly DialogueLine[]): DialogueLine[] {
  const joined: DialogueLine[] = []
  for (const [index, line] of lines.entries()) {
    if (line.kind !== 'negotiation' || line.text !== '') {
      const own = line.negotiation ?? [lines[index - 1], lines[index + 1]].find((other) => isPartOf(other, line))?.negotiation ?? null
      joined.push({ ...line, negotiation: own })
    } else if (![lines[index - 1], lines[index + 1]].some((other) => other !== undefined && isPartOf(line, other))) {
      joined.push(line)
    }
  }
  return joined
}

/** Whether a line without text tells of the announcement that another one of its packet made. */
function isPartOf(negotiation: DialogueLine | undefined, line: DialogueLine): boolean {
  return (
    negotiation !== undefined &&
    negotiation.kind === 'negotiation' &&
    negotiation.text === '' &&
    line.text !== '' &&
    line.packet === negotiation.packet
  )
}

/** The latest announcement that raised no expectation. */
export function failedNegotiation({ lines }: Session): Negotiation | null {
  return lines.findLast(({ negotiation }) => negotiation !== null && negotiation.expectation === null)?.negotiation ?? null
}

/** What became of an announcement: its expectation, the data connection that met it, and what was moved over it. */
export function outcomeOf(session: Session, negotiation: Negotiation) {
  const expectation = session.expectations.find(({ id }) => id === negotiation.expectation) ?? null
  const transfer = session.transfers.find((each) => each.expectation !== null && each.expectation === negotiation.expectation) ?? null
  const child = expectation?.ended?.child ?? transfer?.connection ?? null
  const connection = child === null ? null : (session.connections.find(({ id }) => id === child) ?? null)
  return { expectation, transfer, child, connection }
}
