import { memo } from 'react'
import { shortDuration } from '../../format/duration.ts'
import { useNow } from '../../live/clock.ts'
import type { TableRow } from '../../store/connections.ts'
import { Endpoint } from '../../ui/Endpoint.tsx'
import { HelperChip } from '../../ui/HelperChip.tsx'
import { RowState, subState, type Column } from './columns.tsx'

type RowProps = {
  item: TableRow | undefined
  columns: readonly Column[]
  isNarrow: boolean
  /** px from the top of all rows. */
  top: number
  /** Place in the whole order, from 1; the header is row 1. */
  rowIndex: number
  isPicked: boolean
  isCursor: boolean
}

/** One row. Its element is used again for another row when it leaves the view; it carries no state of its own. */
export const ConnectionRow = memo(function ConnectionRow({ item, columns, isNarrow, top, rowIndex, isPicked, isCursor }: RowProps) {
  const id = item?.row.id
  return (
    <div
      role="row"
      id={isCursor ? 'cursor-row' : undefined}
      className={`row ${rowClass(item, isPicked, isCursor)}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={rowIndex}
      aria-selected={isPicked}
      data-id={id}
    >
      {item === undefined ? (
        <Waiting columns={columns} />
      ) : isNarrow ? (
        <NarrowCells item={item} />
      ) : (
        columns.map((column) => (
          <div key={column.id} role="gridcell" className={cellClass(column)} data-column={column.id}>
            {column.cell(item)}
          </div>
        ))
      )}
    </div>
  )
})

export function cellClass({ align, mono, id }: Column): string {
  return `cell ${align === 'right' ? 'num' : ''} ${mono ? 'mono' : ''} cell-${id}`
}

function rowClass(item: TableRow | undefined, isPicked: boolean, isCursor: boolean): string {
  return `${isPicked ? 'picked ' : ''}${isCursor ? 'cursor ' : ''}${item === undefined ? 'waiting' : item.row.ended !== null ? 'ended' : ''}`
}

/** A row that is on its way. */
function Waiting({ columns }: { columns: readonly Column[] }) {
  return columns.map(({ id }) => (
    <div key={id} role="gridcell" className="cell">
      <i className="ghost" />
    </div>
  ))
}

/** State, from → to and time left, in two lines. */
function NarrowCells({ item }: { item: TableRow }) {
  const { row, expiresAt } = item
  return (
    <div role="gridcell" className="narrow-cell">
      <div>
        {row.depth === 1 && (
          <span className="tree" aria-hidden="true">
            {row.last ? '└' : '├'}
          </span>
        )}
        <RowState row={row} />
        <span className="mono dim clip">
          {row.l4} {subState(row)}
        </span>
        {row.helper !== null && <HelperChip helper={row.helper} />}
        {row.invalidPackets > 0 && <span className="INVALID small">{row.invalidPackets} INVALID</span>}
        {expiresAt !== null && (
          <span className="dim grow">
            <Countdown expiresAt={expiresAt} />
          </span>
        )}
      </div>
      <div className="mono">
        <Endpoint address={row.original.src} port={row.original.sport} l4={row.l4} />
        <span className="dim">→</span>
        <Endpoint address={row.original.dst} port={row.original.dport} l4={row.l4} />
      </div>
    </div>
  )
}

function Countdown({ expiresAt }: { expiresAt: number }) {
  return shortDuration((expiresAt - useNow()) / 1000)
}
