import type { ReactNode } from 'react'
import type { ConnectionRow, ConnectionSort } from '@ctscope/server/api/live'
import { hasPorts, icmpWord } from '../../format/address.ts'
import { bytes, count, counted } from '../../format/number.ts'
import type { CellTerm } from '../../filter/terms.ts'
import type { TableRow } from '../../store/connections.ts'
import { Endpoint } from '../../ui/Endpoint.tsx'
import { HelperChip } from '../../ui/HelperChip.tsx'
import { StateMark } from '../../ui/StateMark.tsx'
import { Strip } from '../../ui/Strip.tsx'
import { TimeLeft } from '../../ui/TimeLeft.tsx'
import { isInvalidReason } from '../../words/invalid-advice.ts'
import { windowSentence } from '../../words/window-reasons.ts'

export type Column = {
  id: string
  title: string
  /** A track of the grid. */
  track: string
  /** The width (px) below which another column gives way. */
  least: number
  /** The lower, the longer it stays when room is short. */
  rank: number
  align?: 'right'
  mono?: true
  /** How the server calls the order by it. */
  sortKey?: ConnectionSort
  /** What a first click on its title gives. */
  sortFirst?: 'desc'
  cell: (item: TableRow) => ReactNode
  /** What a click on the cell can filter by. */
  terms?: (row: ConnectionRow) => CellTerm[]
}

/** In reading order. */
export const COLUMNS: readonly Column[] = [
  { id: 'state', title: 'State', track: '138px', least: 138, rank: 0, sortKey: 'state', cell: stateCell, terms: stateTerms },
  {
    id: 'proto',
    title: 'Proto',
    track: '52px',
    least: 52,
    rank: 9,
    sortKey: 'proto',
    cell: ({ row }) => <span className="dim">{row.l4}</span>,
    terms: ({ l4 }) => [{ field: 'proto', value: l4 }],
  },
  {
    id: 'sub',
    title: 'Sub-state',
    track: '94px',
    least: 94,
    rank: 3,
    mono: true,
    sortKey: 'protoState',
    cell: ({ row }) => <span className="dim">{subState(row)}</span>,
    terms: subTerms,
  },
  {
    id: 'from',
    title: 'From',
    track: 'minmax(min(146px, 30%), var(--from-share))',
    least: 148,
    rank: 1,
    mono: true,
    sortKey: 'src',
    cell: ({ row }) => <Endpoint address={row.original.src} port={row.original.sport} l4={row.l4} />,
    terms: fromTerms,
  },
  {
    id: 'to',
    title: 'To',
    track: 'minmax(min(156px, 32%), var(--to-share))',
    least: 160,
    rank: 2,
    mono: true,
    sortKey: 'dst',
    cell: toCell,
    terms: toTerms,
  },
  {
    id: 'relation',
    title: 'Relation',
    track: 'minmax(126px, 0.5fr)',
    least: 126,
    rank: 6,
    sortKey: 'master',
    cell: relationCell,
    terms: relationTerms,
  },
  {
    id: 'packets',
    title: 'Packets',
    track: '70px',
    least: 130,
    rank: 10,
    align: 'right',
    sortKey: 'packets',
    sortFirst: 'desc',
    cell: ({ row }) => count(row.original.packets + row.reply.packets),
  },
  { id: 'bytes', title: 'Bytes', track: '77px', least: 77, rank: 7, align: 'right', sortKey: 'bytes', sortFirst: 'desc', cell: bytesCell },
  { id: 'strip', title: 'States so far', track: '82px', least: 82, rank: 8, cell: ({ row }) => <Strip connection={row} width={66} /> },
  { id: 'left', title: 'Time left', track: '108px', least: 108, rank: 4, sortKey: 'timeout', cell: leftCell },
  {
    id: 'reason',
    title: 'Last change',
    track: 'minmax(120px, 1.7fr)',
    least: 120,
    rank: 5,
    sortKey: 'lastSeen',
    sortFirst: 'desc',
    cell: reasonCell,
    terms: reasonTerms,
  },
]

/** The columns that fit, the least important given up first; state, from and to always stay. */
export function columnsFor(width: number): readonly Column[] {
  const kept = new Set<Column>()
  let used = 16
  for (const column of [...COLUMNS].sort((a, b) => a.rank - b.rank)) {
    if (used + column.least > width && column.rank > 2) break
    used += column.least
    kept.add(column)
  }
  return COLUMNS.filter((column) => kept.has(column))
}

function stateCell({ row }: TableRow): ReactNode {
  return (
    <>
      {row.depth === 1 && (
        <span className="tree" aria-hidden="true">
          {row.last ? '└' : '├'}
        </span>
      )}
      <RowState row={row} />
    </>
  )
}

/** An ended connection says how it ended where its state was. */
export function RowState({ row }: { row: ConnectionRow }) {
  return row.ended === null ? <StateMark state={row.state} /> : <StateMark state="ENDED" word={row.ended.cause} />
}

function stateTerms({ state, ended }: ConnectionRow): CellTerm[] {
  return ended === null ? [{ field: 'ct.state', value: state }] : [{ field: 'ended.cause', value: ended.cause }]
}

export function subState(row: ConnectionRow): string {
  if (row.tcp !== null) return row.tcp
  if (row.sctp !== null) return row.sctp
  return row.l4 === 'icmp' || row.l4 === 'icmpv6' ? icmpWord(row.l4, row.original.dport) : ''
}

function subTerms({ tcp, sctp }: ConnectionRow): CellTerm[] {
  if (tcp !== null) return [{ field: 'tcp.state', value: tcp }]
  return sctp === null ? [] : [{ field: 'sctp.state', value: sctp }]
}

function fromTerms({ original, l4 }: ConnectionRow): CellTerm[] {
  return [{ field: 'ip.src', value: original.src }, ...(hasPorts(l4) ? [{ field: 'sport', value: String(original.sport) }] : [])]
}

function toTerms({ original, l4, helper }: ConnectionRow): CellTerm[] {
  return [
    { field: 'ip.dst', value: original.dst },
    ...(hasPorts(l4) ? [{ field: 'dport', value: String(original.dport) }] : []),
    ...(helper === null ? [] : [{ field: 'helper', value: helper }]),
  ]
}

function toCell({ row }: TableRow): ReactNode {
  return (
    <>
      <Endpoint address={row.original.dst} port={row.original.dport} l4={row.l4} />
      {row.helper !== null && <HelperChip helper={row.helper} />}
    </>
  )
}

function relationCell({ row }: TableRow): ReactNode {
  if (row.master !== null)
    return (
      <span className="RELATED small clip" title={`RELATED to #${row.master}`}>
        RELATED to #{row.master}
      </span>
    )
  return (
    <>
      {row.children.length > 0 && <span className="dim small clip">{counted(row.children.length, 'child', 'children')}</span>}
      {row.helper !== null && <HelperChip helper={row.helper} />}
    </>
  )
}

function relationTerms({ master }: ConnectionRow): CellTerm[] {
  return master === null ? [] : [{ field: 'related_to', value: String(master) }]
}

function bytesCell({ row }: TableRow): ReactNode {
  const sum = row.original.bytes + row.reply.bytes
  return <span title={`${count(row.original.bytes)} from, ${count(row.reply.bytes)} to`}>{sum < 1e9 ? count(sum) : bytes(sum)}</span>
}

function leftCell({ row, expiresAt }: TableRow): ReactNode {
  if (expiresAt === null) return null
  return <TimeLeft expiresAt={expiresAt} full={row.timeoutFull} />
}

/** Of the latest change; where packets were INVALID the count stands first, with why when that was the latest. */
function reasonCell({ row }: TableRow): ReactNode {
  const { reason, invalidPackets, uncertainSince } = row
  const text = windowSentence(reason) ?? reason.text
  const invalid = invalidPackets === 0 ? '' : `${count(invalidPackets)} INVALID`
  const isWhy = isInvalidReason(reason.code)
  return (
    <span className="clip" title={text}>
      {invalid !== '' && <span className="INVALID">{isWhy ? `${invalid}: ${text}` : invalid}</span>}
      {!isWhy && text !== '' && <span className="dim">{invalid === '' ? text : `, ${text}`}</span>}
      {uncertainSince !== null && <span className="warn"> (uncertain)</span>}
    </span>
  )
}

function reasonTerms({ reason }: ConnectionRow): CellTerm[] {
  return reason.code === 'NONE' ? [] : [{ field: 'reason', value: reason.code }]
}
