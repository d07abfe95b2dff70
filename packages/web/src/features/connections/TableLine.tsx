import { count, counted } from '../../format/number.ts'
import { DEFAULT_SORT, type Sort } from '../../route/route.ts'
import { useStore } from '../../store/index.ts'
import { COLUMNS } from './columns.tsx'

/**
 * One line between titles and rows, always of the same height, so that nothing moves when it has something to say:
 * how many came above what is held.
 */
export function TableLine({ isHeld, release }: { isHeld: boolean; release: () => void }) {
  const above = useStore((state) => state.table.shift)
  const total = useStore((state) => state.table.total)
  const isLoaded = useStore((state) => state.table.isLoaded)
  const sort = useStore((state) => state.route.sort)
  const isFrozen = useStore((state) => state.frozenAt !== null)
  if (isHeld && above > 0) {
    return (
      <button className="table-line news" onClick={release}>
        ↑ {count(above)} new above, the view stays
      </button>
    )
  }
  return (
    <div className="table-line dim">
      {isLoaded && (
        <>
          {counted(total, 'connection')}, {orderWords(sort)}
          {isFrozen ? ', frozen' : isHeld ? ', held still' : ''}
        </>
      )}
    </div>
  )
}

function orderWords({ key, order }: Sort): string {
  if (key === DEFAULT_SORT.key) return order === DEFAULT_SORT.order ? 'the newest first' : 'the oldest first'
  return `by ${COLUMNS.find(({ sortKey }) => sortKey === key)?.title.toLowerCase() ?? key}`
}
