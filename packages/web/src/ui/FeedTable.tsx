import { useMemo, useRef, useState, type ReactNode } from 'react'
import { feedEnd, type Feed } from '../store/feed.ts'
import { count } from '../format/number.ts'
import { Grid } from './Grid.tsx'
import { useListKeys } from './list-keys.ts'
import { NARROW, useMedia } from './use-media.ts'
import { firstWholeRow, rowsOfPage, useVisibleRows } from './use-visible-rows.ts'
import { useWidth } from './use-width.ts'

export type FeedColumn<T> = {
  id: string
  title: string
  track: string
  align?: 'right'
  mono?: true
  /** Left out where the table is narrower than this (px). */
  from?: number
  cell: (item: T) => ReactNode
}

type FeedTableProps<T> = {
  label: string
  feed: Feed<T>
  columns: readonly FeedColumn<T>[]
  /** Two lines, on narrow screens. */
  narrowCell: (item: T) => ReactNode
  rowClass: (item: T) => string
  isPicked: (item: T) => boolean
  onOpen: (item: T) => void
  /** Below the table's titles, when nothing new waits above. */
  line: ReactNode
  /** In place of rows when there are none. */
  empty: ReactNode
}

const ROW_PX = 30
const NARROW_ROW_PX = 54

/**
 * A feed, the newest first. It follows; while someone points at it, has scrolled it or reads a row it holds, and
 * counts what comes above.
 */
export function FeedTable<T>({ label, feed, columns: all, narrowCell, rowClass, isPicked, onOpen, line, empty }: FeedTableProps<T>) {
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useMedia(NARROW)
  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX
  const visible = useVisibleRows(scroller, rowPx)
  const width = useWidth(scroller)
  const columns = useMemo(() => all.filter(({ from = 0 }) => width >= from), [all, width])
  const [isPointerOver, setPointerOver] = useState(false)
  const [cursor, setCursor] = useState<number | null>(null)
  const [heldEnd, setHeldEnd] = useState<number | null>(null)
  const isHeld = isPointerOver || !visible.atTop || cursor !== null
  const newest = feedEnd(feed)
  if (isHeld && heldEnd === null) setHeldEnd(newest)
  if (!isHeld && heldEnd !== null) setHeldEnd(null)
  // A fresh snapshot may be shorter than what was held.
  const end = Math.min(heldEnd ?? newest, newest)
  const rows = end - feed.first
  const above = newest - end

  const release = () => {
    setCursor(null)
    setPointerOver(false)
    scroller.current?.scrollTo(0, 0)
  }
  const read = (place: number) => {
    setCursor(place)
    const element = scroller.current
    const top = (end - 1 - place) * rowPx
    if (element === null) return
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowPx > element.scrollTop + element.clientHeight) element.scrollTop = top + rowPx - element.clientHeight
  }
  useListKeys({
    pageRows: () => rowsOfPage(scroller.current, rowPx),
    move: (steps) => {
      if (steps === -Infinity) return release()
      if (rows <= 0) return
      const from = cursor ?? end - firstWholeRow(scroller.current, rowPx)
      read(Math.max(feed.first, Math.min(end - 1, steps === Infinity ? feed.first : from - steps)))
    },
    open: () => {
      const item = cursor === null ? undefined : feed.items[cursor - feed.first]
      if (item !== undefined) onOpen(item)
    },
    leave: () => {
      if (cursor === null) return false
      setCursor(null)
      return true
    },
  })

  const { first, slots } = visible
  const last = Math.min(rows, visible.last)
  const shown = []
  for (let local = first; local < last; local++) {
    const place = end - 1 - local
    const item = feed.items[place - feed.first]
    if (item === undefined) continue
    shown.push(
      <div
        key={local % slots}
        role="row"
        id={place === cursor ? 'cursor-row' : undefined}
        aria-rowindex={local + above + 2}
        aria-selected={isPicked(item)}
        className={`row ${rowClass(item)} ${isPicked(item) ? 'picked' : ''} ${place === cursor ? 'cursor' : ''}`}
        style={{ transform: `translateY(${local * rowPx}px)` }}
        onClick={() => {
          setCursor(place)
          onOpen(item)
        }}
      >
        {isNarrow ? (
          <div role="gridcell" className="narrow-cell">
            {narrowCell(item)}
          </div>
        ) : (
          columns.map((column) => (
            <div
              key={column.id}
              role="gridcell"
              className={`cell ${column.align === 'right' ? 'num' : ''} ${column.mono ? 'mono' : ''} cell-${column.id}`}
            >
              {column.cell(item)}
            </div>
          ))
        )}
      </div>,
    )
  }
  return (
    <Grid
      label={label}
      rowCount={rows + above + 1}
      columns={columns}
      rowPx={rowPx}
      isNarrow={isNarrow}
      hasCursor={cursor !== null && end - 1 - cursor >= first && end - 1 - cursor < last}
      header={
        <>
          {columns.map(({ id, title, align }) => (
            <div key={id} role="columnheader" className={`cell ${align === 'right' ? 'num' : ''}`}>
              {title}
            </div>
          ))}
        </>
      }
      line={
        above > 0 && isHeld ? (
          <button className="table-line news" onClick={release}>
            ↑ {count(above)} new above, the view stays
          </button>
        ) : (
          <div className="table-line dim">{line}</div>
        )
      }
      empty={rows <= 0 && empty}
      scroller={scroller}
      height={Math.max(0, rows) * rowPx}
      onPointer={setPointerOver}
    >
      {shown}
    </Grid>
  )
}
