/** How the parts of an FTP session belong together. */
import type { FtpSessionDetail as Session } from '@ctscope/server/api/rest'

export type DialogueLine = Session['lines'][number]
export type Negotiation = NonNullable<DialogueLine['negotiation']>

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
