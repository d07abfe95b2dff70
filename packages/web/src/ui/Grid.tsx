import type { ReactNode, RefObject } from 'react'

type GridProps = {
  label: string
  /** All rows there are, the header among them; -1 when it is not known yet. */
  rowCount: number
  columns: readonly { track: string }[]
  rowPx: number
  isNarrow: boolean
  /** The row that is read is drawn. */
  hasCursor: boolean
  className?: string
  header: ReactNode
  /** Between titles and rows, always of the same height, so that nothing moves when it has something to say. */
  line: ReactNode
  /** In place of rows. */
  empty: ReactNode
  scroller: RefObject<HTMLDivElement | null>
  /** Height of all rows (px). */
  height: number
  /** The mouse came over the rows or left them. */
  onPointer: (isOver: boolean) => void
  onClick?: (event: React.MouseEvent) => void
  onScroll?: () => void
  /** The rows in view, each placed by itself. */
  children: ReactNode
}

/**
 * A table of rows. What scrolls is the grid and takes the focus; the titles stand above it and belong to it, the line
 * and the notice do not.
 */
export function Grid(props: GridProps) {
  const { columns, isNarrow, rowPx, scroller, onPointer } = props
  const template = isNarrow ? '1fr' : columns.map(({ track }) => track).join(' ')
  return (
    <div className="table-frame" style={{ '--columns': template, '--row-px': `${rowPx}px` } as React.CSSProperties}>
      <div className={`table ${props.className ?? ''}`}>
        {!isNarrow && (
          <div id="grid-header" className="row header" role="row" aria-rowindex={1}>
            {props.header}
          </div>
        )}
        <div
          className="rows"
          ref={scroller}
          role="grid"
          aria-label={props.label}
          aria-rowcount={props.rowCount}
          aria-colcount={columns.length}
          aria-owns={isNarrow ? undefined : 'grid-header'}
          aria-activedescendant={props.hasCursor ? 'cursor-row' : undefined}
          tabIndex={0}
          onPointerEnter={(event) => event.pointerType === 'mouse' && onPointer(true)}
          onPointerLeave={() => onPointer(false)}
          onClick={props.onClick}
          onScroll={props.onScroll}
        >
          <div className="rows-all" role="rowgroup" style={{ height: props.height }}>
            {props.children}
          </div>
        </div>
      </div>
      <div className="table-over">
        {props.line}
        {props.empty}
      </div>
    </div>
  )
}
