import { navigate } from '../../route/navigate.ts'
import { DEFAULT_SORT } from '../../route/route.ts'
import { useStore } from '../../store/index.ts'
import type { Column } from './columns.tsx'

/** Titles; a click sorts by one, again turns the order round, a third time goes back to newest first. */
export function HeaderRow({ columns }: { columns: readonly Column[] }) {
  const sort = useStore((state) => state.route.sort)
  const choose = ({ sortKey, sortFirst }: Column) => {
    if (sortKey === undefined) return
    const first = sortFirst ?? 'asc'
    if (sort.key !== sortKey) navigate({ sort: { key: sortKey, order: first } })
    else if (sort.order === first) navigate({ sort: { key: sortKey, order: first === 'asc' ? 'desc' : 'asc' } })
    else navigate({ sort: DEFAULT_SORT })
  }
  return (
    <>
      {columns.map((column) => {
        const isSorted = column.sortKey !== undefined && column.sortKey === sort.key
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-sort={isSorted ? (sort.order === 'asc' ? 'ascending' : 'descending') : undefined}
            className={`cell ${column.align === 'right' ? 'num' : ''}`}
          >
            {column.sortKey === undefined ? (
              column.title
            ) : (
              <button tabIndex={-1} className={isSorted ? 'sorted' : ''} onClick={() => choose(column)}>
                {column.title}
                {isSorted && <span aria-hidden="true">{sort.order === 'asc' ? ' ↑' : ' ↓'}</span>}
              </button>
            )}
          </div>
        )
      })}
    </>
  )
}
