/** CSV after RFC 4180, safe to open in a spreadsheet. */
import type { Connection } from '../api/rest.ts'
import { escapeControls } from './escape.ts'

/** A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
const FORMULA = /^[=+\-@\t\r]/

export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = escapeControls(FORMULA.test(value) ? `'${value}` : value)
  return /[",\s]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

type Column = readonly [title: string, value: (connection: Connection) => string | number | null]

const COLUMNS: readonly Column[] = [
  ['id', (c) => c.id],
  ['interface', (c) => c.interface],
  ['zone', (c) => c.zone],
  ['l3', (c) => c.l3],
  ['l4', (c) => c.l4],
  ['src', (c) => c.original.src],
  ['sport', (c) => c.original.sport],
  ['dst', (c) => c.original.dst],
  ['dport', (c) => c.original.dport],
  ['packets_original', (c) => c.original.packets],
  ['bytes_original', (c) => c.original.bytes],
  ['packets_reply', (c) => c.reply.packets],
  ['bytes_reply', (c) => c.reply.bytes],
  ['state', (c) => c.state],
  ['tcp', (c) => c.tcp],
  ['sctp', (c) => c.sctp],
  ['status', (c) => c.status.join(' ')],
  ['helper', (c) => c.helper],
  ['master', (c) => c.master],
  ['timeout', (c) => c.timeout],
  ['first_seen', (c) => c.firstSeen],
  ['last_seen', (c) => c.lastSeen],
  ['ended', (c) => c.ended?.at ?? null],
  ['cause', (c) => c.ended?.cause ?? null],
  ['invalid_packets', (c) => c.invalidPackets],
  ['uncertain_since', (c) => c.uncertainSince],
  ['reason', (c) => c.reason.code],
  ['reason_text', (c) => c.reason.text],
  ['community_id', (c) => c.communityId],
]

const LINE_END = '\r\n'

export const CONNECTIONS_CSV_HEADER = COLUMNS.map(([title]) => title).join(',') + LINE_END

export function connectionCsv(connection: Connection): string {
  return COLUMNS.map(([, value]) => csvCell(value(connection))).join(',') + LINE_END
}
