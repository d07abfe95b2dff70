import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { RowWindow } from '@ctscope/server/api/live'
import { navigate } from '../../route/navigate.ts'
import { useSubscription } from '../../live/use-subscription.ts'
import { useStore } from '../../store/index.ts'
import { Grid } from '../../ui/Grid.tsx'
import { useListKeys } from '../../ui/list-keys.ts'
import { NARROW, useMedia } from '../../ui/use-media.ts'
import { firstWholeRow, rowsOfPage, useVisibleRows, type VisibleRows } from '../../ui/use-visible-rows.ts'
import { CellMenu, type CellMenuState } from './CellMenu.tsx'
import { columnsFor, COLUMNS, type Column } from './columns.tsx'
import { ConnectionRow } from './ConnectionRow.tsx'
import { HeaderRow } from './HeaderRow.tsx'
import { TableLine } from './TableLine.tsx'
import { TableNotice } from './TableNotice.tsx'
import { useWidth } from '../../ui/use-width.ts'
import { isSameWindow, isVolatileSort, localOf, OVERSCAN, planWindow, rowAtLocal } from './window-plan.ts'

const ROW_PX = 30
const NARROW_ROW_PX = 54
/** Window moves are sent at most this often while scrolling. */
const MOVE_EVERY_MS = 40
const FIRST_WINDOW: RowWindow = { offset: 0, limit: 40 + OVERSCAN, anchor: null }

const HANDLER = {
  snapshot: ({ view }: { view: Parameters<ReturnType<typeof useStore.getState>['applyView']>[0] }, asOf: string) =>
    useStore.getState().applyView(view, asOf, true),
  delta: ({ view }: { view: Parameters<ReturnType<typeof useStore.getState>['applyView']>[0] }, asOf: string) =>
    useStore.getState().applyView(view, asOf, false),
  error: (error: Parameters<ReturnType<typeof useStore.getState>['setTableError']>[0]) => useStore.getState().setTableError(error),
}

/**
 * The table: rows in view only, out of a window that the server keeps in order. While someone points at it, has
 * scrolled it or reads a row, rows stay where they are and new ones are counted above.
 */
export function ConnectionTable() {
  const route = useStore((state) => state.route)
  const table = useStore((state) => state.table)
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useMedia(NARROW)
  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX
  const visible = useVisibleRows(scroller, rowPx)
  const width = useWidth(scroller)
  const columns = useMemo(() => (isNarrow ? COLUMNS.slice(0, 1) : columnsFor(width)), [isNarrow, width])
  const [isPointerOver, setPointerOver] = useState(false)
  const [cursor, setCursor] = useState<number | null>(route.connection)
  const [menu, setMenu] = useState<CellMenuState | null>(null)
  // A row that is chosen but not at hand, after a reload or under another filter, holds nothing.
  const cursorLocal = cursor === null ? null : localOf(table, cursor)
  const isHeld = isPointerOver || !visible.atTop || cursorLocal !== null
  const closeMenu = useCallback(() => setMenu(null), [])

  const followed = useSubscription<'connections'>(
    {
      topic: 'connections',
      filter: route.filter,
      sort: route.sort.key,
      order: route.sort.order,
      ended: route.ended,
      tree: true,
      window: FIRST_WINDOW,
    },
    HANDLER,
  )
  useStartOver(scroller, `${route.filter} ${route.sort.key} ${route.sort.order} ${route.ended}`)
  useMovedWindow(followed, { visible, isHeld, isVolatile: isVolatileSort(route.sort.key), cursor })
  useRebase(scroller, rowPx)

  const release = () => {
    setCursor(null)
    setPointerOver(false)
    if (scroller.current !== null) scroller.current.scrollTop = 0
  }
  const scrollTo = (local: number) => {
    const element = scroller.current
    if (element === null) return
    const top = local * rowPx
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowPx > element.scrollTop + element.clientHeight) element.scrollTop = top + rowPx - element.clientHeight
  }
  const setRead = (id: number, local: number) => {
    setCursor(id)
    scrollTo(local)
    if (route.connection !== null) navigate({ connection: id }, 'replace')
  }
  useListKeys({
    pageRows: () => rowsOfPage(scroller.current, rowPx),
    move: (steps) => {
      if (steps === -Infinity) return release()
      if (steps === Infinity) {
        setCursor(null)
        return scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
      }
      const local = Math.max(
        0,
        Math.min(table.total - table.shift - 1, cursorLocal === null ? firstWholeRow(scroller.current, rowPx) : cursorLocal + steps),
      )
      const item = rowAtLocal(table, local)
      if (item === undefined) scrollTo(local)
      else setRead(item.row.id, local)
    },
    open: () => {
      if (cursor !== null) navigate({ connection: cursor })
    },
    leave: () => {
      if (menu !== null) closeMenu()
      else if (route.connection !== null) navigate({ connection: null, tab: 'ladder' })
      else if (cursor !== null) setCursor(null)
      else return false
      return true
    },
    menu: () => {
      const item = cursor === null ? undefined : table.rows.find((each) => each?.row.id === cursor)
      const at = document.getElementById('cursor-row')?.getBoundingClientRect()
      if (item !== undefined && at !== undefined) {
        setMenu({ x: at.left + 16, y: at.bottom - 14, terms: COLUMNS.flatMap(({ terms }) => terms?.(item.row) ?? []), takesFocus: true })
      }
    },
  })

  const onClick = (event: React.MouseEvent) => {
    const target = event.target as HTMLElement
    const id = Number(target.closest<HTMLElement>('[data-id]')?.dataset['id'])
    const item = table.rows.find((each) => each?.row.id === id)
    if (item === undefined) return
    setCursor(id)
    navigate({ connection: id }, route.connection === null ? 'push' : 'replace')
    const column = target.closest<HTMLElement>('[data-column]')?.dataset['column']
    const terms = COLUMNS.find((each) => each.id === column)?.terms?.(item.row) ?? []
    setMenu(terms.length === 0 || isNarrow ? null : { x: event.clientX, y: event.clientY, terms, takesFocus: false })
  }

  return (
    <>
      <h1 className="visually-hidden">Connections</h1>
      <Grid
        label="Connections"
        rowCount={table.isLoaded ? table.total + 1 : -1}
        columns={columns}
        rowPx={rowPx}
        isNarrow={isNarrow}
        hasCursor={isInView(cursorLocal, visible)}
        className={columns.some(({ id }) => id === 'relation') ? 'has-relation' : ''}
        header={<HeaderRow columns={columns} />}
        line={<TableLine isHeld={isHeld} release={release} />}
        empty={<TableNotice />}
        scroller={scroller}
        height={Math.max(0, table.total - table.shift) * rowPx}
        onPointer={setPointerOver}
        onClick={onClick}
        onScroll={closeMenu}
      >
        <Rows visible={visible} rowPx={rowPx} columns={columns} isNarrow={isNarrow} cursor={cursor} />
      </Grid>
      {menu !== null && <CellMenu menu={menu} close={closeMenu} />}
    </>
  )
}

function isInView(local: number | null, visible: { first: number; last: number }): boolean {
  return local !== null && local >= visible.first && local < visible.last
}

type RowsProps = {
  visible: VisibleRows
  rowPx: number
  columns: readonly Column[]
  isNarrow: boolean
  cursor: number | null
}

function Rows({ visible, rowPx, columns, isNarrow, cursor }: RowsProps) {
  const table = useStore((state) => state.table)
  const picked = useStore((state) => state.route.connection)
  const first = visible.first
  const last = Math.min(table.total - table.shift, visible.last)
  const rows = []
  for (let local = first; local < last; local++) {
    const item = rowAtLocal(table, local)
    const id = item?.row.id
    rows.push(
      <ConnectionRow
        key={local % visible.slots}
        item={item}
        columns={columns}
        isNarrow={isNarrow}
        top={local * rowPx}
        rowIndex={local + table.shift + 2}
        isPicked={id !== undefined && id === picked}
        isCursor={id !== undefined && id === cursor}
      />,
    )
  }
  return rows
}

type Reading = { visible: { first: number; last: number }; isHeld: boolean; isVolatile: boolean; cursor: number | null }

/** Tells the server, not too often, which rows are in view and which one must stay. */
function useMovedWindow(followed: ReturnType<typeof useSubscription<'connections'>>, reading: Reading): void {
  const sent = useRef<RowWindow>(FIRST_WINDOW)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const sentAt = useRef(0)
  useEffect(() => {
    const move = () => {
      const { table: now, anchor, setAnchor, holdsOrder, setHoldsOrder } = useStore.getState()
      const mustHold = reading.isHeld && reading.isVolatile
      if (holdsOrder !== mustHold) setHoldsOrder(mustHold)
      const plan = planWindow({ ...reading, table: now, anchor })
      if (plan.anchor?.id !== anchor?.id || plan.anchor?.local !== anchor?.local) setAnchor(plan.anchor)
      if (isSameWindow(plan.window, sent.current)) return
      sent.current = plan.window
      sentAt.current = performance.now()
      followed.current?.move(plan.window)
    }
    clearTimeout(timer.current)
    const wait = MOVE_EVERY_MS - (performance.now() - sentAt.current)
    if (wait <= 0) move()
    else timer.current = setTimeout(move, wait)
    return () => clearTimeout(timer.current)
  })
}

/** Another filter or order begins at the top. */
function useStartOver(scroller: React.RefObject<HTMLDivElement | null>, question: string): void {
  const asked = useRef(question)
  useLayoutEffect(() => {
    if (asked.current === question) return
    asked.current = question
    useStore.getState().restartTable()
    scroller.current?.scrollTo({ top: 0 })
  }, [scroller, question])
}

/** More rows above are gone than came: what is looked at stays, the scroll bar takes the difference. */
function useRebase(scroller: React.RefObject<HTMLDivElement | null>, rowPx: number): void {
  const shift = useStore((state) => state.table.shift)
  useLayoutEffect(() => {
    if (shift >= 0 || scroller.current === null) return
    useStore.getState().rebaseTable()
    scroller.current.scrollBy({ top: shift * rowPx })
  }, [scroller, rowPx, shift])
}
