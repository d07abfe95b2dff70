import { useEffect, useState } from 'react'
import type { ApiError, Capture, CaptureChange, Interface } from '@ctscope/server/api/rest'
import { request } from '../../live/client.ts'
import { useStore } from '../../store/index.ts'

/** 0: no waiting. */
const SPEEDS = [1, 10, 100, 0]

/** Before every packet: a file runs anew from its start. */
const BEGINNING = '1970-01-01T00:00:00Z'

/** The capture as it is, and what may be changed of it while it runs. */
export function CapturePopover({ capture }: { capture: Capture }) {
  const [error, setError] = useState<ApiError | null>(null)
  const [isBusy, setBusy] = useState(false)
  const change = async (path: 'capture' | 'replay', body: CaptureChange | Record<string, unknown>) => {
    setBusy(true)
    setError(null)
    try {
      const answer = await request<Capture>('PUT', path, body)
      if (path === 'capture') useStore.getState().setCapture(answer)
    } catch (failure) {
      setError(asApiError(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="popover capture-popover" role="dialog" aria-label="Capture">
      <div className="capture-head">
        <div>
          <h2>{heading(capture)}</h2>
          <p className="dim small">{capture.note === '' ? capture.viewpoint : `${capture.note} ${capture.viewpoint}`}</p>
        </div>
        {capture.kind === 'live' ? (
          <button className="button" disabled={isBusy} onClick={() => void change('capture', { running: !capture.running })}>
            {capture.running ? 'Pause' : 'Resume'}
          </button>
        ) : (
          <ReplayButtons capture={capture} isBusy={isBusy} change={(body) => void change('replay', body)} />
        )}
      </div>
      {capture.kind === 'live' && (
        <Interfaces capture={capture} isBusy={isBusy} apply={(interfaces) => void change('capture', { interfaces })} />
      )}
      {capture.kind === 'live' && (
        <CaptureFilter capture={capture} isBusy={isBusy} apply={(filter) => void change('capture', { filter })} />
      )}
      {error !== null && (
        <p className="capture-error" role="alert">
          <b>{error.message}</b> {error.hint}
        </p>
      )}
    </div>
  )
}

function heading(capture: Capture): string {
  if (capture.kind === 'file') return capture.state === 'ended' ? 'The file was read to its end' : 'Playing a capture file'
  const where = capture.interfaces.join(', ')
  return capture.state === 'running' ? `Capturing on ${where}` : `${where}: ${capture.state}`
}

function Interfaces({ capture, isBusy, apply }: { capture: Capture; isBusy: boolean; apply: (names: string[]) => void }) {
  const [all, setAll] = useState<Interface[] | null>(null)
  const [chosen, setChosen] = useState<readonly string[]>(capture.interfaces)
  useEffect(() => {
    let isGone = false
    request<{ items: Interface[] } | Interface[]>('GET', 'interfaces').then(
      (answer) => !isGone && setAll(Array.isArray(answer) ? answer : answer.items),
      () => !isGone && setAll([]),
    )
    return () => {
      isGone = true
    }
  }, [])
  const isChanged = [...chosen].sort().join() !== [...capture.interfaces].sort().join()
  return (
    <fieldset className="capture-part">
      <legend>Interfaces</legend>
      {all === null && <p className="dim">Asking what can be captured …</p>}
      {all?.length === 0 && <p className="dim">None that can be captured. `ctscope interfaces` says why.</p>}
      {all?.map(({ name, addresses, up, problem }) => (
        <label key={name} className="interface">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            disabled={problem !== null && !chosen.includes(name)}
            onChange={(event) => setChosen(event.target.checked ? [...chosen, name] : chosen.filter((each) => each !== name))}
          />
          <span>{name}</span>
          <span className="mono dim interface-addresses">{problem === null ? addresses.slice(0, 2).join('  ') : problem.message}</span>
          {!up && <span className="chip">down</span>}
        </label>
      ))}
      {isChanged && (
        <button className="button main" disabled={isBusy || chosen.length === 0} onClick={() => apply([...chosen])}>
          Capture {chosen.length === 0 ? 'nothing' : chosen.join(', ')}
        </button>
      )}
    </fieldset>
  )
}

function CaptureFilter({ capture, isBusy, apply }: { capture: Capture; isBusy: boolean; apply: (filter: string) => void }) {
  const [text, setText] = useState(capture.filter)
  return (
    <form
      className="capture-part"
      onSubmit={(event) => {
        event.preventDefault()
        apply(text.trim())
      }}
    >
      <label htmlFor="bpf">Capture filter (BPF): what it leaves out is never seen</label>
      <div className="capture-bpf">
        <input
          id="bpf"
          className="mono"
          value={text}
          placeholder="tcp port 21"
          spellCheck={false}
          autoComplete="off"
          maxLength={4096}
          onChange={(event) => setText(event.target.value)}
        />
        <button className="button" disabled={isBusy || text.trim() === capture.filter}>
          Apply
        </button>
      </div>
    </form>
  )
}

function ReplayButtons({
  capture,
  isBusy,
  change,
}: {
  capture: Capture
  isBusy: boolean
  change: (body: Record<string, unknown>) => void
}) {
  const isPlaying = capture.replay?.playing ?? false
  return (
    <span className="replay">
      <label>
        <span className="visually-hidden">Speed</span>
        <select value={capture.replay?.speed ?? 1} disabled={isBusy} onChange={(event) => change({ speed: Number(event.target.value) })}>
          {[...new Set([...SPEEDS, capture.replay?.speed ?? 1])].map((speed) => (
            <option key={speed} value={speed}>
              {speed === 0 ? 'as fast as it goes' : `${speed} ×`}
            </option>
          ))}
        </select>
      </label>
      {capture.state === 'ended' ? (
        <button className="button" disabled={isBusy} onClick={() => change({ at: BEGINNING, playing: true })}>
          Play again
        </button>
      ) : (
        <button className="button" disabled={isBusy} onClick={() => change({ playing: !isPlaying })}>
          {isPlaying ? 'Pause' : 'Play'}
        </button>
      )}
    </span>
  )
}

/** An error of the server's as it came, or that there was no answer. */
function asApiError(failure: unknown): ApiError {
  if (typeof failure === 'object' && failure !== null && 'code' in failure && 'message' in failure) return failure as ApiError
  return { code: 'ERR_NO_ANSWER', message: 'The server did not answer.', hint: 'Try again when the page is connected.' }
}
