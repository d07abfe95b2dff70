import { clockTime } from '../../format/time.ts'
import { navigate } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import { ErrorNotice, Notice } from '../../ui/Notice.tsx'

/** What an empty table says. */
export function TableNotice() {
  const isLoaded = useStore((state) => state.table.isLoaded)
  const total = useStore((state) => state.table.total)
  const error = useStore((state) => state.tableError)
  const filter = useStore((state) => state.route.filter)
  const capture = useStore((state) => state.capture)
  const started = useStore((state) => state.hello?.now)
  if (error !== null) return <ErrorNotice error={error} />
  if (!isLoaded) return <Notice title="Waiting for the first rows …" />
  if (total > 0) return null
  if (capture !== null && capture.state === 'failed') {
    return (
      <Notice title="There is no capture." tone="bad">
        <p>{capture.note === '' ? 'What can be captured here, and if not, why not:' : capture.note}</p>
        <pre>ctscope interfaces</pre>
      </Notice>
    )
  }
  if (filter !== '') {
    return (
      <Notice title="No connection matches.">
        <p>
          The filter is <span className="mono">{filter}</span>.{' '}
          <button className="link" onClick={() => navigate({ filter: '' })}>
            Show all
          </button>
        </p>
      </Notice>
    )
  }
  return (
    <Notice title="No connection yet.">
      <p>
        {capture?.kind === 'file'
          ? 'The file has shown no packet that conntrack would track.'
          : `Nothing was seen on ${capture?.interfaces.join(', ') ?? 'the interface'}${started === undefined ? '' : ` since ${clockTime(started)}`}. Open a web page, or let ctscope make traffic:`}
      </p>
      {capture?.kind === 'live' && <pre>ctscope demo</pre>}
    </Notice>
  )
}
