import { clockTime } from '../../format/time.ts'
import { retryNow } from '../../live/client.ts'
import { useStore } from '../../store/index.ts'
import { currentTrouble } from './trouble.ts'

/** What stands between the reader and a true picture, over every view: cut off, engine lost, no rights, frozen. */
export function Banner() {
  const trouble = useStore(currentTrouble)
  const frozenAt = useStore((state) => state.frozenAt)
  return (
    <>
      {trouble !== null && (
        <div className={`banner ${trouble.tone}`} role="status">
          <b>{trouble.title}</b> <span>{trouble.text}</span>
          {trouble.retry && (
            <button className="link" onClick={retryNow}>
              Try now
            </button>
          )}
        </div>
      )}
      {frozenAt !== null && (
        <div className="banner calm" role="status">
          <b>Frozen at {clockTime(new Date(frozenAt).toISOString())}.</b>{' '}
          <span>
            The capture goes on and nothing is lost: <kbd>p</kbd> goes on.
          </span>
        </div>
      )}
    </>
  )
}
